"""Compiles the message catalogues: every .po whose .mo is missing or older.

Run by the project's own Python (`python -m launch.messages`): polib is the one package it needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def compile_all(root: Path) -> int:
    """Compile what changed and return how many catalogues that was."""
    changed = outdated(root)
    if not changed:
        return 0
    import polib

    for po in changed:
        # Written beside and moved into place: a server that is starting never reads half a file.
        half = po.with_suffix(f".mo.{os.getpid()}")
        polib.pofile(str(po)).save_as_mofile(str(half))
        half.replace(po.with_suffix(".mo"))
    return len(changed)


def outdated(root: Path) -> list[Path]:
    """Return the catalogues that must be compiled."""
    return [po for po in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_newer(po)]


def _is_newer(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def gather(root: Path) -> None:
    """Collect the texts of code and templates (GNU gettext), and keep the files in one order.

    A guess at a translation is dropped: no text is better than one that nobody chose.
    """
    import polib
    from django.core.management import call_command

    os.chdir(root)
    ignored = [".venv", ".state", "staticfiles", "tests", "benchmarks", "launch"]
    call_command("makemessages", locale=["nb", "nn"], no_location=True, no_obsolete=True,
                 ignore_patterns=ignored, verbosity=0)  # fmt: skip
    for path in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
        catalogue = polib.pofile(str(path), wrapwidth=100)
        for passing in ("POT-Creation-Date", "Report-Msgid-Bugs-To"):
            catalogue.metadata.pop(passing, None)  # a date that changes when nothing else does
        for entry in catalogue:
            if entry.fuzzy:
                entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
                entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
            entry.flags = []  # guesses of gettext's (fuzzy, python-format) that nothing of ours reads
        catalogue[:] = sorted(
            (entry for entry in catalogue if not entry.obsolete),
            key=lambda entry: (entry.msgid.lower(), entry.msgid, entry.msgctxt or ""),
        )
        catalogue.save(str(path))
        missing = len(catalogue.untranslated_entries())
        sys.stdout.write(f"{path.relative_to(root)}: {len(catalogue)} texts, {missing} missing\n")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if sys.argv[1:] == ["gather"]:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        gather(here)
    sys.stdout.write(f"{compile_all(here)} catalogues compiled\n")
