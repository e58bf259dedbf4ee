"""Who may be where: each rule as a table of candidates against slots, worked out in columns.

The same tables build the pairs that matching chooses among and answer "why not there?" for one
student, so the two can never disagree. Requirements not cleared yet exclude nobody: there is time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from placements import travel
from placements.columns import Columns, Flags, Ints, ids, matches, names, numbers, small_numbers
from placements.models import Candidate, Conflict, Period, Placement, Preference, Round, Slot
from placements.models.placements import EndReason, PlacementState, told_of
from placements.models.preferences import WishesState


class Rule(StrEnum):
    """Why a candidate may not be at a slot."""

    PERIOD = "period"  # another period than the one she is to have
    KIND = "kind"  # not a kind of workplace that she needs
    CONFLICT = "conflict"  # must not be at this workplace
    STEP_FREE = "step_free"  # she needs step-free access, and it has none
    CAR = "car"  # cannot be reached without a car, and she has none
    TRAVEL = "travel"  # further away than the round allows
    ROTATION = "rotation"  # she has been there before
    ENDED = "ended"  # she had a place there in this round, and it was declined or taken back
    OVERLAP = "overlap"  # she is placed elsewhere on those days, in another round


# What no person may decide either; the others a coordinator may set aside by pinning.
FIRM = frozenset({Rule.PERIOD, Rule.CONFLICT, Rule.OVERLAP})

_CANDIDATE = (
    "pk",
    "student",
    "school",
    "period",
    "kinds",
    "priority",
    "no_car",
    "step_free",
    "pinned_slot",
    "student__municipality",
    "student__municipality__latitude",
    "student__municipality__longitude",
)
SLOT = (
    "pk",
    "period",
    "workplace",
    "capacity",
    "workplace__kind",
    "workplace__step_free",
    "workplace__needs_car",
    "workplace__latitude",
    "workplace__longitude",
    "workplace__municipality__latitude",
    "workplace__municipality__longitude",
    "workplace__parent",
    "workplace__parent__parent",
)


class Eligibility:
    """All candidates who take part in a round against all its slots, closed ones too.

    `only` narrows it to some candidates: the number of queries is the same for one as for all.
    `slots` (rows of `SLOT`) stand in for the round's own: as if others had offered.
    `as_told`: by those placements alone that students have been told of.
    """

    def __init__(
        self,
        round: Round,
        *,
        only: Iterable[UUID] | None = None,
        slots: Iterable[Any] | None = None,
        as_told: bool = False,
    ) -> None:
        self.round = round
        self._placed = Placement.objects.filter(told_of() if as_told else Q())
        everybody = Candidate.objects.for_round(round).taking_part().order_by("pk")
        if only is not None:
            everybody = everybody.filter(pk__in=list(only))
        self.candidates = Columns.read(everybody.values_list(*_CANDIDATE), _CANDIDATE)
        if slots is None:
            slots = own_slots(round)
        self.slots = Columns.read(slots, SLOT)
        self.candidate_at = {pk: i for i, pk in enumerate(self.candidates["pk"])}
        self.slot_at = {pk: i for i, pk in enumerate(self.slots["pk"])}
        self._read_codes()
        self._read_travel()
        self.wishes = self._read_wishes(everybody.order_by())
        self.students: QuerySet[Any, Any] = everybody.order_by().values("student")
        self._listed = self._read_lists()
        self._forbidding = [rule for rule in Rule if self._may_forbid(rule)]

    def __len__(self) -> int:
        return len(self.candidates)

    def broken(self, rule: Rule, first: int, last: int) -> Flags:
        """Where the rule forbids it, for the candidates from `first` up to `last`."""
        rows = slice(first, last)
        found: Flags
        if rule == Rule.PERIOD:
            mine = self._period[0][rows, None]
            found = (mine >= 0) & (mine != self._period[1])
        elif rule == Rule.KIND:
            found = ~self._suits[self._wanted[rows]]
        elif rule == Rule.STEP_FREE:
            found = self._needs_step_free[rows, None] & ~self._step_free
        elif rule == Rule.CAR:
            found = self._has_no_car[rows, None] & self._needs_car
        elif rule == Rule.TRAVEL:
            found = (self._minutes > self.round.max_travel_minutes)[self._home[rows]]
        else:
            who, slot = self._listed[rule]
            here = (who >= first) & (who < last)
            found = np.zeros((last - first, len(self.slots)), dtype=np.bool_)
            found[who[here] - first, slot[here]] = True
        return found

    def allowed(self, first: int, last: int) -> Flags:
        """Where no rule forbids it."""
        found = np.ones((last - first, len(self.slots)), dtype=np.bool_)
        for rule in self._forbidding:
            found &= ~self.broken(rule, first, last)
        return found

    def _may_forbid(self, rule: Rule) -> bool:
        """Whether there is anything in the round that the rule is about: most have none of most."""
        if rule == Rule.PERIOD:
            return bool((self._period[0] >= 0).any())
        if rule == Rule.KIND:
            return not self._suits.all()
        if rule == Rule.STEP_FREE:
            return bool(self._needs_step_free.any()) and not self._step_free.all()
        if rule == Rule.CAR:
            return bool(self._has_no_car.any() and self._needs_car.any())
        return rule == Rule.TRAVEL or len(self._listed[rule][0]) > 0

    def rules_broken(self, candidate: UUID, slot: UUID) -> list[Rule]:
        """The rules that keep this candidate from this slot."""
        who, at = self.candidate_at[candidate], self.slot_at[slot]
        return [rule for rule in Rule if self.broken(rule, who, who + 1)[0, at]]

    def travel(self, first: int, last: int) -> Ints:
        """Minutes, for the candidates from `first` up to `last` against all slots."""
        minutes: Ints = self._minutes[self._home[first:last]]
        return minutes

    def between(self, who: Ints, slot: Ints) -> Ints:
        """Minutes, for pairs of their numbers."""
        minutes: Ints = self._minutes[self._home[who], slot]
        return minutes

    def minutes(self, candidate: UUID, slot: UUID) -> int:
        who = self.candidate_at[candidate]
        return int(self.travel(who, who + 1)[0, self.slot_at[slot]])

    def _read_codes(self) -> None:
        periods: dict[Any, int] = {}
        self._period = (
            self.candidates.codes("period", periods),
            self.slots.codes("period", periods),
        )
        kind = self.slots["workplace__kind"]
        # Few different sets of kinds are wanted. No kind named means that any will do.
        wanted = [tuple(each) for each in self.candidates["kinds"]]
        sets = {each: i for i, each in enumerate(dict.fromkeys(wanted))}
        self._wanted = np.array([sets[each] for each in wanted], dtype=np.int64)
        self._suits = np.array(
            [[not each or one in each for one in kind] for each in sets], dtype=np.bool_
        ).reshape(len(sets), len(kind))
        self._needs_step_free = self.candidates.flags("step_free")
        self._has_no_car = self.candidates.flags("no_car")
        self._step_free = self.slots.flags("workplace__step_free")
        self._needs_car = self.slots.flags("workplace__needs_car")

    def _read_travel(self) -> None:
        """One row of minutes for each municipality that somebody lives in."""
        homes: dict[Any, int] = {}
        self._home = self.candidates.codes("student__municipality", homes)
        _, one = np.unique(self._home, return_index=True)
        place = "student__municipality__{}"
        home = [
            [self.candidates[place.format(c)][i] for i in one] for c in ("latitude", "longitude")
        ]
        site = [
            [
                centre if own is None or other is None else own
                for own, other, centre in zip(
                    self.slots[f"workplace__{c}"],
                    self.slots[f"workplace__{o}"],
                    self.slots[f"workplace__municipality__{c}"],
                    strict=True,
                )
            ]
            for c, o in (("latitude", "longitude"), ("longitude", "latitude"))
        ]
        self._minutes = travel.minutes(
            np.array(home[0], dtype=float)[:, None],
            np.array(home[1], dtype=float)[:, None],
            np.array(site[0], dtype=float),
            np.array(site[1], dtype=float),
        )

    def _read_wishes(self, everybody: QuerySet[Candidate]) -> tuple[Ints, Ints, Ints]:
        """Candidate, slot and rank of every wish that was sent and has a slot."""
        sent = Preference.objects.filter(
            candidate__in=everybody.filter(wishes_state=WishesState.SENT)
        )
        columns = sent.aggregate(
            who=ids("candidate"), where=ids("workplace"), rank=small_numbers("rank")
        )
        # One workplace has as many slots as there are periods in which it offers places.
        wish, slot = matches(names(columns["where"]), self.slots.names("workplace"))
        found, who = matches(names(columns["who"])[wish], self.candidates.names("pk"))
        return who, slot[found], numbers(columns["rank"])[wish[found]]

    def _read_lists(self) -> dict[Rule, list[Ints]]:
        """Candidate and slot of what is forbidden name by name."""
        students = self.students
        elsewhere = self._placed.occupying().exclude(round=self.round).filter(student__in=students)
        conflicts = Conflict.objects.filter(student__in=students).values_list(
            "student", "workplace"
        )
        visited = elsewhere.values_list("student", "slot__workplace")
        busy = [
            (student, period.pk)
            for period in Period.objects.filter(round=self.round)
            for student in elsewhere.filter(days__overlap=period.days).values_list(
                "student", flat=True
            )
        ]
        ended = (
            self._placed.for_round(self.round)
            .filter(
                student__in=students, state__in=[PlacementState.DECLINED, PlacementState.WITHDRAWN]
            )
            .exclude(end_reason__in=[EndReason.MOVED, EndReason.RECALLED])
            .values_list("student", "slot__workplace")
        )
        above = ("workplace", "workplace__parent", "workplace__parent__parent")
        return {
            Rule.ENDED: self._cross(ended, "workplace"),
            Rule.CONFLICT: self._cross(conflicts, *above),
            Rule.ROTATION: self._cross(visited, "workplace"),
            Rule.OVERLAP: self._cross(busy, "period"),
        }

    def _cross(self, rows: Iterable[tuple[UUID, UUID]], *places: str) -> list[Ints]:
        """Each need of the student against each slot that has the place in one of these columns."""
        listed = list(rows)
        if not listed:
            return _columns([], 2)
        needs = _positions(self.candidates["student"])
        slots = _positions(*(self.slots[name] for name in places))
        found = {
            (need, slot)
            for student, place in listed
            for need in needs[student]
            for slot in slots[place]
        }
        return _columns(sorted(found), 2)


def own_slots(round: Round, only: UUID | None = None) -> Iterable[Any]:
    """The round's own, as rows of `SLOT`; or one of them."""
    slots = Slot.objects.filter(round=round).order_by("pk")
    return (slots.filter(pk=only) if only else slots).values_list(*SLOT)


def _positions(*columns: list[Any]) -> dict[Any, list[int]]:
    """Where each value stands in any of the columns."""
    found: dict[Any, list[int]] = defaultdict(list)
    for column in columns:
        for i, value in enumerate(column):
            if value is not None:
                found[value].append(i)
    return found


def _columns(rows: list[Any], width: int) -> list[Ints]:
    return list(np.array(rows, dtype=np.int64).reshape(-1, width).T)
