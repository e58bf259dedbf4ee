"""Reading a register in from a sheet: first what would happen; then, if it is still so, all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from placements import validity
from placements.actions import calendar, workplaces
from placements.models import Round, Workplace
from placements.models.rounds import RoundState
from placements.sheets import Places, Sheet
from placements.workplace_sheet import Beside, Wrong, compare, with_all
from schools.imports import Change, NotReady, Plan, StagedRow
from schools.models import County, SchoolBreak
from schools.registers import Unknown


@dataclass
class Line:
    """One row as it would be: the fields that are new, what they were, and what is beside them."""

    number: int
    row: Any
    changed: list[str]
    before: dict[str, Any]
    cells: dict[str, str]
    beside: Beside


def look(sheet: Sheet, staged: Iterable[StagedRow]) -> tuple[Plan, list[Line]]:
    """What reading these rows would do, and the rows as they would be."""
    plan, places = Plan(), Places()
    lines = [line for line in _lines(sheet, staged, places, plan) if line]
    labels = {part.key: str(part.name) for part in sheet.parts}
    wrong = validity.faults(sheet.model, [line.row for line in lines])
    for at, error in wrong.items():
        for name, said in error.message_dict.items():
            plan.error(lines[at].number, labels.get(name, ""), " ".join(said))
    plan.errors.sort(key=lambda error: error.row)
    fine = [line for at, line in enumerate(lines) if at not in wrong]
    for line in fine:
        details = [
            (labels[name], str(was or ""), line.cells.get(name, ""))
            for name, was in line.before.items()
        ]
        what = "new" if line.row._state.adding else "changed"
        told = (*details, *line.beside.details)
        plan.changes.append(Change(what, str(line.row), line.number, told))
    return plan, fine


def _lines(
    sheet: Sheet, staged: Iterable[StagedRow], places: Places, plan: Plan
) -> Iterator[Line | None]:
    """Each row that changes something and can be read; what cannot is in the plan."""
    seen = set()
    there = {_key(sheet, row): row for row in _all(sheet)}
    for number, cells in staged:
        values = _values(sheet, cells, number, places, plan)
        if values is None:
            continue
        key = tuple(values.get(name) for name in sheet.key)
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
        if changed or beside.details:
            yield Line(number, row, changed, before, cells, beside)
        else:
            plan.unchanged += 1


@transaction.atomic
def read_in(sheet: Sheet, staged: Iterable[StagedRow], *, fingerprint: str, by: User) -> Plan:
    """Do what was looked at. Breaks reach the rounds that are not yet published, as when edited."""
    if sheet.model is Workplace:  # rounds before all else, as everybody locks them
        under_way = Round.objects.exclude(state=RoundState.CLOSED).order_by("pk")
        list(under_way.select_for_update(no_key=True))
    list(County.objects.select_for_update(no_key=True).order_by("pk"))  # one reads in at a time
    plan, lines = look(sheet, staged)
    if plan.errors or plan.fingerprint != fingerprint:
        raise NotReady(_("The list is no longer as it was when you looked. Look at it again."))
    if sheet.model is Workplace:
        _as_workplaces(lines, by=by)
        return plan
    for line in lines:
        new = line.row._state.adding
        line.row.save()
        if new:
            audit.record("register.add", line.row, by=by)
        else:
            audit.record("register.change", line.row, by=by, fields=sorted(line.changed))
    if sheet.model is SchoolBreak:
        counties = {line.row.county_id for line in lines}
        for county in County.objects.filter(pk__in=counties).order_by("pk"):
            calendar.recount(county, by=by)
    return plan


def _as_workplaces(lines: Sequence[Line], *, by: User) -> None:
    """By their own actions, which know what they concern."""
    new = [_written(line, known=False) for line in lines if line.row._state.adding]
    known = [_written(line, known=True) for line in lines if not line.row._state.adding]
    workplaces.create_many(new, by=by)
    workplaces.update_many(known, by=by)
    contacts = []
    for line in lines:
        for contact in line.beside.new_contacts:
            contact.workplace = line.row
            contacts.append(contact)
    workplaces.add_contacts(contacts, by=by)


def _written(line: Line, *, known: bool) -> workplaces.Written:
    row, beside = line.row, line.beside
    return workplaces.Written(
        row,
        beside.requirements or (list(row.requirements.all()) if known else []),
        beside.learning_areas or (list(row.learning_areas.all()) if known else []),
        row.version,
    )


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
