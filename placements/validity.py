"""What `full_clean` says of many rows: asked of all at once, and one by one only of those that may be wrong.

Row by row it asks the database for every foreign key, whatever is unique and every constraint: ten questions
a row, and a list of two thousand takes a quarter of a minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CheckConstraint, F, Field, Model, UniqueConstraint


def faults(model: type[Model], rows: Sequence[Any]) -> dict[int, ValidationError]:
    """What is wrong, by the row's place among the rows. Their foreign keys were read a moment ago."""
    found: dict[int, ValidationError] = {}
    for at in sorted(_doubtful(model, rows)):
        try:
            rows[at].full_clean()
        except ValidationError as error:
            found[at] = error
    return found


def _doubtful(model: type[Model], rows: Sequence[Any]) -> set[int]:
    known = UniqueConstraint | CheckConstraint
    if not all(isinstance(one, known) for one in model._meta.constraints):
        return set(range(len(rows)))
    alone = {at for at, row in enumerate(rows) if not _fine_by_itself(row)}
    return alone | _like_another(model, rows) | _refused(model, rows)


def _fine_by_itself(row: Any) -> bool:
    keys = (field for field in row._meta.concrete_fields if field.is_relation)
    try:
        row.clean_fields(exclude={key.name for key in keys if getattr(row, key.attname)})
        row.clean()
    except ValidationError:
        return False
    return True


def _like_another(model: type[Model], rows: Sequence[Any]) -> set[int]:
    """Those that share something unique with another row there is. Rather one too many than one too few:
    large and small letters are the same, and a condition is not looked at.
    """
    found = set[int]()
    for names, nothing_counts in _unique(model):
        owners = defaultdict(set)
        for pk, *values in model._base_manager.values_list("pk", *names):
            owners[_folded(values)].add(pk)
        for at, row in enumerate(rows):
            values = [getattr(row, name) for name in names]
            if (nothing_counts or None not in values) and owners[_folded(values)] - {row.pk}:
                found.add(at)
    return found


def _folded(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(value.casefold() if isinstance(value, str) else value for value in values)


def _unique(model: type[Model]) -> Iterator[tuple[list[str], bool]]:
    """What may not be the same twice, and whether that holds of nothing, too."""
    meta = model._meta
    for field in meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield [field.attname], False
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            named = [*constraint.fields, *_named(constraint.expressions)]
            names = [_field(model, name).attname for name in named]
            if meta.pk and meta.pk.attname not in names:  # with its key it is unique already
                yield names, constraint.nulls_distinct is False


def _named(expressions: Sequence[Any]) -> Iterator[str]:
    for expression in expressions:
        inner = [expression] if isinstance(expression, F) else expression.flatten()
        yield from (str(getattr(part, "name", "")) for part in inner if isinstance(part, F))


def _refused(model: type[Model], rows: Sequence[Any]) -> set[int]:
    """Those that a check of the table would refuse: the table's own words, asked of rows not in it."""
    checks = [one for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    if not checks or not rows:
        return set()
    editor = connection.SchemaEditorClass(connection)
    said = [str(one.constraint_sql(model, editor)) for one in checks]
    rules = " AND ".join(sql[sql.index("CHECK") + len("CHECK") :] for sql in said)
    conditions: list[Any] = [one.condition for one in checks]
    asked = {name for one in conditions for name in one.referenced_base_fields}
    fields = [_field(model, name) for name in sorted(asked)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    sql = (
        f"SELECT nth FROM unnest({arrays}) WITH ORDINALITY AS given({columns}, nth)"  # noqa: S608
        f" WHERE NOT coalesce({rules.replace('%', '%%')}, true)"
    )
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {nth - 1 for (nth,) in cursor.fetchall()}


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]  # its own, no relation back
    return field
