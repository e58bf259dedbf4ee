"""Why: facts about a solution, as data. Templates and gettext write the words.

`unplaced` says who cannot be placed whatever the order, `call_list` where one more place would
help, `candidate` why somebody did not get what she wished for more. To explain many candidates of
one solution, make one `explainer` and ask it for each, or a `quick` one, which says UNKNOWN where
somebody would have to be forced to the slot to find out (`why_not`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .errors import NotProvenError
from .exchange import Exchange
from .facts import (
    Asked,
    CandidateExplanation,
    Cost,
    Facts,
    Move,
    Reason,
    WishExplanation,
)
from .kept import Kept
from .paths import Routes, Step
from .policies import LOTTERY
from .problem import Problem
from .shortage import Gain, HallSet, call_list, hall_set, unplaced
from .solution import PROVEN, STABLE, Solution
from .stable_reasons import StableExplainer
from .tied import Tied
from .why_not import Forcing, Plain

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
    "quick",
    "unplaced",
]


def candidate(
    problem: Problem, solution: Solution, candidate_id: str, *, also: Iterable[str] = ()
) -> CandidateExplanation:
    """Why she got what she got. `also` names slots to explain besides her higher wishes."""
    return explainer(problem, solution).candidate(candidate_id, also=also)


def explainer(problem: Problem, solution: Solution) -> Facts:
    """The one that knows the solution's policy. NotProvenError if it claims too little."""
    first = quick(problem, solution)
    exact = solution.status == STABLE or not problem.rules
    return first if exact else Forcing(problem, solution, first)


def quick(problem: Problem, solution: Solution) -> Facts:
    """Likewise, but UNKNOWN where prices alone do not tell: HiGHS has searched, quotas had to be priced,
    or the moves that are cheapest by the prices would break a rule."""
    if solution.status == STABLE:
        return StableExplainer(problem, solution)
    quotas = any(name.startswith("quota:") for level in solution.levels for name in level.prices)
    if quotas or (solution.status != PROVEN and problem.rules):
        return Plain(problem, solution)
    return Explainer(problem, solution)


class Explainer(Facts):
    """Explains one candidate after another by prices alone; what they share is worked out once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if solution.status != PROVEN or not all(level.proven for level in solution.levels):
            raise NotProvenError("Only a solution that is proven can be explained.")
        super().__init__(problem, solution)
        self.exchange = Exchange(problem, solution)
        self.kept = Kept(Tied(problem), solution.assignments) if problem.rules else None
        self._slot_names: list[str | None] = [
            *(slot.id for slot in problem.slots),
            *(None for _ in range(self.exchange.options.nowhere - len(problem.slots) + 1)),
        ]

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        """About many, in whatever order: those who hold one place are explained together."""
        holders: dict[int, list[Asked]] = {}
        for name, also in asked.items():
            one = self._asked(name, also)
            holders.setdefault(self.exchange.place[one.who], []).append(one)
        wanted = {
            place: {s for one in ones for s in one.slots if self._option(one, s) is not None}
            for place, ones in holders.items()
        }
        for place, routes in self.exchange.routes(wanted):
            for one in holders[place]:
                yield self._told(one, [self._wish(one, slot, routes) for slot in one.slots])

    def _option(self, asked: Asked, slot: int) -> int | None:
        return self.exchange.option(asked.who, slot)

    def _wish(self, asked: Asked, slot: int, routes: Routes) -> WishExplanation:
        facts, option = self._plain(asked, slot), self._option(asked, slot)
        if option is None or slot not in routes:
            return facts
        way = self.exchange.way(slot, routes)
        cost = self._cost(self.exchange.cost(option, way))
        chain = tuple(self._moves(way))
        everybody = (self._move(Step(option, slot)), *chain)
        if rules := self._broken(everybody):
            return replace(facts, reason=Reason.UNKNOWN, rules=rules)
        reason = Reason.FULL if self.exchange.is_full(slot) else Reason.OUTWEIGHED
        if cost.level != LOTTERY:
            return replace(facts, reason=reason, cost=cost, chain=chain)
        weights = self._weights(everybody)
        return replace(facts, reason=Reason.LOTTERY, cost=cost, chain=chain, weights=weights)

    def _broken(self, moves: Iterable[Move]) -> tuple[str, ...]:
        """The rules that would not be kept if these moved."""
        if self.kept is None:
            return ()
        return tuple(self.kept.broken({move.candidate: move.destination for move in moves}))

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
