"""Compiles the message catalogues: every .po whose .mo is missing or older.

Run by the project's own Python (`python -m launch.messages`): polib is the one package it needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def compile_all(root: Path) -> int:
    """Compile what changed and return how many catalogues that was."""
    changed = [po for po in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_newer(po)]
    if not changed:
        return 0
    import polib

    for po in changed:
        # Written beside and moved into place: a server that is starting never reads half a file.
        half = po.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(po)).save_as_mofile(str(half))
        half.replace(po.with_suffix(".mo"))
    return len(changed)


def _is_newer(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


if __name__ == "__main__":
    sys.stdout.write(f"{compile_all(Path(__file__).resolve().parent.parent)} catalogues compiled\n")
