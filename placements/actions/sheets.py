"""Reading a register in from a sheet: first what would happen; then, if it is still so, all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from placements.actions import calendar, workplaces
from placements.models import Round, Workplace
from placements.models.rounds import RoundState
from placements.sheets import Places, Sheet
from schools.imports import Change, NotReady, Plan, StagedRow
from schools.models import County, SchoolBreak
from schools.registers import Unknown

Rows = list[tuple[Any, list[str]]]  # each with the fields that are new


def look(sheet: Sheet, staged: Iterable[StagedRow]) -> tuple[Plan, Rows]:
    """What reading these rows would do, and the rows as they would be."""
    plan, rows, places, seen = Plan(), [], Places(), set()
    there = {_key(sheet, row): row for row in _all(sheet)}
    for number, cells in staged:
        values = _values(sheet, cells, number, places, plan)
        if values is None:
            continue
        key = tuple(values[name] for name in sheet.key)
        if key in seen:
            plan.error(number, "", _("The same stands in the list twice."))
            continue
        seen.add(key)
        known = there.get(key)
        row = known or sheet.model()
        changed = [name for name in values if known is None or getattr(row, name) != values[name]]
        before = {name: getattr(row, name) for name in changed} if known else {}
        for name in changed:
            setattr(row, name, values[name])
        if not changed:
            plan.unchanged += 1
        elif _valid(sheet, row, number, plan):
            labels = {part.key: str(part.name) for part in sheet.parts}
            details = tuple(
                (labels[name], str(before[name] or ""), cells.get(name, "")) for name in before
            )
            plan.changes.append(Change("changed" if known else "new", str(row), number, details))
            rows.append((row, changed))
    return plan, rows


@transaction.atomic
def read_in(sheet: Sheet, staged: Iterable[StagedRow], *, fingerprint: str, by: User) -> Plan:
    """Do what was looked at. Breaks reach the rounds that are not yet published, as when edited."""
    if sheet.model is Workplace:  # rounds before all else, as everybody locks them
        under_way = Round.objects.exclude(state=RoundState.CLOSED).order_by("pk")
        list(under_way.select_for_update(no_key=True))
    list(County.objects.select_for_update(no_key=True).order_by("pk"))  # one reads in at a time
    plan, rows = look(sheet, staged)
    if plan.errors or plan.fingerprint != fingerprint:
        raise NotReady(_("The list is no longer as it was when you looked. Look at it again."))
    for row, changed in rows:
        if sheet.model is Workplace:
            _as_workplace(row, by=by)
            continue
        new = row._state.adding
        row.save()
        if new:
            audit.record("register.add", row, by=by)
        else:
            audit.record("register.change", row, by=by, fields=sorted(changed))
    if sheet.model is SchoolBreak:
        counties = {row.county_id for row, _changed in rows}
        for county in County.objects.filter(pk__in=counties).order_by("pk"):
            calendar.recount(county, by=by)
    return plan


def _as_workplace(row: Workplace, *, by: User) -> None:
    """By its own actions, which know what it concerns."""
    if row._state.adding:
        workplaces.create(row, requirements=[], learning_areas=[], by=by)
        return
    required, areas = list(row.requirements.all()), list(row.learning_areas.all())
    workplaces.update(row, version=row.version, requirements=required, learning_areas=areas, by=by)


def _all(sheet: Sheet) -> Any:
    return cast(Any, sheet.model).objects.select_related(*sheet.select)


def _key(sheet: Sheet, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in sheet.key)


def _values(
    sheet: Sheet, cells: dict[str, str], number: int, places: Places, plan: Plan
) -> dict[str, Any] | None:
    """What the row says; None, and the errors in the plan, if something of it cannot be read."""
    values, fine = {}, True
    for part in sheet.parts:
        if part.key not in cells and not part.required:
            continue  # a column that is not in the file changes nothing
        text = cells.get(part.key, "").strip()
        if part.required and not text:
            plan.error(number, part.name, _("This must be filled in."))
            fine = False
            continue
        try:
            values[part.key] = part.read(text, places)
        except Unknown as error:
            plan.error(number, part.name, str(error))
            fine = False
    return values if fine else None


def _valid(sheet: Sheet, row: Any, number: int, plan: Plan) -> bool:
    names = {part.key: str(part.name) for part in sheet.parts}
    try:
        row.full_clean()
    except ValidationError as error:
        for name, said in error.message_dict.items():
            plan.error(number, names.get(name, ""), " ".join(said))
        return False
    return True
