"""What a what-if changes: a copy of a run's frozen input, with some things otherwise.

A change is a small dictionary, stored with the run and applied in order:

    {"kind": "capacity", "slot": id, "places": n}       a place more, a place less
    {"kind": "close", "workplace": id, "slots": [id]}   a unit takes nobody after all
    {"kind": "pin", "candidate": id, "slot": id}        decided by hand
    {"kind": "exclude", "candidate": id}                somebody is not in the round
    {"kind": "policy", "policy": [level]}               other rules
    {"kind": "add", "slot": id, ...}                    places where there are none: see `imagined`
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements import imagined, levels, matching
from placements.imagined import ADD
from placements.models import Candidate, MatchingRun, Slot, Workplace
from placements.templatetags.weeks import week_numbers

Change = dict[str, Any]

CAPACITY, CLOSE, PIN, EXCLUDE, POLICY = "capacity", "close", "pin", "exclude", "policy"


def applied(base: MatchingRun, changes: Iterable[Change]) -> matching.Problem:
    """The base's problem with the changes made. InputError if they cannot all be.

    Where everybody was in the base counts as her earlier place, so that nobody moves for nothing.
    """
    changes = list(changes)
    if base.problem is None:
        raise matching.InputError("The proposal has no input.")
    problem: matching.Problem = base.problem.unpacked
    held = {row["candidate"]: row["slot"] for row in (base.solution or {})["assignments"]}
    candidates = {row.id: replace(row, previous=held.get(row.id)) for row in problem.candidates}
    slots = {row.id: row for row in problem.slots}
    new_slots, new_pairs = imagined.added(base, changes)
    slots.update({row.id: row for row in new_slots if row.id not in slots})
    gone, policy = set[str](), problem.policy
    for change in changes:
        kind = change["kind"]
        if kind == CAPACITY:
            slots[change["slot"]] = _with_room(slots[change["slot"]], change["places"])
        elif kind == CLOSE:
            slots.update({slot: _with_room(slots[slot], 0) for slot in change["slots"]})
        elif kind == PIN:
            who = change["candidate"]
            candidates[who] = replace(candidates[who], pinned=change["slot"])
        elif kind == EXCLUDE:
            gone.add(change["candidate"])
        elif kind == POLICY:
            policy = change["policy"]
    people = [row for pk, row in candidates.items() if pk not in gone]
    return replace(
        problem,
        policy=policy,
        candidates=people,
        slots=list(slots.values()),
        pairs=_pairs(problem, [row.id for row in people], list(slots), new_pairs),
        together=[two for two in problem.together if gone.isdisjoint(two)],
        apart=[two for two in problem.apart if gone.isdisjoint(two)],
    )


def _with_room(slot: matching.Slot, places: int) -> matching.Slot:
    """A group that there is no room for any more is as large as there is room for."""
    return replace(slot, capacity=places, minimum=min(slot.minimum, places))


def _pairs(
    problem: matching.Problem, people: list[str], slots: list[str], more: Iterable[matching.Pair]
) -> matching.Pairs:
    """The problem's pairs of these people, and those of `more` that it does not have."""
    who, where = ({name: i for i, name in enumerate(names)} for names in (people, slots))
    columns = problem.columns
    at = np.array([who.get(row.id, -1) for row in problem.candidates], dtype=np.int64)
    to = np.array([where[row.id] for row in problem.slots], dtype=np.int64)
    stays = at[columns.candidate] >= 0
    candidate, slot = at[columns.candidate[stays]], to[columns.slot[stays]]
    known = set(zip(candidate.tolist(), slot.tolist(), strict=True)) if more else set()
    new = [
        (who[row.candidate], where[row.slot], row.rank or 0, row.travel, row.priority or 0)
        for row in more
        if row.candidate in who and (who[row.candidate], where[row.slot]) not in known
    ]
    added = np.array(new, dtype=np.int64).reshape(-1, 5).T
    kept = (candidate, slot, columns.rank[stays], columns.travel[stays], columns.priority[stays])
    return matching.Pairs(*(np.concatenate(both) for both in zip(kept, added, strict=True)))


@dataclass(frozen=True)
class ChangeRow:
    """A change in words, and whether the round already is so."""

    text: str
    is_so: bool


class Words:
    """Says changes in words; names are looked up once for all of them."""

    def __init__(self, runs: Iterable[MatchingRun]) -> None:
        runs = list(runs)
        changes = [change for run in runs for change in run.changes]
        slots = {change["slot"] for change in changes if "slot" in change}
        slots |= {slot for change in changes for slot in change.get("slots", [])}
        people = {change["candidate"] for change in changes if "candidate" in change}
        places = {change["workplace"] for change in changes if "workplace" in change}
        self.slots = {
            str(slot.pk): slot
            for slot in Slot.objects.filter(pk__in=slots).select_related("workplace", "period")
        }
        self.slots.update(imagined.slots(runs))
        self.candidates = {
            str(candidate.pk): candidate
            for candidate in Candidate.objects.taking_part().filter(pk__in=people).named()
        }
        self.workplaces = {str(w.pk): w.name for w in Workplace.objects.filter(pk__in=places)}

    def rows(self, run: MatchingRun) -> list[ChangeRow]:
        return [self._row(run, change) for change in run.changes]

    def _row(self, run: MatchingRun, change: Change) -> ChangeRow:
        kind = change["kind"]
        if kind == CAPACITY:
            slot, places = self.slots.get(change["slot"]), change["places"]
            text = ngettext(
                "%(place)s takes %(n)d student", "%(place)s takes %(n)d students", places
            )
            is_so = slot is not None and slot.capacity == places
            return ChangeRow(text % {"place": _at(slot), "n": places}, is_so)
        if kind == ADD:
            slot, places = self.slots.get(change["slot"]), change["places"]
            text = ngettext(
                "%(place)s takes %(n)d student", "%(place)s takes %(n)d students", places
            )
            return ChangeRow(text % {"place": _at(slot), "n": places}, is_so=imagined.is_so(change))
        if kind == CLOSE:
            name = self.workplaces.get(change["workplace"], _("a workplace that is gone"))
            now = [self.slots.get(slot) for slot in change["slots"]]
            is_so = not any(slot and slot.capacity for slot in now)
            return ChangeRow(_("%(workplace)s takes nobody") % {"workplace": name}, is_so)
        if kind == POLICY:
            names = ", ".join(levels.name(level).lower() for level in change["policy"])
            return ChangeRow(_("the order is %(levels)s") % {"levels": names}, is_so=True)
        candidate = self.candidates.get(change["candidate"])
        name = candidate.name if candidate else _("a student who is gone")
        if kind == PIN:
            place = _at(self.slots.get(change["slot"]))
            return ChangeRow(
                _("%(name)s goes to %(place)s") % {"name": name, "place": place}, is_so=True
            )
        return ChangeRow(_("%(name)s is not in the round") % {"name": name}, candidate is None)


def _at(slot: Slot | None) -> str:
    if slot is None:
        return _("a place that is gone")
    return f"{slot.workplace.name}, {week_numbers(slot.period)}"
