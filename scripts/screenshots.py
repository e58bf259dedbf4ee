"""Pictures of the running demo: the README's, and a contact sheet of every page of every tour.

    ./run                                                   in one terminal
    uv run python scripts/screenshots.py http://localhost:8000

Walks the tours of tests/tour.py, each at 390 and 1280 pixels, and writes docs/screens/. A tour reads
a list and pins a student, so `./run reset` gives the same pictures again.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", DEMO="true")

import django  # noqa: E402

django.setup()

from launch.install import BROWSERS  # noqa: E402
from tests.tour import AN_ANSWER, ROUNDS, TOURS, follow, sign_in, start_run  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
SIZES = {390: 844, 1280: 900}
THUMBNAIL = {390: 195, 1280: 400}
SHEET_WIDTH = 1680


def open_at(browser: Browser, address: str, width: int) -> Page:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": SIZES[width]}, locale="nb"
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def readme(browser: Browser, address: str) -> None:
    """The four pictures that the README shows."""
    page = open_at(browser, address, 1280)
    sign_in(page, "fylke")
    start_run(page)
    page.screenshot(path=SCREENS / "run-1280.png")
    page.goto(ROUNDS["collecting"] + "capacity/")
    page.screenshot(path=SCREENS / "capacity-1280.png")
    page = open_at(browser, address, 390)
    sign_in(page, "elev")
    page.set_viewport_size({"width": 390, "height": 1400})
    page.goto("/my-practice/")
    page.screenshot(path=SCREENS / "placement-390.png")
    page = open_at(browser, address, 390)
    sign_in(page, "legekontor")
    page.set_viewport_size({"width": 390, "height": 1400})
    page.goto("/my-workplaces/")
    follow(page, AN_ANSWER)
    page.screenshot(path=SCREENS / "answer-390.png")


def walk(browser: Browser, address: str, name: str, width: int, folder: Path) -> list[Path]:
    """One tour at one width; a picture of the top of every stop."""
    taken = []
    page = open_at(browser, address, width)
    for number, stop in enumerate(TOURS[name](page)):
        page.wait_for_load_state()
        path = folder / f"{name}-{width}-{number:02d}.jpg"
        page.screenshot(path=path, type="jpeg", quality=80)
        title = re.sub(r"^https?://[^/]+|[0-9a-f]{8}-[0-9a-f-]{27}", "", stop).replace("//", "/")
        path.with_suffix(".txt").write_text(title, encoding="utf-8")
        taken.append(path)
    page.context.close()
    return taken


def sheet(browser: Browser, name: str, width: int, pictures: list[Path]) -> None:
    """All stops of a tour side by side, as one picture."""
    cells = "".join(
        f"<figure style='width:{THUMBNAIL[width]}px'><img src='file://{p}' width='{THUMBNAIL[width]}'>"
        f"<figcaption>{p.with_suffix('.txt').read_text(encoding='utf-8')}</figcaption></figure>"
        for p in pictures
    )
    style = (
        "body{font:12px Inter,sans-serif;margin:16px;background:#ddd}h1{font-size:18px}"
        "div{display:flex;flex-wrap:wrap;gap:12px}figure{margin:0;background:#fff}"
        "figcaption{padding:4px 6px}"
    )
    source = pictures[0].with_name(f"{name}-{width}.html")
    source.write_text(
        f"<meta charset=utf-8><style>{style}</style><h1>{name} · {width} px</h1><div>{cells}</div>",
        encoding="utf-8",
    )
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 800})
    page.goto(f"file://{source}")
    page.screenshot(
        path=SCREENS / f"sheet-{name}-{width}.jpg", type="jpeg", quality=70, full_page=True
    )
    page.close()


def main(address: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)))
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        readme(browser, address)
        for name in TOURS:
            for width in SIZES:
                pictures = walk(browser, address, name, width, Path(folder))
                sheet(browser, name, width, pictures)
                print(f"{name} at {width}: {len(pictures)} pages")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
