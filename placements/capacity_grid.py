"""The grid of places: of every workplace as little as sums and filters need, of a page's rows all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import User
from accounts.prepared import prepared
from placements import travel
from placements.models import (
    Candidate,
    CapacityRequest,
    Period,
    Round,
    RoundSchool,
    Slot,
    Workplace,
)
from placements.models.capacity import AnswerState, DeclineReason
from placements.offers import last_answers
from placements.templatetags.weeks import week_numbers

NEAREST = 8


class Place(NamedTuple):
    """A workplace that can be asked: there may be thousands, so no more of it than this."""

    pk: UUID
    name: str
    kind: str
    state: str
    latitude: float
    longitude: float


class Offered(NamedTuple):
    """The places of one workplace in one period."""

    capacity: int
    used: int


class Answer(NamedTuple):
    """What a workplace has been asked, and what it said."""

    pk: UUID
    asked_at: dt.datetime | None
    reminded_at: dt.datetime | None
    answered_at: dt.datetime | None
    reason: str
    note: str

    def get_reason_display(self) -> str:
        return str(DeclineReason(self.reason).label) if self.reason else ""


@dataclass(frozen=True)
class Row:
    """One workplace in the grid: its answer, and its places per period, None where unanswered."""

    pk: UUID
    name: str
    kind: str
    municipality: str
    parent: str
    state: str
    request: Answer | None
    cells: list[Offered | None]
    last_year: int | None
    weeks: Sequence[str]

    @property
    def labelled(self) -> list[tuple[str, Offered | None]]:
        """On a phone each number stands beside its weeks."""
        return list(zip(self.weeks, self.cells, strict=True))

    def get_kind_display(self) -> str:
        return str(Workplace.Kind(self.kind).label)


@dataclass(frozen=True)
class Column:
    """One period, summed up."""

    period: Period
    offered: int
    taken: int
    needed: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.offered, 0)


@dataclass(frozen=True)
class Sums:
    """The periods summed up, how many students can be placed in any, and who offers something."""

    columns: list[Column]
    free: int
    offering: frozenset[UUID]

    @property
    def missing(self) -> int:
        needed = sum(column.needed for column in self.columns) + self.free
        return max(needed - sum(column.offered for column in self.columns), 0)


def places(user: User, round: Round) -> list[Place]:
    """Those she sees that receive students, in the order of the grid, with their answers."""
    states: dict[UUID, str] = dict(_states(round.pk))
    return [
        Place(
            pk,
            name,
            kind,
            states.get(pk, AnswerState.NOT_ASKED),
            *((latitude, longitude) if None not in (latitude, longitude) else centre),
        )
        for pk, name, kind, latitude, longitude, *centre in _receiving(user)
    ]


@prepared
def _receiving(user: User) -> QuerySet[Any, Any]:
    return (
        Workplace.objects.visible_to(user)
        .active()
        .filter(receives_students=True)
        .order_by("parent__sort_key", "sort_key")
        .values_list(
            "pk",
            "name",
            "kind",
            "latitude",
            "longitude",
            "municipality__latitude",
            "municipality__longitude",
        )
    )


def rows(round: Round, shown: Sequence[Place], periods: Sequence[Period]) -> list[Row]:
    """All that the grid says of these, in their order."""
    keys = [place.pk for place in shown]
    where = {pk: names for pk, *names in _where(keys)}
    requests = {pk: Answer(*answer) for pk, *answer in _answers(round.pk, keys)}
    slots: dict[UUID, dict[UUID, Offered]] = defaultdict(dict)
    for pk, period, *numbers in _slots(round.pk, keys):
        slots[pk][period] = Offered(*numbers)
    before = last_answers(round, keys)
    weeks = [week_numbers(period) for period in periods]
    return [
        Row(
            pk=place.pk,
            name=place.name,
            kind=place.kind,
            municipality=where[place.pk][0],
            parent=where[place.pk][1] or "",
            state=place.state,
            request=requests.get(place.pk),
            cells=[slots[place.pk].get(period.pk) for period in periods],
            last_year=sum(before[place.pk]) if place.pk in before else None,
            weeks=weeks,
        )
        for place in shown
    ]


@prepared
def _states(round: UUID) -> QuerySet[Any, Any]:
    return CapacityRequest.objects.filter(round=round).values_list("workplace", "state")


@prepared
def _where(workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    found = Workplace.objects.filter(pk__in=workplaces).order_by()
    return found.values_list("pk", "municipality__name", "parent__name")


@prepared
def _answers(round: UUID, workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    asked = CapacityRequest.objects.filter(round=round, workplace__in=workplaces)
    return asked.values_list("workplace", "pk", *Answer._fields[1:])


@prepared
def _slots(round: UUID, workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(round=round, workplace__in=workplaces)
    return slots.values_list("workplace", "period", *Offered._fields)


def sums(round: Round, periods: Sequence[Period]) -> Sums:
    needs: dict[UUID | None, int] = dict(_needs(round.pk))
    totals: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    offering = set()
    for workplace, period, capacity, used in _offered(round.pk):
        totals[period][0] += capacity
        totals[period][1] += used
        if capacity:
            offering.add(workplace)
    columns = [Column(p, totals[p.pk][0], totals[p.pk][1], needs.get(p.pk, 0)) for p in periods]
    return Sums(columns, needs.get(None, 0), frozenset(offering))


@prepared
def _needs(round: UUID) -> QuerySet[Any, Any]:
    candidates = Candidate.objects.taking_part().filter(round=round).order_by()
    return candidates.values_list("period").annotate(Count("pk"))


@prepared
def _offered(round: UUID) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(round=round)
    return slots.values_list("workplace", "period", "capacity", "used")


@prepared
def _schools(round: UUID) -> QuerySet[Any, Any]:
    taking_part = RoundSchool.objects.filter(round=round)
    return taking_part.values_list(
        "school__municipality__latitude", "school__municipality__longitude"
    )


def nearest(round: Round, silent: Sequence[Place]) -> list[tuple[Place, int]]:
    """Those of the silent that are nearest to a school of the round, with minutes."""
    schools = _schools(round.pk)
    if not schools or not silent:
        return []
    minutes = travel.minutes(
        [[latitude] for latitude, _longitude in schools],
        [[longitude] for _latitude, longitude in schools],
        [place.latitude for place in silent],
        [place.longitude for place in silent],
    ).min(axis=0)
    ways = zip(silent, minutes.tolist(), strict=True)
    return sorted(ways, key=lambda pair: pair[1])[:NEAREST]
