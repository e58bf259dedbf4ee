"""Writes rows so that the writing can be undone exactly, or is seen to have been built upon.

What is written is kept as plain JSON: the rows that were made, those that were changed (as they were
and as they became) and those that were removed. Undoing compares the rows with what they became: one
that is different, or that something newer points to, stops the undo as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.errors import DomainError

Values = dict[str, Any]


class BuiltUpon(DomainError):
    """The import cannot be undone, because something newer depends on it."""


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _values(row: models.Model) -> Values:
    return {field.attname: _plain(field.value_from_object(row)) for field in _fields(type(row))}


def _row(model: type[models.Model], values: Values) -> models.Model:
    parsed = {
        field.attname: (
            field.target_field if isinstance(field, models.ForeignKey) else field
        ).to_python(values[field.attname])
        for field in _fields(model)
    }
    return model(**parsed)


def _now(model: type[models.Model], ids: Iterable[Any]) -> dict[str, Values]:
    rows = model._base_manager.filter(pk__in=list(ids))
    return {str(row.pk): _values(row) for row in rows}


class Ledger:
    """Collects what one import writes. `record` is what `undo` needs."""

    def __init__(self) -> None:
        # `order`, because JSON objects in the database forget theirs.
        self.record: dict[str, Any] = {"order": [], "created": {}, "changed": {}, "deleted": {}}

    def create(self, rows: Sequence[models.Model]) -> None:
        if not rows:
            return
        model = type(rows[0])
        model._base_manager.bulk_create(rows)
        if model._meta.label_lower not in self.record["order"]:
            self.record["order"].append(model._meta.label_lower)
        self._note("created", model).update(_now(model, (row.pk for row in rows)))

    def update(self, rows: Sequence[models.Model], fields: Sequence[str]) -> None:
        """Write the fields of the rows. A row written twice keeps its first "before"."""
        if not rows:
            return
        model = type(rows[0])
        ids = [row.pk for row in rows]
        before = _now(model, ids)
        model._base_manager.bulk_update(rows, fields)
        created, changed = self._note("created", model), self._note("changed", model)
        for pk, after in _now(model, ids).items():
            if pk in created:
                created[pk] = after
            else:
                first = changed.get(pk, {"before": before[pk]})["before"]
                changed[pk] = {"before": first, "after": after}

    def delete(self, rows: Sequence[models.Model]) -> None:
        if not rows:
            return
        model = type(rows[0])
        deleted = self._note("deleted", model)
        deleted.update({str(row.pk): _values(row) for row in rows})
        model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()

    def _note(self, what: str, model: type[models.Model]) -> dict[str, Any]:
        noted: dict[str, Any] = self.record[what].setdefault(model._meta.label_lower, {})
        return noted


def undo(record: dict[str, Any]) -> None:
    """Put every row back as it was, all or none, in the caller's transaction."""
    created = {apps.get_model(label): record["created"][label] for label in record["order"]}
    changed = {apps.get_model(label): rows for label, rows in record["changed"].items()}
    own = {
        model: [*created.get(model, {}), *changed.get(model, {})] for model in {*created, *changed}
    }
    for model, rows in changed.items():
        _refuse_if_different(model, {pk: both["after"] for pk, both in rows.items()})
    for model, rows in created.items():
        _refuse_if_different(model, rows)
        _refuse_if_pointed_at(model, rows, own)
    # Free what is unique (a sign-in, a name) before anything takes it back.
    for model, rows in created.items():
        for field in _fields(model):
            if field.is_relation and field.null:
                model._base_manager.filter(pk__in=list(rows)).update(**{field.attname: None})
    for model, rows in changed.items():
        _restore(model, {pk: both["before"] for pk, both in rows.items()})
    for model in reversed(created):
        model._base_manager.filter(pk__in=list(created[model])).delete()
    for label, rows in record["deleted"].items():
        model = apps.get_model(label)
        model._base_manager.bulk_create([_row(model, values) for values in rows.values()])


def _restore(model: type[models.Model], rows: dict[str, Values]) -> None:
    if not rows:
        return
    fields = [field for field in _fields(model) if not field.primary_key]
    unique = [field for field in fields if field.unique and field.null]
    for field in unique:
        model._base_manager.filter(pk__in=list(rows)).update(**{field.attname: None})
    model._base_manager.bulk_update(
        [_row(model, values) for values in rows.values()], [field.name for field in fields]
    )


def _refuse_if_different(model: type[models.Model], then: dict[str, Values]) -> None:
    now = _now(model, then)
    different = sum(now.get(pk) != values for pk, values in then.items())
    if different:
        raise BuiltUpon(
            _(
                "This import can no longer be undone: %(count)d of its rows (%(what)s) have changed"
                " since. Correct them one by one instead."
            )
            % {"count": different, "what": model._meta.verbose_name_plural}
        )


def _refuse_if_pointed_at(
    model: type[models.Model], ids: Iterable[str], own: dict[type[models.Model], list[str]]
) -> None:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        pointing = relation.related_model
        newer = pointing._base_manager.filter(**{f"{relation.field.name}__in": list(ids)})
        if newer.exclude(pk__in=own.get(pointing, [])).exists():
            raise BuiltUpon(
                _(
                    "This import can no longer be undone, because something newer depends on it:"
                    " %(what)s. Remove that first, or correct the rows one by one."
                )
                % {"what": capfirst(str(pointing._meta.verbose_name_plural))}
            )
