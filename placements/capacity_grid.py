"""The grid of places: sums and numbers of all workplaces by the database, of a page's rows all there is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from accounts.models import User
from accounts.prepared import prepared
from placements.models import (
    Candidate,
    CapacityRequest,
    Period,
    Round,
    Slot,
    Workplace,
)
from placements.models.capacity import AnswerState, DeclineReason
from placements.offers import last_answers
from placements.templatetags.weeks import week_numbers

PAGE = 30


class Place(NamedTuple):
    """A workplace that can be asked."""

    pk: UUID
    name: str
    kind: str
    municipality: str
    parent: str | None
    above: str | None  # what orders it: by what it belongs to, and by itself
    key: str


OF_PLACE = (
    "pk",
    "name",
    "kind",
    "municipality__name",
    "parent__name",
    "parent__sort_key",
    "sort_key",
)


Words = Sequence[str]
Chosen = tuple[Words, Words]  # the kinds and the answers; none: all of them


class Offered(NamedTuple):
    """The places of one workplace in one period."""

    capacity: int
    used: int


class Answer(NamedTuple):
    """What a workplace has been asked, and what it said."""

    pk: UUID
    state: str
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
    """The periods summed up, how many students can be placed in any, and how many take part."""

    columns: list[Column]
    free: int
    students: int

    @property
    def missing(self) -> int:
        needed = sum(column.needed for column in self.columns) + self.free
        return max(needed - sum(column.offered for column in self.columns), 0)


def places(user: User, round: Round, chosen: Chosen, start: int = 0) -> list[Place]:
    """A page of those she sees that receive students, in the order of the grid."""
    if start:
        return [Place(*row) for row in _places(user, round.pk, *chosen)[start : start + PAGE]]
    found = [Place(*row) for row in _first(user, round.pk, *chosen)]
    # Units by what they belong to, then those that stand alone.
    found.sort(key=lambda place: (place.above is None, place.above or "", place.key, place.pk))
    return found[:PAGE]


def all_places(user: User, round: Round, chosen: Chosen) -> list[Place]:
    return [Place(*row) for row in _places(user, round.pk, *chosen)]


def _places(user: User, round: UUID, kinds: Words, states: Words) -> QuerySet[Any, Any]:
    shown = receiving(user).order_by("parent__sort_key", "sort_key", "pk")
    if kinds:
        shown = shown.filter(kind__in=kinds)
    if states:
        shown = _with_state(shown, round).filter(state__in=states)
    return shown.values_list(*OF_PLACE)


@prepared
def _first(user: User, round: UUID, kinds: Words, states: Words) -> QuerySet[Any, Any]:
    """Two short ways to a page: what stands alone is read along an index."""
    shown = _places(user, round, kinds, states)
    alone = shown.filter(parent=None).order_by("sort_key", "pk")
    return shown.exclude(parent=None)[:PAGE].union(alone[:PAGE], all=True)


def receiving(user: User) -> QuerySet[Any, Any]:
    return Workplace.objects.visible_to(user).active().filter(receives_students=True)


def _with_state(workplaces: QuerySet[Any, Any], round: UUID) -> QuerySet[Any, Any]:
    """By lists made once: a join may compare all with all while the tables have not been counted."""
    asked = CapacityRequest.objects.filter(round=round)
    given = [
        When(pk__in=asked.filter(state=state).values("workplace"), then=Value(state.value))
        for state in (AnswerState.ASKED, AnswerState.ANSWERED, AnswerState.DECLINED)
    ]
    state = Case(*given, default=Value(AnswerState.NOT_ASKED.value), output_field=CharField())
    stated: QuerySet[Any, Any] = workplaces.annotate(state=state)
    return stated


@prepared
def _numbers(user: User, round: UUID) -> QuerySet[Any, Any]:
    by_both = _with_state(receiving(user), round).order_by().values_list("kind", "state")
    found: QuerySet[Any, Any] = by_both.annotate(Count("pk"))
    return found


def numbers(user: User, round: Round) -> dict[tuple[str, str], int]:
    """How many there are of each kind, with each answer."""
    return {(kind, state): number for kind, state, number in _numbers(user, round.pk)}


def rows(round: Round, shown: Sequence[Place], periods: Sequence[Period]) -> list[Row]:
    """All that the grid says of these, in their order."""
    keys = [place.pk for place in shown]
    requests = {pk: Answer(*answer) for pk, *answer in _answers(round.pk, keys)}
    nothing: str = AnswerState.NOT_ASKED
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
            municipality=place.municipality,
            parent=place.parent or "",
            state=requests[place.pk].state if place.pk in requests else nothing,
            request=requests.get(place.pk),
            cells=[slots[place.pk].get(period.pk) for period in periods],
            last_year=sum(before[place.pk]) if place.pk in before else None,
            weeks=weeks,
        )
        for place in shown
    ]


@prepared
def _answers(round: UUID, workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    asked = CapacityRequest.objects.filter(round=round, workplace__in=workplaces)
    return asked.values_list("workplace", "pk", *Answer._fields[1:])


@prepared
def _slots(round: UUID, workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(round=round, workplace__in=workplaces)
    return slots.values_list("workplace", "period", *Offered._fields)


def sums(round: Round, periods: Sequence[Period]) -> Sums:
    taking_part = _taking_part(round.pk)
    needs: dict[UUID | None, int] = {period: number for period, number, _first in taking_part}
    totals = {period: (capacity, used) for period, capacity, used in _offered(round.pk)}
    columns = [Column(p, *totals.get(p.pk, (0, 0)), needs.get(p.pk, 0)) for p in periods]
    return Sums(columns, needs.get(None, 0), sum(first for *_, first in taking_part))


@prepared
def _taking_part(round: UUID) -> QuerySet[Any, Any]:
    """Of each period: how many places are needed, and how many students, each with her first need."""
    here = Candidate.objects.taking_part().filter(round=round).order_by()
    before = Candidate.objects.taking_part().filter(
        round=round, student=OuterRef("student"), need__lt=OuterRef("need")
    )
    alone: Q = Q(need=1) | Q(~Exists(before))
    first = Count("pk", filter=alone)
    return here.values_list("period").annotate(needs=Count("pk"), first=first)


@prepared
def _offered(round: UUID) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(round=round).order_by().values_list("period")
    return slots.annotate(Sum("capacity"), Sum("used"))
