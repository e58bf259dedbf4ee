"""Run every query in `placements/sql/invariants.sql`, and name what breaks what must always be true."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

QUERIES = Path(__file__).resolve().parents[2] / "sql" / "invariants.sql"
SHOWN = 20


class Invariant(NamedTuple):
    name: str
    holds: str
    query: str


def invariants() -> list[Invariant]:
    """The queries of the file, in order."""
    paragraphs = re.findall(
        r"^-- (I\d+): (.+)\n((?:(?!-- ).*\n?)+)", QUERIES.read_text("utf-8"), flags=re.MULTILINE
    )
    return [Invariant(name, holds, query.strip().rstrip(";")) for name, holds, query in paragraphs]


def broken(invariant: Invariant) -> list[dict[str, Any]]:
    """The rows that break it."""
    with connection.cursor() as cursor:
        cursor.execute(invariant.query)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Command(BaseCommand):
    help = "Check what must always be true of the data. Exit code 1 and each row when it is not."

    def handle(self, *args: Any, **options: Any) -> None:
        checked, failures = invariants(), 0
        if not checked:
            raise CommandError("No invariants were found: nothing has been checked.")
        for invariant in checked:
            rows = broken(invariant)
            failures += len(rows)
            mark = "ok  " if not rows else "FAIL"
            self.stdout.write(f"{mark} {invariant.name}: {invariant.holds}")
            for row in rows[:SHOWN]:
                self.stdout.write(
                    "       " + ", ".join(f"{key} {value}" for key, value in row.items())
                )
            if len(rows) > SHOWN:
                self.stdout.write(f"       and {len(rows) - SHOWN} more")
        if failures:
            raise CommandError(f"{failures} rows break {len(checked)} invariants.")
        self.stdout.write(f"{len(checked)} invariants hold.")
