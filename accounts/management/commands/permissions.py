"""Writes who may do what as a table for people, from the table the code reads."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.policy import DESCRIPTIONS, GRANTS, Permission, Role

PAGE = Path(settings.BASE_DIR) / "docs" / "permissions.md"

HEAD = """# Who may do what

Generated from `accounts/policy.py` by `manage.py permissions --write`; a test compares the two.

A yes here is half of the answer. Which students, rounds and workplaces a person sees or decides on follows
from what she is tied to (her schools, her county, her workplaces, herself), and is asked of the rows by
`visible_to` and `managed_by`. A coordinator of one school has the same verbs as the county's, on her own.
"""


def page() -> str:
    with translation.override("en"):
        roles = list(Role)
        lines = [HEAD, "| Role | In words |", "|---|---|"]
        lines += [f"| {role.label} | {DESCRIPTIONS[role]} |" for role in roles]
        lines += ["", "| Verb | In words | " + " | ".join(str(role.label) for role in roles) + " |"]
        lines += ["|---|---|" + ":-:|" * len(roles)]
        for permission in Permission:
            marks = " | ".join("yes" if permission in GRANTS[role] else "" for role in roles)
            lines.append(f"| `{permission.value}` | {permission.label} | {marks} |")
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Show the table of permissions, write it to docs/permissions.md, or check that file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the file")
        parser.add_argument("--check", action="store_true", help="fail if the file is not as it is")

    def handle(self, *args: Any, write: bool, check: bool, **options: Any) -> None:
        if write:
            PAGE.write_text(page())
        elif check:
            if PAGE.read_text() != page():
                raise CommandError("docs/permissions.md is old: run manage.py permissions --write")
        else:
            self.stdout.write(page())
