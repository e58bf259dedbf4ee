"""What is told of a candidate and of a slot that she wished for more, and what all who tell it start from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .fields import MAX_RANK
from .lottery import lottery_weight
from .problem import Problem
from .solution import PROVEN, Solution


class Reason(StrEnum):
    """Why a candidate is not at a slot."""

    NOT_ELIGIBLE = "not_eligible"  # there is no such pair
    PINNED = "pinned"  # somebody decided that she is elsewhere
    CLOSED = "closed"  # it has no places
    ALL_PINNED = "all_pinned"  # every place is held by somebody pinned there
    FULL = "full"  # a place could be had only at the cost given
    LOTTERY = "lottery"  # as good at every level; the lottery decided
    OUTWEIGHED = "outweighed"  # it has room, but a level that comes first says otherwise
    ORDER = "order"  # stable: the workplace takes others first
    URGENT = "urgent"  # stable: as good to the workplace, but others are in a higher class
    LOWER = "lower"  # stable: she could have it, but is at one that she likes better
    RULE = "rule"  # no answer has her there: a rule that ties candidates to each other would not be kept
    UNKNOWN = "unknown"  # not found out in the time there was


@dataclass(frozen=True, slots=True)
class Cost:
    """By how much the best solution would be worse at the first level that would change."""

    level: str
    amount: int


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody else's change. None stands for being without a place."""

    candidate: str
    origin: str | None
    destination: str | None


@dataclass(frozen=True, slots=True)
class WishExplanation:
    """One slot that she wished for more than what she got.

    `weights`, where the lottery decided: the sum of the lottery's weights for all who would move,
    as it is and as it would be. The lower one wins. `rules`, where one stands in the way: those that the
    moves of `chain` would break, or of which one would have to go. `status`: how certain the cost is. Prices
    prove it, or a search has found nothing better, or time ran out and there may be something better.
    """

    slot: str
    rank: int | None
    reason: Reason
    capacity: int
    wished: int
    wished_as_high: int
    cost: Cost | None = None
    chain: tuple[Move, ...] = ()
    weights: tuple[int, int] | None = None
    rules: tuple[str, ...] = ()
    status: str = PROVEN


@dataclass(frozen=True, slots=True)
class CandidateExplanation:
    candidate: str
    got: str | None
    rank: int | None
    wishes: tuple[WishExplanation, ...]


class Wished:
    """How many wished for each slot."""

    def __init__(self, problem: Problem) -> None:
        columns = problem.columns
        wish = columns.rank > 0
        self._wishes = np.sort(columns.slot[wish] * (MAX_RANK + 1) + columns.rank[wish])

    def by(self, slot: int, rank: int = MAX_RANK) -> int:
        """As their wish of this rank, or a higher one."""
        first = slot * (MAX_RANK + 1)
        above, below = np.searchsorted(self._wishes, [first, first + rank + 1])
        return int(below - above)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one candidate: of which slots, in the order of her wishes. -1 is no place."""

    who: int
    place: int
    ranks: dict[int, int]
    slots: tuple[int, ...]


class Facts:
    """What is plain of a solution, however its best is found."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        self.solution = solution
        self._wished = Wished(problem)

    def candidate(self, candidate_id: str, *, also: Iterable[str] = ()) -> CandidateExplanation:
        """Facts about one candidate; KeyError if there is no such candidate or slot."""
        return next(self.candidates({candidate_id: also}))

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        """Likewise about many, in whatever order."""
        raise NotImplementedError

    def _asked(self, name: str, also: Iterable[str]) -> Asked:
        who, got = self.problem.candidate_index[name], self.solution.assignments.get(name)
        place, ranks = -1 if got is None else self.problem.slot_index[got], self._ranks(who)
        rank = ranks.get(place, 0)
        slots = [s for s, r in ranks.items() if r and (not rank or r < rank) and s != place]
        slots += [s for s in map(self.problem.slot_index.__getitem__, also) if s != place]
        slots = sorted(set(slots), key=lambda slot: (ranks.get(slot) or MAX_RANK + 1, slot))
        return Asked(who, place, ranks, tuple(slots))

    def _told(self, asked: Asked, wishes: Iterable[WishExplanation]) -> CandidateExplanation:
        name = self.problem.candidates[asked.who].id
        got, rank = self.solution.assignments.get(name), asked.ranks.get(asked.place) or None
        return CandidateExplanation(name, got, rank, tuple(wishes))

    def _ranks(self, who: int) -> dict[int, int]:
        """Her pairs: the rank of each slot, 0 where she may be but did not wish to."""
        columns = self.problem.columns
        mine = slice(*np.searchsorted(columns.candidate, [who, who + 1]))
        return dict(zip(columns.slot[mine].tolist(), columns.rank[mine].tolist(), strict=True))

    def _plain(self, asked: Asked, slot: int) -> WishExplanation:
        """How sought after it was; with the reason where no price would give her the slot."""
        about, rank = self.problem.slots[slot], asked.ranks.get(slot)
        return WishExplanation(
            slot=about.id,
            rank=rank or None,
            reason=self._without_cost(asked, slot),
            capacity=about.capacity,
            wished=self._wished.by(slot),
            wished_as_high=self._wished.by(slot, rank or MAX_RANK),
        )

    def _without_cost(self, asked: Asked, slot: int) -> Reason:
        if slot not in asked.ranks:
            return Reason.NOT_ELIGIBLE
        if self.problem.candidates[asked.who].pinned is not None:
            return Reason.PINNED
        return Reason.ALL_PINNED if self.problem.slots[slot].capacity else Reason.CLOSED

    def _weights(self, moves: Iterable[Move]) -> tuple[int, int]:
        """The lots of all who would move, as it is and as it would be."""
        moves = list(moves)
        now = sum(self._weight(move.candidate, move.origin) for move in moves)
        return now, sum(self._weight(move.candidate, move.destination) for move in moves)

    def _weight(self, name: str, slot: str | None) -> int:
        return 0 if slot is None else lottery_weight(self.problem.seed, name, slot)
