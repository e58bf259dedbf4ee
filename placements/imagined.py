"""Places that a what-if imagines: at a workplace that offers nothing in the round, or at a new one.

Nothing of it is written down but the change itself. Who could be there is worked out by the same rules
and the same code as for the round's own places.

    {"kind": "add", "slot": id, "workplace": id, "period": id, "places": n}
    {"kind": "add", "slot": id, "name": text, "municipality": number, "sort": kind, "period": id, ...}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.db.models import QuerySet

from placements import matching, snapshot
from placements.eligibility import SLOT
from placements.models import Assignment, MatchingRun, Period, Slot, Workplace
from schools.models import Municipality

Change = dict[str, Any]

ADD = "add"


def at(workplace: Workplace, period: Period, places: int) -> Change:
    """So many places at a workplace that has none in the round."""
    slot = uuid5(workplace.pk, str(period.pk))
    return {
        "kind": ADD,
        "slot": str(slot),
        "workplace": str(workplace.pk),
        "period": str(period.pk),
        "places": places,
    }


def at_new(name: str, municipality: Municipality, sort: str, period: Period, places: int) -> Change:
    """So many places at a workplace that is not in the register."""
    slot = uuid5(uuid5(period.pk, f"{municipality.pk}/{name}"), str(period.pk))
    return {
        "kind": ADD,
        "slot": str(slot),
        "name": name,
        "municipality": str(municipality.pk),
        "sort": sort,
        "period": str(period.pk),
        "places": places,
    }


def added(
    base: MatchingRun, changes: Iterable[Change]
) -> tuple[list[matching.Slot], list[matching.Pair]]:
    """The slots and the pairs that such changes add to the base's problem.

    Worked out on the round as it is now; whoever is not in the base's problem is left out by the caller.
    """
    wanted = {change["slot"]: change for change in changes if change["kind"] == ADD}
    if not wanted:
        return [], []
    problem = snapshot.take(
        base.round,
        policy=["placed", "breadth", "lottery"],  # so that what is learnt there is known too
        seed=base.seed,
        repairs=base.repairs,
        may_worsen=base.may_worsen,
        imagined=[row for change in wanted.values() for row in _rows(change)],
    )
    slots = [
        replace(slot, capacity=wanted[slot.id]["places"])
        for slot in problem.slots
        if slot.id in wanted
    ]
    names = [candidate.id for candidate in problem.candidates]
    columns, pairs = problem.columns, []
    for slot in slots:
        here = columns.slot == problem.slot_index[slot.id]
        values = (columns.candidate, columns.rank, columns.travel, columns.priority)
        rows = zip(*(column[here].tolist() for column in values), strict=True)
        pairs += [
            matching.Pair(names[who], slot.id, rank or None, travel, own or None)
            for who, rank, travel, own in rows
        ]
    return slots, pairs


def as_offered(workplaces: QuerySet[Workplace], periods: Iterable[UUID]) -> list[Any]:
    """Rows of `SLOT`, as if each of the workplaces had one place in each of the periods."""
    facts = [name.removeprefix("workplace__") for name in SLOT if "__" in name]
    return [
        (uuid5(pk, str(period)), period, pk, 1, *row)
        for pk, *row in workplaces.values_list("pk", *facts)
        for period in periods
    ]


def _rows(change: Change) -> list[tuple[Any, ...]]:
    period = UUID(change["period"])
    if "workplace" in change:
        return as_offered(Workplace.objects.filter(pk=change["workplace"]), [period])
    new = _new(change)
    town = new.municipality
    above = (None, None)
    place = (town.latitude, town.longitude)
    return [
        (UUID(change["slot"]), period, new.pk, 1, new.kind, True, False, None, None, *place, *above)
    ]


def _new(change: Change) -> Workplace:
    """A workplace that is nowhere but in the change."""
    return Workplace(
        pk=uuid5(UUID(change["period"]), f"{change['municipality']}/{change['name']}"),
        name=change["name"],
        kind=change["sort"],
        municipality=Municipality.objects.get(pk=change["municipality"]),
    )


def slots(runs: Iterable[MatchingRun]) -> Mapping[str, Slot]:
    """The places that the runs imagine, by id: objects to show, not to save."""
    changes = {
        change["slot"]: change
        for run in runs
        for change in run.changes
        if change.get("kind") == ADD
    }
    known = Workplace.objects.in_bulk(
        [UUID(c["workplace"]) for c in changes.values() if "workplace" in c]
    )
    periods = Period.objects.in_bulk([UUID(c["period"]) for c in changes.values()])
    found = {}
    for pk, change in changes.items():
        workplace = known.get(UUID(change["workplace"])) if "workplace" in change else _new(change)
        period = periods.get(UUID(change["period"]))
        if workplace and period:
            slot = Slot(pk=UUID(pk), workplace=workplace, period=period, capacity=change["places"])
            found[pk] = slot
    return found


def assignments(run: MatchingRun) -> list[Assignment]:
    """Who goes to the places that the run imagines: objects to show, not to save."""
    there = (run.summary or {}).get("imagined") or []
    places = slots([run])
    return [
        Assignment(
            run=run,
            candidate_id=UUID(row["candidate"]),
            slot=places[row["slot"]],
            rank=row["rank"],
            travel_minutes=row["travel"],
        )
        for row in there
        if row["slot"] in places
    ]


def is_so(change: Change) -> bool:
    """Whether there are as many places by now, at a workplace of that name if it was a new one."""
    offered = Slot.objects.filter(period=change["period"], capacity__gte=change["places"])
    if "workplace" in change:
        return offered.filter(workplace=change["workplace"]).exists()
    return offered.filter(
        workplace__name__iexact=change["name"], workplace__municipality=change["municipality"]
    ).exists()
