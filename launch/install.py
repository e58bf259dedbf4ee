"""Installs what the project needs, from nothing but Python and git."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from launch.processes import LINUX

UV_VERSION = "0.13.9"
UV_OLDEST = (0, 8)  # reads our lock file
# What WeasyPrint makes PDF with: library, and the Debian package that has it.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotInstall(Exception):
    """Something is missing that only the person at the keyboard can install; the text is the line."""


def venv_folder(root: Path) -> Path:
    return Path(os.environ.get("UV_PROJECT_ENVIRONMENT") or root / ".venv")


def sync(root: Path, tools: Path, *, everything: bool, groups: tuple[str, ...] = ()) -> Path:
    """Make the environment equal to the lock file and return its Python.

    Nothing is resolved anew (`--frozen`). The demo leaves a developer's tools where they are.
    """
    which = [] if everything else ["--inexact", "--no-group", "dev"]
    which += [f"--group={group}" for group in groups]
    env = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    subprocess.run(
        [find_uv(tools), "sync", "--quiet", "--frozen", *which], cwd=root, env=env, check=True
    )
    return venv_folder(root) / "bin" / "python"


def find_uv(tools: Path) -> str:
    """Return uv: the one at hand if it is new enough, else our own at a fixed version."""
    at_hand = shutil.which("uv")
    if at_hand and _version(at_hand) >= UV_OLDEST:
        return at_hand
    own = tools / "bin" / "uv"
    if not own.exists() or _version(str(own)) < UV_OLDEST:
        if importlib.util.find_spec("ensurepip") is None:
            need_packages(["python3-venv"], "Python lacks its venv module")
        print(f"Installing uv {UV_VERSION} in {tools} ...", flush=True)
        shutil.rmtree(tools, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        pip = [str(tools / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", f"uv=={UV_VERSION}"], check=True)
    return str(own)


def _version(uv: str) -> tuple[int, ...]:
    done = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.(\d+)", done.stdout)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def need_packages(packages: list[str], why: str) -> None:
    """Install Debian packages when we may; otherwise say the one line that does."""
    line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise CannotInstall(f"{why}. Install: {' '.join(packages)}")
    if os.geteuid() != 0:
        raise CannotInstall(f"{why}. Run this once:\n\n    sudo {' '.join(line)}\n")
    print(f"{why}: installing {' '.join(packages)} ...", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=env, check=False)
    if subprocess.run([line[0], "-qq", *line[1:]], env=env, check=False).returncode:
        raise CannotInstall(f"{why}, and this failed:\n\n    {' '.join(line)}\n")


def find_browser() -> str:
    """Return a Chromium that a test can drive, installing Debian's when we may."""
    given = os.environ.get("BROWSER_PATH")
    if given:
        if not Path(given).exists():
            raise CannotInstall(f"BROWSER_PATH is {given}, and there is no such program.")
        return given
    missing = [] if _browser_on_path() else ["chromium"]
    if LINUX and not _loads("libatomic.so.1"):  # playwright's own node does not start without it
        missing.append("libatomic1")
    if LINUX and not any(Path("/usr/share/fonts").rglob("*.[ot]tf")):
        missing.append("fonts-liberation")
    if missing:
        need_packages(missing, "The browser tests need a browser")
    found = _browser_on_path()
    if not found:
        raise CannotInstall("There is no Chromium on PATH. Install one, or set BROWSER_PATH.")
    return found


def find_pango() -> None:
    """Make sure that PDF documents can be made, installing Debian's Pango when we may."""
    missing = [package for name, package in PDF_LIBRARIES.items() if LINUX and not _loads(name)]
    if missing:
        need_packages(missing, "PDF documents need Pango")


def try_pango() -> None:
    """The same for the demo, which runs without documents where Pango cannot be had, and says so."""
    try:
        find_pango()
    except CannotInstall as why:
        print(f"{why}\nUntil then everything works but PDF documents.\n", flush=True)


def _browser_on_path() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
