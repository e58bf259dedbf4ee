"""What Lighthouse says of the main pages of a running demo: performance, accessibility, best practices.

    npm install --prefix .state/lighthouse lighthouse          once; Node 18 or newer
    ./run                                                     in one terminal
    uv run python scripts/lighthouse.py http://localhost:8000

Drives Debian's Chromium on a throttled phone, which is Lighthouse's own default, as each person of the
demo. Prints a table, and ends with 1 if a figure is below 95. Without Node or Lighthouse it says so.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", DEMO="true")

import django  # noqa: E402

django.setup()

from launch.install import BROWSERS  # noqa: E402
from tests.tour import ROUNDS, sign_in  # noqa: E402

TRIES = 3  # Lighthouse sometimes loses its own trace of a page, and says so
LEAST = 95
ASKED = ("performance", "accessibility", "best-practices")
PAGES = {
    "": ("/", "/sign-in/"),
    "fylke": ("/", ROUNDS["published"], ROUNDS["collecting"] + "capacity/", "/outbox/"),
    "koordinator": ("/students/", "/workplaces/", ROUNDS["open"] + "candidates/"),
    "elev": ("/my-practice/", "/messages/"),
    "legekontor": ("/my-workplaces/", "/my-students/"),
    "admin": ("/documents/texts/",),
}


def cookie_of(address: str, key: str, program: str) -> str:
    """The session of one of the demo's people, as a header."""
    if not key:
        return ""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        page = browser.new_page(base_url=address)
        sign_in(page, key)
        cookies = page.context.cookies()
        browser.close()
    return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)


def measure(lighthouse: Path, url: str, cookie: str, program: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        headers, report = Path(folder) / "headers.json", Path(folder) / "report.json"
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
        flags = "--headless=new --disable-dev-shm-usage" + (
            " --no-sandbox" if os.geteuid() == 0 else ""
        )
        command = [
            str(lighthouse), url, "--quiet", "--output=json", f"--output-path={report}",
            f"--only-categories={','.join(ASKED)}", f"--extra-headers={headers}",
            f"--chrome-flags={flags}",
        ]  # fmt: skip
        for _ in range(TRIES):
            done = subprocess.run(  # noqa: S603  # our own command, on our own address
                command, env={**os.environ, "CHROME_PATH": program}, check=False, timeout=300
            )
            if done.returncode == 0:
                break
        found = json.loads(report.read_text())
    return {name: round(100 * (found["categories"][name]["score"] or 0)) for name in ASKED}


def main(address: str) -> int:
    lighthouse = Path(os.environ.get("LIGHTHOUSE") or ROOT / ".state/lighthouse") / (
        "node_modules/.bin/lighthouse"
    )
    program = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not shutil.which("node") or not lighthouse.exists() or not program:
        print("*** LIGHTHOUSE WAS NOT RUN: Node, Lighthouse or Chromium is missing. ***")
        return 2
    low = 0
    print(f"{'':60}{'  '.join(ASKED)}")
    for key, paths in PAGES.items():
        cookie = cookie_of(address, key, program)
        for path in paths:
            scores = measure(lighthouse, address + path, cookie, program)
            low += sum(score < LEAST for score in scores.values())
            shown = "  ".join(f"{scores[name]:>{len(name)}}" for name in ASKED)
            print(f"{(key or 'nobody') + ' ' + path:60}{shown}", flush=True)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"))
