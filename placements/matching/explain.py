"""Why: facts about a proven solution, as data. Templates and gettext write the words.

`unplaced` says who cannot be placed whatever the order, `call_list` where one more place would
help, `candidate` why somebody did not get what she wished for more. To explain many candidates of
one solution, make one `Explainer` and ask it for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from .errors import NotProvenError
from .exchange import Exchange
from .fields import MAX_RANK
from .kept import Kept
from .lottery import lottery_weight
from .paths import Routes, Step
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
class _Asked:
    """What is asked of one candidate: of which slots, each with her option there if she has one."""

    who: int
    place: int
    ranks: dict[int, int]
    options: dict[int, int | None]


class Explainer:
    """Explains one candidate after another; what they share is worked out once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if not possible(solution) or not all(level.proven for level in solution.levels):
            raise NotProvenError("Only a solution that prices alone prove can be explained.")
        self.problem = problem
        self.solution = solution
        self.exchange = Exchange(problem, solution)
        self.kept = Kept(Tied(problem), solution.assignments) if problem.rules else None
        self._slot_names: list[str | None] = [
            *(slot.id for slot in problem.slots),
            *(None for _ in range(self.exchange.options.nowhere - len(problem.slots) + 1)),
        ]
        self._wished = Wished(problem)

    def candidate(self, candidate_id: str, *, also: Iterable[str] = ()) -> CandidateExplanation:
        """Facts about one candidate; KeyError if there is no such candidate or slot."""
        return next(self.candidates({candidate_id: also}))

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        """Likewise about many, in whatever order: those who hold one place are explained together."""
        holders: dict[int, list[_Asked]] = {}
        for name, also in asked.items():
            one = self._asked(name, also)
            holders.setdefault(one.place, []).append(one)
        wanted = {
            place: {
                slot for one in ones for slot, option in one.options.items() if option is not None
            }
            for place, ones in holders.items()
        }
        for place, routes in self.exchange.routes(wanted):
            yield from (self._explained(one, routes) for one in holders[place])

    def _asked(self, name: str, also: Iterable[str]) -> _Asked:
        who = self.problem.candidate_index[name]
        place, ranks = self.exchange.place[who], self._ranks(who)
        rank = ranks.get(place, 0)
        slots = [s for s, r in ranks.items() if r and (not rank or r < rank) and s != place]
        slots += [s for s in map(self.problem.slot_index.__getitem__, also) if s != place]
        slots = sorted(set(slots), key=lambda slot: (ranks.get(slot) or MAX_RANK + 1, slot))
        return _Asked(who, place, ranks, {slot: self.exchange.option(who, slot) for slot in slots})

    def _explained(self, asked: _Asked, routes: Routes) -> CandidateExplanation:
        name = self.problem.candidates[asked.who].id
        got, rank = self.solution.assignments.get(name), asked.ranks.get(asked.place) or None
        wishes = [self._wish(asked, slot, routes) for slot in asked.options]
        return CandidateExplanation(name, got, rank, tuple(wishes))

    def _ranks(self, who: int) -> dict[int, int]:
        """Her pairs: the rank of each slot, 0 where she may be but did not wish to."""
        columns = self.problem.columns
        mine = slice(*np.searchsorted(columns.candidate, [who, who + 1]))
        return dict(zip(columns.slot[mine].tolist(), columns.rank[mine].tolist(), strict=True))

    def _wish(self, asked: _Asked, slot: int, routes: Routes) -> WishExplanation:
        about, option, rank = self.problem.slots[slot], asked.options[slot], asked.ranks.get(slot)
        facts = WishExplanation(
            slot=about.id,
            rank=rank or None,
            reason=self._without_cost(asked.who, slot, asked.ranks),
            capacity=about.capacity,
            wished=self._wished.by(slot),
            wished_as_high=self._wished.by(slot, rank or MAX_RANK),
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
        if self.kept is None:
            return ()
        return tuple(self.kept.broken({move.candidate: move.destination for move in moves}))

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
