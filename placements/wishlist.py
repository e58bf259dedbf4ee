"""What one candidate may wish for and has wished for, each workplace with its way and its rivals.

The rules are those of matching (`eligibility.py`), so that nobody is offered a wish that cannot come
true. A workplace she must not be at is left out without a word: why is nobody's business here. Where
she is to be in another round leaves nothing out before she is told of it: she could read it off the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Count, Q
from django.utils.functional import cached_property

from placements.eligibility import Eligibility, Rule
from placements.models import Candidate, Preference, Slot, Workplace
from placements.models.preferences import WishesState

# Rules that are her own or the round's, and may be said aloud.
_SAID = (Rule.TRAVEL, Rule.CAR, Rule.STEP_FREE)


class Place(NamedTuple):
    """As much of a workplace as is searched and ordered by: there may be thousands."""

    pk: UUID
    name: str
    kind: str
    parent: str | None
    municipality: UUID
    town: str
    town_key: str
    sort_key: str


OF_PLACE = (
    "pk",
    "name",
    "kind",
    "parent__name",
    "municipality",
    "municipality__name",
    "municipality__sort_key",
    "sort_key",
)


@dataclass(frozen=True)
class Option:
    """A workplace as one candidate sees it. `rank` None: she has not wished for it."""

    place: Place
    places: int
    wished: int
    minutes: int | None
    typical: float = 0  # wishes per place at the workplaces she can have
    obstacles: tuple[str, ...] = ()
    rank: int | None = None
    workplace: Workplace | None = None  # all of it, of those that are shown

    @property
    def id(self) -> UUID:
        return self.place.pk

    @property
    def demand(self) -> str:
        """How sought after it is beside the others she can have: calm, popular, very_popular.

        Everybody wishes for several, so there are always more wishes than places; what tells her
        something is how one compares with the rest.
        """
        if self.wished <= max(1, 0.75 * self.typical) * self.places:
            return "calm"
        return "popular" if self.wished <= 1.5 * self.typical * self.places else "very_popular"


@dataclass(frozen=True)
class Wish:
    """One row of her list, and what can be done with it."""

    option: Option
    is_best: bool
    is_last: bool
    is_tied: bool  # as good as the row above
    may_tie: bool


class Wishlist:
    """Everything the page about one candidate's wishes shows, in a fixed number of queries."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self._ranks: dict[UUID, int] = dict(candidate.preferences.values_list("workplace", "rank"))
        self._read_rules()
        self._wished = wished(candidate.round_id)
        near = {pk for pk in self._usable if not self._obstacles[pk]}
        self._typical = sum(self._wished.get(pk, 0) for pk in near) / max(
            1, sum(self._places[pk] for pk in near)
        )

    @cached_property
    def _options(self) -> list[Option]:
        slots = Slot.objects.filter(round=self.candidate.round_id).order_by().values("workplace")
        either = Q(pk__in=slots) | Q(pk__in=list(self._ranks))
        there = Workplace.objects.filter(either).order_by().values_list(*OF_PLACE)
        shown = {*self._usable, *self._ranks}
        return [self._option(Place(*row)) for row in there if row[0] in shown]

    @property
    def chosen(self) -> list[Option]:
        """Her wishes, the best first."""
        ranked = [option for option in self._options if option.rank is not None]
        return sorted(ranked, key=lambda option: (option.rank, option.place.sort_key))

    def shown(self, options: Iterable[Option]) -> list[Option]:
        """The same, each with its whole workplace."""
        some = list(options)
        whole = (
            Workplace.objects.select_related("municipality", "parent")
            .prefetch_related("learning_areas")
            .in_bulk([option.id for option in some])
        )
        return [replace(option, workplace=whole[option.id]) for option in some]

    @staticmethod
    def rows(chosen: list[Option]) -> list[Wish]:
        """Her wishes as rows with their buttons."""
        ranks = [option.rank for option in chosen]
        return [
            Wish(
                option=option,
                is_best=option.rank == 1 and ranks.count(1) == 1,
                is_last=option.rank == ranks[-1] and ranks.count(ranks[-1]) == 1,
                is_tied=at > 0 and ranks[at - 1] == option.rank,
                may_tie=at > 0 and ranks[at - 1] != option.rank,
            )
            for at, option in enumerate(chosen)
        ]

    @property
    def possible(self) -> list[Option]:
        """What she may add: it offers a place that she can use and get to."""
        return [o for o in self._options if self.may_add(o.id)]

    @property
    def too_far(self) -> list[Option]:
        """What she could use, were it nearer."""
        return [
            o
            for o in self._options
            if o.rank is None and o.id in self._usable and o.obstacles == (Rule.TRAVEL,)
        ]

    def may_add(self, workplace: UUID) -> bool:
        return (
            workplace in self._usable
            and workplace not in self._ranks
            and not self._obstacles.get(workplace)
        )

    def _read_rules(self) -> None:
        """For each workplace: the places she could have there, the way, and what is in the way."""
        table = Eligibility(self.candidate.round, only=[self.candidate.pk], as_told=True)
        self._usable: set[UUID] = set()
        self._places: dict[UUID, int] = {}
        self._minutes: dict[UUID, int] = {}
        self._obstacles: dict[UUID, tuple[str, ...]] = {}
        if not len(table):
            return
        broken = {rule: table.broken(rule, 0, 1)[0] for rule in Rule}
        silent = np.logical_or.reduce([broken[rule] for rule in Rule if rule not in _SAID])
        minutes = table.travel(0, 1)[0]
        rows = zip(table.slots["workplace"], table.slots["capacity"], strict=True)
        for at, (workplace, capacity) in enumerate(rows):
            self._minutes[workplace] = int(minutes[at])
            self._obstacles[workplace] = tuple(rule for rule in _SAID if broken[rule][at])
            # Counted also where she must not be, so that the number tells her nothing.
            if not broken[Rule.PERIOD][at]:
                self._places[workplace] = self._places.get(workplace, 0) + capacity
            if capacity and not silent[at]:
                self._usable.add(workplace)

    def _option(self, place: Place) -> Option:
        return Option(
            place=place,
            places=self._places.get(place.pk, 0),
            wished=self._wished.get(place.pk, 0),
            minutes=self._minutes.get(place.pk),
            typical=self._typical,
            obstacles=self._obstacles.get(place.pk, ()),
            rank=self._ranks.get(place.pk),
        )


def wished(round_id: UUID) -> dict[UUID, int]:
    """How many of those who have sent their wishes wish for each workplace."""
    sent = Candidate.objects.taking_part().filter(round=round_id, wishes_state=WishesState.SENT)
    rows = Preference.objects.filter(candidate__in=sent).order_by().values_list("workplace")
    return dict(rows.annotate(Count("pk")))
