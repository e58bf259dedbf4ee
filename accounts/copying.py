"""Many rows at once, by COPY: PostgreSQL takes them in as they come, and checks all that it always checks.

An INSERT of ten thousand costs its sender many times as much: each value is a parameter, and each
parameter is put into the text of the command.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED, AutoField, Field, Model
from psycopg.sql import SQL, Identifier

_ARRIVING = SQL(
    "CREATE TEMPORARY TABLE {into} ON COMMIT DROP AS SELECT {columns} FROM {target} LIMIT 0"
)
_INTO_ITS_PLACE = SQL(
    "INSERT INTO {target} ({columns}) SELECT * FROM {into} ON CONFLICT DO NOTHING; DROP TABLE {into}"
)


def copy_rows(
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    once: bool = False,
) -> None:
    """Insert rows that have a value for each of these fields, as psycopg is to send it; the others are at
    their default, as they are in `create`. `once`: what is there already is left as it is (within a
    transaction only)."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    default = [field for name, field in fields.items() if name not in names and _is_set_here(field)]
    anew = [field for field in default if field.has_default() and callable(field.default)]
    same = [field for field in default if field not in anew]
    columns = [*(fields[name] for name in names), *same, *anew]
    rest = tuple(map(_value, same))
    # All of them first: what asks the database while it is copying waits for ever.
    whole = [(*row, *rest, *map(_value, anew)) for row in rows]
    with connection.wrap_database_errors:  # what is refused is told as it always is
        _copy(model._meta.db_table, [field.column or "" for field in columns], whole, once=once)


def _copy(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]], *, once: bool) -> None:
    names = {
        "target": Identifier(table),
        "into": Identifier("arriving" if once else table),
        "columns": SQL(", ").join(map(Identifier, columns)),
    }
    with connection.cursor() as cursor:
        if once:  # COPY leaves nothing out, so they go by way of a table of their own
            cursor.execute(_ARRIVING.format(**names))
        with cursor.copy(SQL("COPY {into} ({columns}) FROM STDIN").format(**names)) as copy:
            for row in rows:
                copy.write_row(row)
        if once:
            cursor.execute(_INTO_ITS_PLACE.format(**names))


def _is_set_here(field: Field[Any, Any]) -> bool:
    """Not by the database."""
    return field.db_default is NOT_PROVIDED and not isinstance(field, AutoField)


def _value(field: Field[Any, Any]) -> Any:
    return field.get_db_prep_save(field.get_default(), connection)
