"""Loads what Django cannot express, kept as plain SQL beside the models it guards."""

from pathlib import Path

from django.db.migrations import RunSQL


def from_file(migration: str, name: str) -> RunSQL:
    """Return the operation that runs `sql/NAME.sql` of the migration's app, and its reverse."""
    folder = Path(migration).resolve().parent.parent / "sql"
    return RunSQL(
        sql=(folder / f"{name}.sql").read_text(encoding="utf-8"),
        reverse_sql=(folder / f"{name}.reverse.sql").read_text(encoding="utf-8"),
    )
