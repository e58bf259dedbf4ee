"""The best answer that keeps rules which are no flow: level by level, by HiGHS through SciPy.

What the flow has found comes first: as many of its levels as can be kept with the rules are proven by
its prices already. Each level after them is first a linear program. Its prices for slots, seats and
quotas are made whole numbers and added up exactly, as `verify` will: where they reach the value, the
level is proven as everywhere else. Quotas that form a tree with the slots always get there. Where they
do not, HiGHS searches through what is left, and what it found is a claim (`Level.searched`), no proof.

This runs in a process of its own, since HiGHS does not always keep its time (`bounded`):
`python -m placements.matching.search SECONDS`, with the flow's solution as a line and the problem packed
on standard input, and a line of JSON for each level on standard output.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .options import total
from .packed import unpack
from .pairs import Flags, Ints
from .problem import Problem
from .programs import NEAR, Floats, Infeasible, Linear, OutOfTime, Programs
from .shadow import HIGHEST, Open, Shadow
from .solution import Solution
from .tied import FREE, Tied
from .touched import STEEP, disturbance, from_room, touched, varies

# How often a neighbourhood may grow, and to what part of all, before everybody is looked at.
ROUNDS = 12
PART = 0.6
OPTIONS = 5  # of each candidate, on the average, that are looked at first


@dataclass(frozen=True)
class Found:
    """One level: everybody's option, and what prices prove or how far it was searched."""

    level: str
    answer: list[int]
    bound: int | None
    prices: dict[str, int]
    searched: int | None


class Search:
    """One problem, with what the levels so far have left open.

    `free` are those who may be elsewhere than the flow has them: first whoever is in a rule that it breaks,
    then whoever is found to be in the way, or would rather be elsewhere at the prices so far. Where
    nobody is, no answer for everybody is cheaper."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.tied = Tied(problem)
        self.left = Open.of(self.tied)
        self.programs = Programs(self.tied, time.monotonic() + seconds)
        self.proving = True
        self.near: dict[str, Mapping[str, int]] = {}
        self.free = np.ones(len(problem.candidates), dtype=np.bool_)
        self.answer: Ints = np.zeros(self.tied.width, dtype=np.int64)

    def begin(self, flow: Solution) -> list[Found]:
        """The levels at which the rules cost nothing: those of the flow, with its prices."""
        tied, states = self.tied, [self.left]
        for level in flow.levels:
            cost = tied.cost(level.name)
            states.append(Shadow.named(tied, states[-1], cost, level.prices).narrowed())
            self.near[level.name] = level.prices
        self.answer = tied.chosen(tied.options.find(flow.assignments))
        self.free = touched(self.tied, self.answer)
        self.answer = self._nearby(disturbance(tied, states, self.answer))
        values = [total(tied.cost(level.name) * self.answer) for level in flow.levels]
        kept = [value == level.bound for value, level in zip(values, flow.levels, strict=True)]
        best = kept.index(False) if False in kept else len(kept)
        self.left = states[best]
        return [
            Found(level.name, self._options(), level.bound, dict(level.prices), None)
            for level in flow.levels[:best]
        ]

    def level(self, name: str, cost: Ints | None = None) -> Found:
        """Solve one more level, and give up nothing of it from here on."""
        cost = self.tied.cost(name) if cost is None else cost
        proof, searched, price = None, None, None
        if varies(self.tied, self.left, cost):
            linear = self._linear(cost, self.near.get(name, {}))
            price = linear.price
            if self.proving:
                proof = Shadow.of(self.tied, self.left, cost, price)
            if np.abs(linear.x - np.rint(linear.x)).max(initial=0) > NEAR:
                self.answer, searched = self._whole(cost, linear)
            else:
                self.answer = np.rint(linear.x).astype(np.int64)
        elif self.proving:
            proof = Shadow.named(self.tied, self.left, cost, {})
        value = total(cost * self.answer)
        if proof is not None and proof.bound != value:
            # Halves may do better than anybody can; what the flow's own prices prove is whole.
            proof = Shadow.named(self.tied, self.left, cost, self.near.get(name, {}))
        if proof is not None and proof.bound == value:
            self.left = proof.narrowed()
            return Found(name, self._options(), value, proof.names(), None)
        if price is not None:
            self._close(cost, price, value)
        self.proving = False
        self.programs.kept.append((cost, value))
        return Found(name, self._options(), None, {}, value if searched is None else searched)

    def _linear(self, cost: Ints, near: Mapping[str, int]) -> Linear:
        """What is cheapest for everybody where halves are allowed: among the options that cost little more
        than the least at the flow's prices, then also among those that are found to be cheaper."""
        shadow = Shadow.named(self.tied, self.left, cost, near)
        first, who = self.tied.first_seat, self.tied.options.candidate
        free = self.left.low != self.left.high
        dear = np.where(free[:first], shadow.charged - shadow.lowest[who], HIGHEST)
        first_few = np.argpartition(dear, min(len(dear) - 1, OPTIONS * len(self.free)))
        looked_at = self.free[who] | self._held()
        looked_at[first_few[: OPTIONS * len(self.free)]] = True
        free[:first] &= looked_at
        free[:first] |= self._held()
        price = np.zeros(len(self.tied.rows) + len(self.programs.kept))
        price[self.tied.slot_rows] = FREE
        for i in range(ROUNDS):
            linear = self.programs.linear(cost, self.left, free, self.answer, price)
            more = self._cheaper(cost, linear.price, free)
            self.nearby = free
            if not more.any():
                break
            free[:first] |= more if i < ROUNDS - 2 else self.left.high[:first] == 1
        return linear

    def _cheaper(self, cost: Ints, price: Floats, free: Flags) -> Flags:
        """Which open options are not free, and cost less than any that is at these prices."""
        first, who = self.tied.first_seat, self.tied.options.candidate
        charged = self.programs.charged(cost, price)[:first]
        lowest = np.full(len(self.free), np.inf)
        np.minimum.at(lowest, who[free[:first]], charged[free[:first]])
        usable = (self.left.high[:first] == 1) & ~free[:first]
        cheaper: Flags = usable & (charged < lowest[who] - NEAR)
        return cheaper

    def _whole(self, cost: Ints, linear: Linear) -> tuple[Ints, int]:
        """In whole numbers: first among the options near by, which shows what is too dear for everybody."""
        lowest, value = math.ceil(linear.value - NEAR), None
        try:
            answer, _ = self.programs.whole(cost, self.left, self.nearby, self.answer)
        except (Infeasible, OutOfTime):
            pass
        else:
            value = total(cost * answer)
            if value == lowest:
                return answer, value
            self._close(cost, linear.price, value)
            self.answer = answer
        self.free[:] = True
        try:
            return self.programs.whole(cost, self.left, self._columns(), self.answer)
        except OutOfTime:
            if value is None:
                raise
            return self.answer, min(lowest, value)

    def _columns(self) -> Flags:
        """What may change: the open options of those who are free, seats, and which slots are open."""
        first, theirs = self.tied.first_seat, self.free[self.tied.options.candidate]
        free: Flags = self.left.low != self.left.high
        # Options that are closed by now have to make room for another, too.
        free[:first] = theirs & (free[:first] | self._held())
        return free

    def _held(self) -> Flags:
        held: Flags = self.answer[: self.tied.first_seat] == 1
        return held

    def _at(self, slots: Ints) -> Flags:
        """Who holds a place there."""
        options, found = self.tied.options, np.zeros_like(self.free)
        here = self._held() & np.isin(options.slot, slots)
        found[options.candidate[here]] = True
        return found

    def _within_reach(self) -> Flags:
        """Who holds a place that somebody free may have."""
        options, usable = self.tied.options, self.left.high[: self.tied.first_seat] == 1
        return self._at(np.unique(options.slot[self.free[options.candidate] & usable]))

    def _close(self, cost: Ints, price: Floats, value: int) -> None:
        """Close what no answer of this value can use: by the prices, it would cost more than that.

        Any prices of the right sign bound what an answer costs from below; whole numbers, so this is
        exact. What is dearer than the least by more than the gap is in no best answer."""
        least, most = self.programs.bounds(self.left)
        price = np.rint(price)
        price[((price > 0) & np.isinf(most)) | ((price < 0) & np.isinf(least))] = 0
        charged = np.rint(self.programs.charged(cost, price)).astype(np.int64)
        first, who = self.tied.first_seat, self.tied.options.candidate
        usable = self.left.high[:first] == 1
        lowest = np.full(len(self.tied.problem.candidates), 2**62, dtype=np.int64)
        np.minimum.at(lowest, who[usable], charged[:first][usable])
        rest, low, high = charged[first:], self.left.low[first:], self.left.high[first:]
        bounds = np.where(price > 0, most, np.where(price < 0, least, 0))
        paid_back = total((price * bounds).astype(np.int64))
        bound = total(lowest) + total(np.minimum(rest * low, rest * high)) - paid_back
        gap = value - bound
        self.left.high[:first][charged[:first] - lowest[who] > gap] = 0
        high[(rest > gap) & (low == 0)] = 0
        low[(-rest > gap) & (high == 1)] = 1

    def _options(self) -> list[int]:
        found: list[int] = np.flatnonzero(self._held()).tolist()
        return found

    def _any(self) -> Ints:
        """Any answer that keeps the rules and what is kept so far."""
        self.free[:] = True
        nothing = np.zeros(self.tied.width, dtype=np.int64)
        answer, _ = self.programs.whole(nothing, self.left, self._columns(), self.answer)
        return answer

    def _nearby(self, cost: Ints) -> Ints:
        """A cheap answer that keeps the rules, as near to what the flow has as may be."""
        room, dear = np.zeros(len(self.tied.rows)), int(cost.max()) // STEEP**2
        room[self.tied.slot_rows], room[self.tied.wait_rows] = dear, FREE
        for i in range(ROUNDS):
            try:
                found = self.programs.linear(cost, self.left, self._columns(), self.answer, room)
                far = from_room(self.tied, self.left, self.answer, self.programs.load(found.x))
                room[self.tied.slot_rows] = dear * (1 + far)
                more = self._at(found.over) & ~self.free if i or not len(found.over) else None
            except Infeasible:
                more = self._within_reach() & ~self.free
            if more is None:
                continue
            if not more.any() or (self.free | more).mean() > PART:
                break
            self.free |= more
        try:
            answer, _ = self.programs.whole(cost, self.left, self._columns(), self.answer)
        except Infeasible:
            return self._any()
        return answer

    def conflict(self, near: Collection[str] = ()) -> list[str]:
        """Rules that cannot all be kept, and of which none could be left out. `near`: which may be enough."""
        names = [row.rule for row in self.tied.rows]
        rules = list(dict.fromkeys(name for name in names if name and name not in self.tied.firm))
        whole, dropped = self.left, set[str]()

        def impossible(without: Collection[str]) -> bool:
            left_out = np.array([name in without for name in names], dtype=np.bool_)
            self.left = whole.copy()
            self.left.least[left_out], self.left.most[left_out] = -FREE, FREE
            try:
                self._any()
            except Infeasible:
                return True
            return False

        try:
            if near and impossible(far := {rule for rule in rules if rule not in near}):
                dropped = far
            for rule in rules:
                if rule in dropped or impossible({*dropped, rule}):
                    dropped.add(rule)
        except OutOfTime:
            pass
        return [rule for rule in rules if rule not in dropped]


def search(problem: Problem, flow: Solution, seconds: float) -> Iterator[dict[str, Any]]:
    """What was found at each level; or the rules that cannot all be kept."""
    state = Search(problem, seconds)
    try:
        found = state.begin(flow)
        yield from map(vars, found)
        for level in flow.levels[len(found) :]:
            yield vars(state.level(level.name))
    except Infeasible:
        yield {"conflict": Search(problem, max(10.0, seconds / 2)).conflict()}
    except OutOfTime:
        return


def main() -> None:
    """Read a problem and the flow's solution, write levels as they are found."""
    flow = Solution.from_json(sys.stdin.buffer.readline())
    problem = unpack(sys.stdin.buffer.read())
    for line in search(problem, flow, float(sys.argv[1])):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
