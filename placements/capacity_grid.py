"""The grid of places: of every workplace as little as sums and filters need, of a page's rows all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count

from accounts.models import User
from placements import travel
from placements.models import CapacityRequest, Period, Round, Slot, Workplace
from placements.models.capacity import AnswerState
from placements.offers import last_answers

NEAREST = 8


class Place(NamedTuple):
    """A workplace that can be asked: there may be thousands, so no more of it than this."""

    pk: UUID
    name: str
    kind: str
    state: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Row:
    """One workplace in the grid: its answer, and its places per period, None where unanswered."""

    workplace: Workplace
    request: CapacityRequest | None
    cells: list[Slot | None]
    last_year: int | None
    state: str
    periods: Sequence[Period]

    @property
    def labelled(self) -> list[tuple[Period, Slot | None]]:
        """On a phone each number stands beside its weeks."""
        return list(zip(self.periods, self.cells, strict=True))


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
    states = dict(round.capacity_requests.values_list("workplace", "state"))
    found = (
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
    return [
        Place(
            pk,
            name,
            kind,
            states.get(pk, AnswerState.NOT_ASKED),
            *((latitude, longitude) if None not in (latitude, longitude) else centre),
        )
        for pk, name, kind, latitude, longitude, *centre in found
    ]


def rows(round: Round, shown: Sequence[Place], periods: Sequence[Period]) -> list[Row]:
    """All that the grid says of these, in their order."""
    keys = [place.pk for place in shown]
    workplaces = Workplace.objects.select_related("municipality", "parent").in_bulk(keys)
    asked = round.capacity_requests.filter(workplace__in=keys)
    requests = {request.workplace_id: request for request in asked}
    slots: dict[UUID, dict[UUID, Slot]] = defaultdict(dict)
    for slot in round.slots.filter(workplace__in=keys):
        slots[slot.workplace_id][slot.period_id] = slot
    before = last_answers(round, keys)
    return [
        Row(
            workplace=workplaces[place.pk],
            request=requests.get(place.pk),
            cells=[slots[place.pk].get(period.pk) for period in periods],
            last_year=sum(before[place.pk]) if place.pk in before else None,
            state=place.state,
            periods=periods,
        )
        for place in shown
    ]


def sums(round: Round, periods: Sequence[Period]) -> Sums:
    candidates = round.candidates.taking_part().order_by()
    needs = dict(candidates.values_list("period").annotate(Count("pk")))
    totals: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    offering = set()
    for workplace, period, capacity, used in round.slots.values_list(
        "workplace", "period", "capacity", "used"
    ):
        totals[period][0] += capacity
        totals[period][1] += used
        if capacity:
            offering.add(workplace)
    columns = [Column(p, totals[p.pk][0], totals[p.pk][1], needs.get(p.pk, 0)) for p in periods]
    return Sums(columns, needs.get(None, 0), frozenset(offering))


def nearest(round: Round, silent: Sequence[Place]) -> list[tuple[Place, int]]:
    """Those of the silent that are nearest to a school of the round, with minutes."""
    schools = list(round.schools.select_related("municipality"))
    if not schools or not silent:
        return []
    minutes = travel.minutes(
        [[school.municipality.latitude] for school in schools],
        [[school.municipality.longitude] for school in schools],
        [place.latitude for place in silent],
        [place.longitude for place in silent],
    ).min(axis=0)
    ways = zip(silent, minutes.tolist(), strict=True)
    return sorted(ways, key=lambda pair: pair[1])[:NEAREST]
