"""Why a candidate is not at a slot, where the policy is `stable`: who comes first there.

The same facts as `explain.Explainer` gives, without prices: in a stable answer every slot that she
likes better is held by others who come before her there, and by what they do is easily told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from .explain import CandidateExplanation, Cost, Reason, WishExplanation
from .fields import MAX_RANK
from .policies import LOTTERY
from .problem import Problem
from .solution import Solution
from .stable import Orders


class StableExplainer:
    """Explains one candidate after another; what they share is worked out once."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution
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
        columns = problem.columns
        self._wished: dict[int, Counter[int]] = {}
        for slot_at, rank in zip(columns.slot.tolist(), columns.rank.tolist(), strict=True):
            if rank:
                self._wished.setdefault(slot_at, Counter())[rank] += 1

    def candidate(self, candidate_id: str, *, also: Iterable[str] = ()) -> CandidateExplanation:
        """Facts about one candidate; KeyError if there is no such candidate or slot."""
        who = self.problem.candidate_index[candidate_id]
        got = self.solution.assignments.get(candidate_id)
        place = -1 if got is None else self.problem.slot_index[got]
        columns = self.problem.columns
        mine = slice(*np.searchsorted(columns.candidate, [who, who + 1]))
        ranks = dict(zip(columns.slot[mine].tolist(), columns.rank[mine].tolist(), strict=True))
        rank = ranks.get(place, 0)
        asked = {s for s, r in ranks.items() if r and (not rank or r < rank)}
        asked |= {self.problem.slot_index[slot] for slot in also}
        in_order = sorted(asked - {place}, key=lambda s: (ranks.get(s) or MAX_RANK + 1, s))
        return CandidateExplanation(
            candidate_id, got, rank or None, tuple(self._wish(who, s, ranks) for s in in_order)
        )

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        """Likewise about many."""
        return (self.candidate(name, also=also) for name, also in asked.items())

    def _wish(self, who: int, slot: int, ranks: dict[int, int]) -> WishExplanation:
        about, wished = self.problem.slots[slot], self._wished.get(slot, Counter())
        rank = ranks.get(slot) or MAX_RANK
        facts = WishExplanation(
            slot=about.id,
            rank=ranks.get(slot) or None,
            reason=Reason.LOWER,
            capacity=about.capacity,
            wished=wished.total(),
            wished_as_high=sum(n for r, n in wished.items() if r <= rank),
        )
        if slot not in ranks:
            return replace(facts, reason=Reason.NOT_ELIGIBLE)
        if self.problem.candidates[who].pinned is not None:
            return replace(facts, reason=Reason.PINNED)
        if self.orders.room[slot] <= 0:
            return replace(facts, reason=Reason.ALL_PINNED if about.capacity else Reason.CLOSED)
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
