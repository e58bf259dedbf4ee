#!/usr/bin/env python3
"""Fetch the front-end files we ship, and write their hashes. For maintainers; users need no node.

Run it to upgrade: change a version below, run, look at the pages, commit.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"

# package, version, licence, {file in the package: file here}
PACKAGES = [
    (
        "@digdir/designsystemet-css",
        "1.22.0",
        "MIT",
        {
            "dist/theme/designsystemet.css": "theme.css",
            "dist/src/index.css": "designsystemet.css",
            "LICENSE": "LICENSE",
        },
    ),
    (
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
            "LICENSE": "LICENSE",
        },
    ),
    (
        "leaflet",
        "1.9.4",
        "BSD-2-Clause",
        {
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            # What its style sheet names, so that collectstatic finds it.
            "dist/images/layers.png": "images/layers.png",
            "dist/images/layers-2x.png": "images/layers-2x.png",
            "dist/images/marker-icon.png": "images/marker-icon.png",
            "LICENSE": "LICENSE",
        },
    ),
]
SOURCE_MAP = "//# sourceMappingURL="  # of a file that we do not ship
ICONS_PACKAGE = ("@navikt/aksel-icons", "8.16.2", "MIT")
# The package names its licence and carries no copy of it, so the text it names is written here.
ICONS_LICENCE = """MIT License

Copyright (c) Nav (Arbeids- og velferdsdirektoratet), https://github.com/navikt/aksel

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
ICONS = {
    "arrow-up": "ArrowUp",
    "arrow-down": "ArrowDown",
    "arrow-right": "ArrowRight",
    "bell": "Bell",
    "buildings": "Buildings2",
    "calendar": "Calendar",
    "chat": "ChatElipsis",
    "check": "CheckmarkCircle",
    "clock": "Clock",
    "cross": "XMarkOctagon",
    "dash": "MinusCircle",
    "download": "Download",
    "draft": "FileText",
    "envelope": "EnvelopeClosed",
    "hospital": "Hospital",
    "information": "InformationSquare",
    "link": "Link",
    "menu": "MenuHamburger",
    "people": "PersonGroup",
    "person": "PersonCircle",
    "phone": "Phone",
    "pin": "PushPin",
    "place": "LocationPin",
    "progress": "HourglassTopFilled",
    "question": "QuestionmarkCircle",
    "search": "MagnifyingGlass",
    "star": "Star",
    "task": "TasklistStart",
    "trash": "Trash",
    "upload": "Upload",
    "warning": "ExclamationmarkTriangle",
}


def unpack(package: str, version: str, folder: Path) -> Path:
    """Download the package as published and return its folder."""
    subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True)  # noqa: S603,S607
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    archive.unlink()
    return folder / "package"


def sprite(source: Path) -> str:
    symbols = []
    for name, file in ICONS.items():
        svg = (source / "dist" / "svg" / f"{file}.svg").read_text(encoding="utf-8")
        body = svg[svg.index(">") + 1 : svg.rindex("</svg>")].replace(
            'fill="#202733"', 'fill="currentColor"'
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return (
        '<!-- Aksel icons, Nav (Arbeids- og velferdsetaten), MIT licence -->\n<svg xmlns="http://www.w3.org/2000/svg">'
        + "\n".join(symbols)
        + "</svg>\n"
    )


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    lines = ["# Written by scripts/vendor.py. tests/test_vendor.py checks the hashes.\n"]
    for package, version, licence, files in [*PACKAGES, (*ICONS_PACKAGE, {})]:
        name = package.split("/")[-1]
        target = VENDOR / f"{name}-{version}"
        target.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as temporary:
            source = unpack(package, version, Path(temporary))
            for inside, here in files.items():
                (target / here).parent.mkdir(exist_ok=True)
                shutil.copyfile(source / inside, target / here)
                if here.endswith(".js"):
                    text = (target / here).read_text(encoding="utf-8")
                    (target / here).write_text(text.partition(SOURCE_MAP)[0], encoding="utf-8")
            if not files:
                (target / "icons.svg").write_text(sprite(source), encoding="utf-8")
                (target / "LICENSE").write_text(ICONS_LICENCE, encoding="utf-8")
        lines.append(
            f'["{package}"]\nversion = "{version}"\nlicence = "{licence}"\n["{package}".files]\n'
        )
        for file in sorted(path for path in target.rglob("*") if path.is_file()):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            lines.append(f'"{file.relative_to(VENDOR).as_posix()}" = "{digest}"\n')
    (VENDOR / "VENDOR.toml").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
