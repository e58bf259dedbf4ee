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
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from placements import travel
from placements.columns import Columns, Flags, Ints
from placements.models import Candidate, Conflict, Period, Placement, Preference, Round, Slot
from placements.models.placements import EndReason, PlacementState
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
    "student__school_class",
    "period",
    "kinds",
    "priority",
    "no_car",
    "step_free",
    "pinned_slot",
    "student__municipality",
    "student__municipality__latitude",
    "student__municipality__longitude",
    "wishes_state",
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
    """

    def __init__(
        self,
        round: Round,
        *,
        only: Iterable[UUID] | None = None,
        slots: Iterable[Any] | None = None,
    ) -> None:
        self.round = round
        everybody = Candidate.objects.for_round(round).taking_part().order_by("pk")
        if only is not None:
            everybody = everybody.filter(pk__in=list(only))
        self.candidates = Columns.read(everybody.values_list(*_CANDIDATE), _CANDIDATE)
        if slots is None:
            slots = own_slots(round)
        self.slots = Columns.read(slots, SLOT)
        self.candidate_at = {pk: i for i, pk in enumerate(self.candidates["pk"])}
        self.slot_at = {pk: i for i, pk in enumerate(self.slots["pk"])}
        self._slots_of = _positions(self.slots["workplace"])
        above = ("workplace", "workplace__parent", "workplace__parent__parent")
        self._units_of = _positions(*(self.slots[name] for name in above))
        self._at_period = _positions(self.slots["period"])
        self._needs_of = _positions(self.candidates["student"])
        self._read_codes()
        self._read_travel()
        self.wishes = self._read_wishes()
        self._listed = self._read_lists(everybody.order_by().values("student"))

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
            found = ~self._kinds[rows][:, self._kind]
        elif rule == Rule.STEP_FREE:
            found = self.candidates.flags("step_free")[rows, None] & ~self._step_free
        elif rule == Rule.CAR:
            found = self.candidates.flags("no_car")[rows, None] & self._needs_car
        elif rule == Rule.TRAVEL:
            found = self.travel(first, last) > self.round.max_travel_minutes
        else:
            who, slot = self._listed[rule]
            here = (who >= first) & (who < last)
            found = np.zeros((last - first, len(self.slots)), dtype=np.bool_)
            found[who[here] - first, slot[here]] = True
        return found

    def allowed(self, first: int, last: int) -> Flags:
        """Where no rule forbids it."""
        found = np.ones((last - first, len(self.slots)), dtype=np.bool_)
        for rule in Rule:
            found &= ~self.broken(rule, first, last)
        return found

    def rules_broken(self, candidate: UUID, slot: UUID) -> list[Rule]:
        """The rules that keep this candidate from this slot."""
        who, at = self.candidate_at[candidate], self.slot_at[slot]
        return [rule for rule in Rule if self.broken(rule, who, who + 1)[0, at]]

    def travel(self, first: int, last: int) -> Ints:
        """Minutes, for the candidates from `first` up to `last` against all slots."""
        minutes: Ints = self._minutes[self._home[first:last]]
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
        kinds: dict[Any, int] = {}
        self._kind = self.slots.codes("workplace__kind", kinds)
        # No kind named means that any will do.
        self._kinds = np.array(
            [
                [not wanted or kind in wanted for kind in kinds]
                for wanted in self.candidates["kinds"]
            ],
            dtype=np.bool_,
        ).reshape(len(self), len(kinds))
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

    def _read_wishes(self) -> list[Ints]:
        """Candidate, slot and rank of every wish that was sent and has a slot.

        Their ids come as text: a UUID object for each of so many takes four times as long."""
        sent = Preference.objects.filter(
            candidate__round=self.round, candidate__wishes_state=WishesState.SENT
        ).order_by()
        rows = sent.values_list(_text("candidate"), _text("workplace"), "rank")
        row_of = {str(pk): i for pk, i in self.candidate_at.items()}
        slots_of = {str(pk): slots for pk, slots in self._slots_of.items()}
        found = [
            (row_of[candidate], slot, rank)
            for candidate, workplace, rank in rows
            if candidate in row_of
            for slot in slots_of.get(workplace, ())
        ]
        return _columns(found, 3)

    def _read_lists(self, students: QuerySet[Any, Any]) -> dict[Rule, list[Ints]]:
        """Candidate and slot of what is forbidden name by name."""
        elsewhere = (
            Placement.objects.occupying().exclude(round=self.round).filter(student__in=students)
        )
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
            Placement.objects.for_round(self.round)
            .filter(
                student__in=students, state__in=[PlacementState.DECLINED, PlacementState.WITHDRAWN]
            )
            .exclude(end_reason=EndReason.MOVED)
            .values_list("student", "slot__workplace")
        )
        return {
            Rule.ENDED: self._cross(ended, self._slots_of),
            Rule.CONFLICT: self._cross(conflicts, self._units_of),
            Rule.ROTATION: self._cross(visited, self._slots_of),
            Rule.OVERLAP: self._cross(busy, self._at_period),
        }

    def _cross(self, rows: Iterable[tuple[UUID, UUID]], slots: dict[UUID, list[int]]) -> list[Ints]:
        found = {
            (need, slot)
            for student, place in rows
            for need in self._needs_of[student]
            for slot in slots[place]
        }
        return _columns(sorted(found), 2)


def own_slots(round: Round) -> Iterable[Any]:
    """The round's own, as rows of `SLOT`."""
    return Slot.objects.filter(round=round).order_by("pk").values_list(*SLOT)


def _text(column: str) -> Cast:
    return Cast(column, TextField())


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
