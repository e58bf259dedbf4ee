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
from placements.workplace_sheet import Beside, Wrong, compare, with_all
from schools.imports import Change, NotReady, Plan, StagedRow
from schools.models import County, SchoolBreak
from schools.registers import Unknown

Rows = list[tuple[Any, list[str], Beside]]  # each with the fields that are new, and what is beside


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
        beside = _beside(sheet, known, values, number, plan)
        if beside is None:
            continue
        row = known or sheet.model()
        fields = [part.key for part in sheet.parts if part.key in values and not part.beside]
        changed = [name for name in fields if known is None or getattr(row, name) != values[name]]
        before = {name: getattr(row, name) for name in changed} if known else {}
        for name in changed:
            setattr(row, name, values[name])
        if not changed and not beside.details:
            plan.unchanged += 1
        elif _valid(sheet, row, number, plan):
            labels = {part.key: str(part.name) for part in sheet.parts}
            details = [
                (labels[name], str(before[name] or ""), cells.get(name, "")) for name in before
            ]
            details += beside.details
            what = "changed" if known else "new"
            plan.changes.append(Change(what, str(row), number, tuple(details)))
            rows.append((row, changed, beside))
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
    for row, changed, beside in rows:
        if sheet.model is Workplace:
            _as_workplace(row, beside, by=by)
            continue
        new = row._state.adding
        row.save()
        if new:
            audit.record("register.add", row, by=by)
        else:
            audit.record("register.change", row, by=by, fields=sorted(changed))
    if sheet.model is SchoolBreak:
        counties = {row.county_id for row, _changed, _beside in rows}
        for county in County.objects.filter(pk__in=counties).order_by("pk"):
            calendar.recount(county, by=by)
    return plan


def _as_workplace(row: Workplace, beside: Beside, *, by: User) -> None:
    """By its own actions, which know what it concerns."""
    required, areas = beside.requirements, beside.learning_areas
    if row._state.adding:
        workplaces.create(row, requirements=required or [], learning_areas=areas or [], by=by)
    else:
        workplaces.update(
            row,
            version=row.version,
            requirements=required or list(row.requirements.all()),
            learning_areas=areas or list(row.learning_areas.all()),
            by=by,
        )
    for contact in beside.new_contacts:
        contact.workplace = row
        workplaces.add_contact(contact, by=by)


def _beside(
    sheet: Sheet, known: Any, values: dict[str, Any], number: int, plan: Plan
) -> Beside | None:
    """What is said beside the row's own fields; None, and the error in the plan, if it does not fit."""
    if sheet.model is not Workplace:
        return Beside()
    try:
        return compare(known, values)
    except Wrong as error:
        names = {part.key: part.name for part in sheet.parts}
        plan.error(number, names[error.key], str(error))
        return None


def _all(sheet: Sheet) -> Any:
    found = cast(Any, sheet.model).objects.select_related(*sheet.select)
    return with_all(found) if sheet.model is Workplace else found


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
