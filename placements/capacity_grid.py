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
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Cos, Radians

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
PAGE = 30


class Place(NamedTuple):
    """A workplace that can be asked, with what it has answered."""

    pk: UUID
    name: str
    kind: str
    state: str
    municipality: str
    parent: str | None


class Silent(NamedTuple):
    """A workplace that offers nothing, and where it is."""

    pk: UUID
    name: str
    latitude: float
    longitude: float


# Its own position, or its municipality's: as `Workplace.position`.
_KNOWN = Q(latitude__isnull=False, longitude__isnull=False)
AT = {
    "north": Case(When(_KNOWN, then="latitude"), default="municipality__latitude"),
    "east": Case(When(_KNOWN, then="longitude"), default="municipality__longitude"),
}
Words = Sequence[str]
Chosen = tuple[Words, Words]  # the kinds and the answers; none: all of them


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
    """The periods summed up, and how many students can be placed in any."""

    columns: list[Column]
    free: int

    @property
    def missing(self) -> int:
        needed = sum(column.needed for column in self.columns) + self.free
        return max(needed - sum(column.offered for column in self.columns), 0)


def places(user: User, round: Round, chosen: Chosen, start: int = 0) -> list[Place]:
    """A page of those she sees that receive students, in the order of the grid."""
    if start:
        found = [*_places(user, round.pk, *chosen)[start : start + PAGE]]
    else:
        found = _first(user, round.pk, *chosen)
    return [Place(*row) for row in found]


def all_places(user: User, round: Round, chosen: Chosen) -> list[Place]:
    return [Place(*row) for row in _places(user, round.pk, *chosen)]


def _places(user: User, round: UUID, kinds: Words, states: Words) -> QuerySet[Any, Any]:
    shown = _receiving(user, round).order_by("parent__sort_key", "sort_key", "pk")
    if kinds:
        shown = shown.filter(kind__in=kinds)
    if states:
        shown = shown.filter(state__in=states)
    return shown.values_list("pk", "name", "kind", "state", "municipality__name", "parent__name")


@prepared
def _first(user: User, round: UUID, kinds: Words, states: Words) -> QuerySet[Any, Any]:
    return _places(user, round, kinds, states)[:PAGE]


def _receiving(user: User, round: UUID) -> QuerySet[Any, Any]:
    receiving = Workplace.objects.visible_to(user).active().filter(receives_students=True)
    asked = FilteredRelation("capacity_requests", condition=Q(capacity_requests__round=round))
    not_asked = Value(AnswerState.NOT_ASKED.value)
    found: QuerySet[Any, Any] = receiving.annotate(asked=asked).annotate(
        state=Coalesce("asked__state", not_asked)
    )
    return found


@prepared
def _numbers(user: User, round: UUID) -> QuerySet[Any, Any]:
    by_both = _receiving(user, round).order_by().values_list("kind", "state")
    found: QuerySet[Any, Any] = by_both.annotate(Count("pk"))
    return found


def numbers(user: User, round: Round) -> dict[tuple[str, str], int]:
    """How many there are of each kind, with each answer."""
    return {(kind, state): number for kind, state, number in _numbers(user, round.pk)}


def rows(round: Round, shown: Sequence[Place], periods: Sequence[Period]) -> list[Row]:
    """All that the grid says of these, in their order."""
    keys = [place.pk for place in shown]
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
            municipality=place.municipality,
            parent=place.parent or "",
            state=place.state,
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
    needs: dict[UUID | None, int] = dict(_needs(round.pk))
    totals = {period: (capacity, used) for period, capacity, used in _offered(round.pk)}
    columns = [Column(p, *totals.get(p.pk, (0, 0)), needs.get(p.pk, 0)) for p in periods]
    return Sums(columns, needs.get(None, 0))


@prepared
def _needs(round: UUID) -> QuerySet[Any, Any]:
    candidates = Candidate.objects.taking_part().filter(round=round).order_by()
    return candidates.values_list("period").annotate(Count("pk"))


@prepared
def _offered(round: UUID) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(round=round).order_by().values_list("period")
    return slots.annotate(Sum("capacity"), Sum("used"))


@prepared
def _schools(round: UUID) -> QuerySet[Any, Any]:
    taking_part = RoundSchool.objects.filter(round=round)
    return taking_part.values_list(
        "school__municipality__latitude", "school__municipality__longitude"
    )


def nearest(user: User, round: Round) -> list[tuple[Silent, int]]:
    """Those that offer nothing and are nearest to a school of the round, with minutes."""
    schools = _schools(round.pk)
    found = [Silent(*row) for row in _silent(user, round.pk)] if schools else []
    if not found:
        return []
    minutes = travel.minutes(
        [[latitude] for latitude, _longitude in schools],
        [[longitude] for _latitude, longitude in schools],
        [place.latitude for place in found],
        [place.longitude for place in found],
    ).min(axis=0)
    return sorted(zip(found, minutes.tolist(), strict=True), key=lambda pair: pair[1])


@prepared
def _silent(user: User, round: UUID) -> QuerySet[Any, Any]:
    """Only the nearest: by the square of the way to the nearest school, on a map that is flat there."""
    offered = Slot.objects.offered().filter(round=round, workplace=OuterRef("pk"))
    school = "school__municipality__"
    north = F(f"{school}latitude") - OuterRef("north")
    east = (F(f"{school}longitude") - OuterRef("east")) * Cos(Radians(f"{school}latitude"))
    ways = RoundSchool.objects.filter(round=round).annotate(way=north * north + east * east)
    silent = _receiving(user, round).filter(~Exists(offered)).annotate(**AT)
    ordered = silent.order_by(Subquery(ways.order_by("way").values("way")[:1]), "sort_key", "pk")
    found: QuerySet[Any, Any] = ordered.values_list("pk", "name", "north", "east")[:NEAREST]
    return found
