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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from .options import total
from .packed import unpack
from .pairs import Ints
from .problem import Problem
from .shadow import Open, Shadow
from .solution import Level, Solution
from .tied import FREE, Tied

Floats = npt.NDArray[np.float64]

NEAR = 1e-6  # how far from a whole number is still that number
INFEASIBLE = 2  # as both of SciPy's functions say it


class Infeasible(Exception):
    """Nothing keeps all the rules."""


class OutOfTime(Exception):
    """No answer in the time given."""


@dataclass(frozen=True)
class Found:
    """One level: everybody's option, and what prices prove or how far it was searched."""

    level: str
    answer: list[int]
    bound: int | None
    prices: dict[str, int]
    searched: int | None


class Search:
    """One problem, with what the levels so far have left open."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.tied = Tied(problem)
        self.left = Open.of(self.tied)
        self.until = time.monotonic() + seconds
        self.kept: list[tuple[Ints, int]] = []  # what a searched level costs, and may cost
        self.proving = True

    def begin(self, flow: Sequence[Level]) -> list[Found]:
        """The levels at which the rules cost nothing: those of the flow, with its prices."""
        states = [self.left]
        for level in flow:
            cost = self.tied.cost(level.name)
            states.append(Shadow.named(self.tied, states[-1], cost, level.prices).narrowed())
        self.answer = self._any()
        best, most = 0, len(flow)
        while best < most:
            middle = (best + most + 1) // 2
            self.left = states[middle]
            try:
                self.answer, best = self._any(), middle
            except Infeasible:
                most = middle - 1
        self.left = states[best]
        return [
            Found(level.name, self._options(), level.bound, dict(level.prices), None)
            for level in flow[:best]
        ]

    def level(self, name: str) -> Found:
        """Solve one more level, and give up nothing of it from here on."""
        cost = self.tied.cost(name)
        proof, searched, marginals = None, None, None
        if self._varies(cost):
            x, marginals = self._linear(cost)
            if self.proving:
                proof = Shadow.of(self.tied, self.left, cost, marginals)
            if np.abs(x - np.rint(x)).max(initial=0) > NEAR:
                x, searched = self._whole(cost)
            self.answer = np.rint(x).astype(np.int64)
        elif self.proving:
            proof = Shadow.named(self.tied, self.left, cost, {})
        value = total(cost * self.answer)
        if proof is not None and proof.bound == value:
            self.left = proof.narrowed()
            return Found(name, self._options(), value, proof.names(), None)
        if marginals is not None:
            self._close(cost, marginals, value)
        self.proving = False
        self.kept.append((cost, value))
        return Found(name, self._options(), None, {}, value if searched is None else searched)

    def _close(self, cost: Ints, marginals: Floats, value: int) -> None:
        """Close what no answer of this value can use: by the prices, it would cost more than that.

        Any prices of the right sign bound what an answer costs from below; whole numbers, so this is
        exact. What is dearer than the least by more than the gap is in no best answer."""
        matrix, least, most = self._rows()
        price = np.rint(marginals)
        price[((price > 0) & np.isinf(most)) | ((price < 0) & np.isinf(least))] = 0
        charged = cost + np.rint(matrix.T @ price).astype(np.int64)
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

    def _varies(self, cost: Ints) -> bool:
        """Whether what is open to somebody differs in cost, or seats cost anything."""
        first = self.tied.first_seat
        usable = self.left.high[:first] == 1
        who, mine = self.tied.options.candidate[usable], cost[:first][usable]
        lowest = np.full(len(self.tied.problem.candidates), 2**62, dtype=np.int64)
        np.minimum.at(lowest, who, mine)
        return bool(np.any(mine != lowest[who]) or np.any(cost[first:]))

    def _options(self) -> list[int]:
        found: list[int] = np.flatnonzero(self.answer[: self.tied.first_seat]).tolist()
        return found

    def _any(self) -> Ints:
        """Any answer that keeps the rules and what is kept so far."""
        x, _ = self._whole(np.zeros(self.tied.width, dtype=np.int64))
        return np.rint(x).astype(np.int64)

    @cached_property
    def _matrix(self) -> Any:
        rows = self.tied.rows
        number = np.repeat(np.arange(len(rows)), [len(row.column) for row in rows])
        column = np.concatenate([row.column for row in rows])
        weight = np.concatenate([row.weight for row in rows]).astype(float)
        return csr_array((weight, (number, column)), shape=(len(rows), self.tied.width))

    def _rows(self) -> tuple[Any, Floats, Floats]:
        """All rows with what they may add up to, those of the levels kept included."""
        parts = [self._matrix, *(csr_array(cost.astype(float)[None, :]) for cost, _ in self.kept)]
        least = np.concatenate([self.left.least, np.full(len(self.kept), -FREE)]).astype(float)
        most = np.concatenate([self.left.most, [value for _, value in self.kept]]).astype(float)
        least[least <= -FREE], most[most >= FREE] = -np.inf, np.inf
        return vstack(parts, format="csr"), least, most

    def _linear(self, cost: Ints) -> tuple[Floats, Floats]:
        """The cheapest where halves are allowed, and for each row what one more of it would save."""
        matrix, least, most = self._rows()
        same = least == most
        up, down = ~same & np.isfinite(most), ~same & np.isfinite(least)
        found = linprog(
            cost.astype(float),
            A_ub=vstack([matrix[up], -matrix[down]], format="csr"),
            b_ub=np.concatenate([most[up], -least[down]]),
            A_eq=matrix[same],
            b_eq=most[same],
            bounds=np.stack([self.left.low, self.left.high], axis=1).astype(float),
            method="highs-ds",
            options={"time_limit": self._seconds()},
        )
        if found.status == INFEASIBLE:
            raise Infeasible
        if found.status != 0:
            raise OutOfTime
        price, each = np.zeros(len(least)), -found.ineqlin.marginals
        price[same] = -found.eqlin.marginals
        price[up] += each[: int(up.sum())]
        price[down] -= each[int(up.sum()) :]
        return found.x, price

    def _whole(self, cost: Ints) -> tuple[Floats, int]:
        """The cheapest in whole numbers, and what HiGHS says that nothing is below."""
        matrix, least, most = self._rows()
        found = milp(
            cost.astype(float),
            integrality=np.ones(self.tied.width),
            bounds=Bounds(self.left.low.astype(float), self.left.high.astype(float)),
            constraints=LinearConstraint(matrix, least, most),
            options={"mip_rel_gap": 0.0, "time_limit": self._seconds() / 2},
        )
        if found.status == INFEASIBLE:
            raise Infeasible
        if found.x is None:
            raise OutOfTime
        value = round(found.fun)
        lowest = value if found.status == 0 else math.ceil(found.mip_dual_bound - NEAR)
        return found.x, max(0, min(lowest, value))

    def _seconds(self) -> float:
        return max(1.0, self.until - time.monotonic())

    def conflict(self) -> list[str]:
        """Rules that cannot all be kept, and of which none could be left out."""
        names = [row.rule for row in self.tied.rows]
        rules = list(dict.fromkeys(name for name in names if name and name not in self.tied.firm))
        whole, dropped = self.left, set[str]()
        for rule in rules:
            without = np.array([name in dropped or name == rule for name in names], dtype=np.bool_)
            self.left = whole.copy()
            self.left.least[without], self.left.most[without] = -FREE, FREE
            try:
                self._any()
            except Infeasible:
                dropped.add(rule)
            except OutOfTime:
                break
        return [rule for rule in rules if rule not in dropped]


def search(problem: Problem, flow: Solution, seconds: float) -> Iterator[dict[str, Any]]:
    """What was found at each level; or the rules that cannot all be kept."""
    state = Search(problem, seconds)
    try:
        found = state.begin(flow.levels)
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
