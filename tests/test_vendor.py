"""Files of others lie here as they were published, with their licences, and nothing else does."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"


def faults(folder: Path) -> list[str]:
    """What differs between the folder and its list."""
    listed = {
        name: digest
        for package in tomllib.loads((folder / "VENDOR.toml").read_text()).values()
        for name, digest in package["files"].items()
    }
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.toml"
    }
    return sorted(name for name in listed.keys() | found if listed.get(name) != found.get(name))


def test_every_file_is_as_it_was_published():
    assert faults(VENDOR) == []


@pytest.mark.parametrize("change", ["altered", "removed", "added"])
def test_a_change_is_found(change, tmp_path):
    """Negative control."""
    for path in VENDOR.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(VENDOR)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    one = next(tmp_path.rglob("theme.css"))
    if change == "altered":
        one.write_bytes(one.read_bytes() + b" ")
    elif change == "removed":
        one.unlink()
    else:
        one.with_name("stranger.js").write_text("alert(1)")
    assert len(faults(tmp_path)) == 1


def test_every_package_has_its_licence_and_version():
    listed = tomllib.loads((VENDOR / "VENDOR.toml").read_text())
    for name, package in listed.items():
        folder = VENDOR / f"{name.split('/')[-1]}-{package['version']}"
        licence = (folder / "LICENSE").read_text(encoding="utf-8")
        assert "Copyright" in licence, name
        assert package["licence"] in {"MIT", "OFL-1.1", "BSD-2-Clause"}


def test_what_pages_ask_for_is_here():
    """A version raised in one place and forgotten in another is a page without its look."""
    asked = set()
    for folder in ("templates", "static/css", "config"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".html", ".css", ".py"}:
                asked |= set(re.findall(r"vendor/([\w./-]+\.\w+)", path.read_text("utf-8")))
    assert asked
    assert [name for name in asked if not (VENDOR / name).is_file()] == []
