"""Quotas as `verify` counts them in a proof: a second reading of the design, as `definitions` is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .problem import Problem

Numbers = npt.NDArray[np.int64]


class Quotas:
    """How many each quota allows. A price above 0 is paid back for as many as it allows at most, below
    0 for as many as it wants at least; once it was met so, for just that number."""

    def __init__(self, problem: Problem) -> None:
        self.quotas = problem.quotas
        self.met: list[int | None] = [None] * len(self.quotas)
        at = problem.slot_index
        self.slots = np.zeros((len(self.quotas), len(problem.slots) + 1), dtype=np.bool_)
        self.people = np.ones((len(self.quotas), len(problem.candidates)), dtype=np.bool_)
        for i, quota in enumerate(self.quotas):
            self.slots[i, [at[slot] for slot in quota.slots]] = True
            if quota.school is not None:
                self.people[i] = [c.school == quota.school for c in problem.candidates]

    def charge(self, price: Numbers, who: Numbers, slot: Numbers) -> Numbers:
        """What is charged for each candidate at each slot; -1 is none, and free."""
        total = np.zeros_like(slot)
        for i in np.flatnonzero(price).tolist():
            total += price[i] * (self.people[i, who] & self.slots[i, slot])
        return total

    def paid_back(self, price: Numbers) -> int:
        return sum(p * self._number(i, p) for i, p in enumerate(price.tolist()) if p)

    def keep_met(self, price: Numbers) -> None:
        for i, p in enumerate(price.tolist()):
            if p:
                self.met[i] = self._number(i, p)

    def _number(self, i: int, price: int) -> int:
        met, quota = self.met[i], self.quotas[i]
        if met is not None:
            return met
        return (quota.at_most or 0) if price > 0 else quota.at_least
