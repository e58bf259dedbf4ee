"""A part of the columns of `tied`, with all others as they are: as a linear program, or in whole numbers, by
HiGHS through SciPy. For `search`."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, csr_array, hstack, vstack

from .options import total
from .pairs import Flags, Ints
from .shadow import Open
from .tied import FREE, Tied

Floats = npt.NDArray[np.float64]

NEAR = 1e-6  # how far from a whole number is still that number
INFEASIBLE = 2  # as both of SciPy's functions say it


class Infeasible(Exception):
    """Nothing keeps all the rules."""


class OutOfTime(Exception):
    """No answer in the time given."""


@dataclass(frozen=True)
class Linear:
    """`price`: for each row what one more of it would save. `over`: slots that hold more than there is room
    for, since those who are kept there might leave."""

    x: Floats
    price: Floats
    over: Ints
    value: float


@dataclass(eq=False)
class Programs:
    """`kept`: what a searched level costs, and may cost."""

    tied: Tied
    until: float
    kept: list[tuple[Ints, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = self.tied.rows
        number = np.repeat(np.arange(len(rows)), [len(row.column) for row in rows])
        column = np.concatenate([row.column for row in rows])
        weight = np.concatenate([row.weight for row in rows]).astype(float)
        shape = (len(rows), self.tied.width)
        self.matrix = csr_array((weight, (number, column)), shape=shape)
        self._by_column = csc_array(self.matrix)

    def charged(self, cost: Ints, price: Floats) -> Floats:
        """What each column costs with the prices of all its rows, those of the levels kept included."""
        rows, more = price[: self.matrix.shape[0]], price[self.matrix.shape[0] :]
        charged: Floats = cost + self._by_column.T @ rows
        for each, (kept, _) in zip(more.tolist(), self.kept, strict=True):
            charged += each * kept
        return charged

    def load(self, x: Floats) -> Floats:
        """How many each slot holds."""
        load: Floats = self.matrix[self.tied.slot_rows] @ x
        return load

    def bounds(self, left: Open) -> tuple[Floats, Floats]:
        """From how much to how much of each row."""
        least = np.concatenate([left.least, np.full(len(self.kept), -FREE)]).astype(float)
        most = np.concatenate([left.most, [value for _, value in self.kept]]).astype(float)
        least[least <= -FREE], most[most >= FREE] = -np.inf, np.inf
        return least, most

    def linear(self, cost: Ints, left: Open, free: Flags, x: Ints, price: Floats) -> Linear:
        """The cheapest where halves are allowed. A slot may hold more than there is room for, at this
        `price`, as long as somebody who is not free is there; not where it is FREE."""
        columns, rows, matrix, least, most, still = self._part(left, free, x)
        fixed = total(cost * np.where(free, 0, x))
        first, last = self.tied.slot_rows.start, self.tied.slot_rows.stop
        slots = np.flatnonzero((rows >= first) & (rows < last) & (price[rows] < FREE))
        slots = slots[still[rows[slots]] > 0]
        shape = len(rows), len(slots)
        extra = csr_array((-np.ones(len(slots)), (slots, np.arange(len(slots)))), shape=shape)
        matrix = hstack([matrix, extra], format="csr")
        if not matrix.shape[1]:  # nobody near is free, and no slot may hold more
            return Linear(x.astype(float), np.zeros(len(price)), slots, fixed)
        low = np.concatenate([left.low[columns], np.zeros(len(slots))])
        high = np.concatenate([left.high[columns], still[rows[slots]]])
        same = least == most
        up, down = ~same & np.isfinite(most), ~same & np.isfinite(least)
        found = linprog(
            np.concatenate([cost[columns].astype(float), price[rows[slots]]]),
            A_ub=vstack([matrix[up], -matrix[down]], format="csr"),
            b_ub=np.concatenate([most[up], -least[down]]),
            A_eq=matrix[same],
            b_eq=most[same],
            bounds=np.stack([low, high], axis=1).astype(float),
            method="highs-ds",
            options={"time_limit": self.seconds()},
        )
        _check(found)
        each = np.zeros(len(rows))
        each[same] = -found.eqlin.marginals
        each[up] -= found.ineqlin.marginals[: int(up.sum())]
        each[down] += found.ineqlin.marginals[int(up.sum()) :]
        answer, prices = x.astype(float), np.zeros(len(price))
        answer[columns], prices[rows] = found.x[: len(columns)], each
        over = rows[slots[found.x[len(columns) :] > NEAR]] - first
        return Linear(answer, prices, over, found.fun + fixed)

    def whole(self, cost: Ints, left: Open, free: Flags, x: Ints) -> tuple[Ints, int]:
        """The cheapest in whole numbers, and what HiGHS says that nothing is below."""
        columns, _, matrix, least, most, _ = self._part(left, free, x)
        answer = x.copy()
        if not len(columns):
            return answer, total(cost * answer)
        found = milp(
            cost[columns].astype(float),
            integrality=np.ones(len(columns)),
            bounds=Bounds(left.low[columns].astype(float), left.high[columns].astype(float)),
            constraints=LinearConstraint(matrix, least, most),
            options={"mip_rel_gap": 0.0, "time_limit": self.seconds() / 2},
        )
        if found.status == INFEASIBLE:
            raise Infeasible
        if found.x is None:
            raise OutOfTime
        answer[columns] = np.rint(found.x).astype(np.int64)
        value, fixed = total(cost * answer), total(cost * np.where(free, 0, x))
        lowest = value if found.status == 0 else math.ceil(found.mip_dual_bound + fixed - NEAR)
        return answer, max(0, min(lowest, value))

    def seconds(self) -> float:
        return max(1.0, self.until - time.monotonic())

    def _part(
        self, left: Open, free: Flags, x: Ints
    ) -> tuple[Ints, Ints, Any, Floats, Floats, Ints]:
        """The free columns, the rows that they are in, and what the others leave of those. Infeasible if a
        row that nothing free is in is not kept."""
        columns, fixed = np.flatnonzero(free), np.where(free, 0, x)
        still = np.rint(self.matrix @ fixed).astype(np.int64)
        still = np.concatenate([still, [total(cost * fixed) for cost, _ in self.kept]]).astype(int)
        parts = [self._by_column[:, columns].tocsr()]
        parts += [csr_array(cost[columns].astype(float)[None, :]) for cost, _ in self.kept]
        matrix = vstack(parts, format="csr")
        least, most = self.bounds(left)
        least, most = least - still, most - still
        used = np.diff(matrix.indptr) > 0
        if np.any((least[~used] > 0) | (most[~used] < 0)):
            raise Infeasible
        rows = np.flatnonzero(used)
        return columns, rows, matrix[rows], least[rows], most[rows], still


def _check(found: Any) -> None:
    if found.status == INFEASIBLE:
        raise Infeasible
    if found.status != 0:
        raise OutOfTime
