"""Why: facts about a proven solution, as data. Templates and gettext write the words.

`unplaced` says who cannot be placed whatever the order, `call_list` where one more place would
help, `candidate` why somebody did not get what she wished for more. To explain many candidates of
one solution, make one `Explainer` and ask it for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from .errors import NotProvenError
from .exchange import Exchange, Routes, Step
from .fields import MAX_RANK
from .lottery import lottery_weight
from .policies import LOTTERY
from .problem import Problem
from .shortage import Gain, HallSet, call_list, hall_set, unplaced
from .solution import PROVEN, STABLE, Solution
from .tied import Tied

if TYPE_CHECKING:
    from .stable_reasons import StableExplainer

__all__ = [
    "CandidateExplanation",
    "Cost",
    "Explainer",
    "Gain",
    "HallSet",
    "Move",
    "Reason",
    "WishExplanation",
    "call_list",
    "candidate",
    "explainer",
    "hall_set",
    "unplaced",
]


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
    RULE = "rule"  # a rule that ties candidates to each other would not be kept


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
    moves of `chain` would break.
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


@dataclass(frozen=True, slots=True)
class CandidateExplanation:
    candidate: str
    got: str | None
    rank: int | None
    wishes: tuple[WishExplanation, ...]


def candidate(
    problem: Problem, solution: Solution, candidate_id: str, *, also: Iterable[str] = ()
) -> CandidateExplanation:
    """Why she got what she got. `also` names slots to explain besides her higher wishes."""
    return explainer(problem, solution).candidate(candidate_id, also=also)


def possible(solution: Solution) -> bool:
    """Whether prices alone tell why: not where HiGHS has searched, or quotas had to be priced."""
    quotas = any(name.startswith("quota:") for level in solution.levels for name in level.prices)
    return solution.status in (PROVEN, STABLE) and not quotas


def explainer(problem: Problem, solution: Solution) -> Explainer | StableExplainer:
    """The one that knows the solution's policy. NotProvenError if it claims too little."""
    from .stable_reasons import StableExplainer

    stable = solution.status == STABLE
    return StableExplainer(problem, solution) if stable else Explainer(problem, solution)


class Explainer:
    """Explains one candidate after another; what they share is worked out once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if not possible(solution) or not all(level.proven for level in solution.levels):
            raise NotProvenError("Only a solution that prices alone prove can be explained.")
        self.tied = Tied(problem) if problem.rules else None
        self.problem = problem
        self.solution = solution
        self.exchange = Exchange(problem, solution)
        self._slot_names: list[str | None] = [
            *(slot.id for slot in problem.slots),
            *(None for _ in range(self.exchange.options.nowhere - len(problem.slots) + 1)),
        ]
        columns = problem.columns
        self._wished: dict[int, Counter[int]] = {}
        for slot, rank in zip(columns.slot.tolist(), columns.rank.tolist(), strict=True):
            if rank:
                self._wished.setdefault(slot, Counter())[rank] += 1

    def candidate(self, candidate_id: str, *, also: Iterable[str] = ()) -> CandidateExplanation:
        """Facts about one candidate; KeyError if there is no such candidate or slot."""
        who = self.problem.candidate_index[candidate_id]
        got = self.solution.assignments.get(candidate_id)
        place = self.exchange.place[who]
        ranks = self._ranks(who)
        rank = ranks.get(place, 0)
        asked = [s for s, r in ranks.items() if r and (not rank or r < rank) and s != place]
        asked += [s for s in map(self.problem.slot_index.__getitem__, also) if s != place]
        asked = sorted(set(asked), key=lambda slot: (ranks.get(slot) or MAX_RANK + 1, slot))
        options = {slot: self.exchange.option(who, slot) for slot in asked}
        routes = self.exchange.towards(place, [s for s in asked if options[s] is not None])
        wishes = [self._wish(who, slot, ranks, options[slot], routes) for slot in asked]
        return CandidateExplanation(candidate_id, got, rank or None, tuple(wishes))

    def _ranks(self, who: int) -> dict[int, int]:
        """Her pairs: the rank of each slot, 0 where she may be but did not wish to."""
        columns = self.problem.columns
        mine = slice(*np.searchsorted(columns.candidate, [who, who + 1]))
        return dict(zip(columns.slot[mine].tolist(), columns.rank[mine].tolist(), strict=True))

    def _wish(
        self, who: int, slot: int, ranks: dict[int, int], option: int | None, routes: Routes
    ) -> WishExplanation:
        about, wished = self.problem.slots[slot], self._wished.get(slot, Counter())
        rank = ranks.get(slot) or MAX_RANK
        facts = WishExplanation(
            slot=about.id,
            rank=ranks.get(slot) or None,
            reason=self._without_cost(who, slot, ranks),
            capacity=about.capacity,
            wished=wished.total(),
            wished_as_high=sum(n for r, n in wished.items() if r <= rank),
        )
        if option is None or slot not in routes:
            return facts
        way = self.exchange.way(slot, routes)
        cost = self._cost(self.exchange.cost(option, way))
        chain = tuple(self._moves(way))
        if rules := self._broken((self._move(Step(option, slot)), *chain)):
            return replace(facts, reason=Reason.RULE, chain=chain, rules=rules)
        reason = Reason.FULL if self.exchange.is_full(slot) else Reason.OUTWEIGHED
        if cost.level != LOTTERY:
            return replace(facts, reason=reason, cost=cost, chain=chain)
        weights = self._weights((self._move(Step(option, slot)), *chain))
        return replace(facts, reason=Reason.LOTTERY, cost=cost, chain=chain, weights=weights)

    def _broken(self, moves: Iterable[Move]) -> tuple[str, ...]:
        """The rules that would not be kept if these moved."""
        if self.tied is None:
            return ()
        held = {**self.solution.assignments, **{m.candidate: m.destination for m in moves}}
        placed = {who: slot for who, slot in held.items() if slot is not None}
        return tuple(self.tied.broken(self.tied.options.find(placed)))

    def _without_cost(self, who: int, slot: int, ranks: dict[int, int]) -> Reason:
        """The reason where no price would give her the slot."""
        if slot not in ranks:
            return Reason.NOT_ELIGIBLE
        if self.problem.candidates[who].pinned is not None:
            return Reason.PINNED
        return Reason.ALL_PINNED if self.problem.slots[slot].capacity else Reason.CLOSED

    def _cost(self, amounts: list[int]) -> Cost:
        """The first level that would change; the prices prove that it is for the worse."""
        changed = (Cost(n, a) for n, a in zip(self.exchange.names, amounts, strict=True) if a)
        return next(changed, Cost(LOTTERY, 0))

    def _moves(self, way: list[Step]) -> Iterator[Move]:
        """Whose places change; who only waits on another seat goes without as before."""
        for step in way:
            if step.option is not None:
                move = self._move(step)
                if move.origin != move.destination:
                    yield move

    def _move(self, step: Step) -> Move:
        who = int(self.exchange.options.candidate[step.option])
        origin, destination = self.exchange.place[who], self.exchange.options.slot[step.option]
        names = self._slot_names
        return Move(self.problem.candidates[who].id, names[origin], names[destination])

    def _weights(self, moves: tuple[Move, ...]) -> tuple[int, int]:
        now = sum(self._weight(move.candidate, move.origin) for move in moves)
        then = sum(self._weight(move.candidate, move.destination) for move in moves)
        return now, then

    def _weight(self, name: str, slot: str | None) -> int:
        return 0 if slot is None else lottery_weight(self.problem.seed, name, slot)
