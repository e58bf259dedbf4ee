"""Why a candidate is not at a slot, where the policy is `stable`: who comes first there.

The same facts as `explain.Explainer` gives, without prices: in a stable answer every slot that she
likes better is held by others who come before her there, and by what they do is easily told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .facts import Asked, CandidateExplanation, Cost, Facts, Reason, WishExplanation
from .policies import LOTTERY
from .problem import Problem
from .solution import Solution
from .stable import Orders


class StableExplainer(Facts):
    """Explains one candidate after another; what they share is worked out once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        super().__init__(problem, solution)
        self.orders = Orders(problem)
        self._pair = {
            pair: at
            for at, pair in enumerate(
                zip(self.orders.candidate.tolist(), self.orders.slot.tolist(), strict=True)
            )
        }
        self._holders: dict[int, list[int]] = {}
        for who, slot in solution.assignments.items():
            at = problem.slot_index[slot]
            self._holders.setdefault(at, []).append(problem.candidate_index[who])

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        for name, also in asked.items():
            one = self._asked(name, also)
            yield self._told(one, [self._wish(one, slot) for slot in one.slots])

    def _wish(self, asked: Asked, slot: int) -> WishExplanation:
        facts, who = self._plain(asked, slot), asked.who
        decided = self.problem.candidates[who].pinned is not None
        if slot not in asked.ranks or decided or self.orders.room[slot] <= 0:
            return facts
        facts = replace(facts, reason=Reason.LOWER)
        holders = [
            self._pair[c, slot] for c in self._holders.get(slot, []) if (c, slot) in self._pair
        ]
        mine, standing = self._pair[who, slot], self.orders.standing
        last = max(holders, key=lambda at: int(standing[at]), default=mine)
        if len(holders) < self.orders.room[slot] or standing[mine] < standing[last]:
            return facts  # it would have taken her: she is at one that she likes better
        return self._later(facts, mine, last)

    def _later(self, facts: WishExplanation, mine: int, last: int) -> WishExplanation:
        """What puts her after the last whom the slot took."""
        orders = self.orders
        if orders.order[mine] != orders.order[last]:
            return replace(facts, reason=Reason.ORDER)
        if orders.urgency[mine] != orders.urgency[last]:
            return replace(facts, reason=Reason.URGENT)
        lots = int(orders.lot[last]), int(orders.lot[mine])
        cost = Cost(LOTTERY, lots[1] - lots[0])
        return replace(facts, reason=Reason.LOTTERY, cost=cost, weights=lots)
