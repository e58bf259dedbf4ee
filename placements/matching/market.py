"""The auction for one core: its columns made narrow and put in the order of the map.

`auction` is compiled by numba when first used, and then kept on disk. Where numba is not installed
everything is done by OR-tools and NumPy instead (`flow`, `prices`): the same answers, later.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np

from .core import Core
from .pairs import Ints

auction: Any = None
neighbourhood: Any = None
supporting: Any = None
# numba may have no wheel for this machine, or nowhere to keep what it compiled.
with suppress(ImportError, RuntimeError):
    from . import auction, neighbourhood, supporting

# Below this many rows everything is in the processor's cache, whatever the order.
LARGE = 20_000
# The first slack is this part of the greatest cost, each later one this part of the one before.
FIRST = 16
STEP = 8
SMALL = np.iinfo(np.int32).max


def usable(cost: Ints) -> bool:
    """Whether the costs fit the narrow columns; every level's do today."""
    return auction is not None and bool(cost.max(initial=0) <= SMALL)


class Market:
    """A core with costs, for what numba compiles."""

    def __init__(self, core: Core, cost: Ints) -> None:
        self.core = core
        self.nodes = len(core.room)
        self.start = np.append(core.start, len(core.slot)).astype(np.int32)
        self.slot = core.slot.astype(np.int32)
        self.cost = cost.astype(np.int32)
        self.room, self.full = core.room, core.full

    def prices(self, chosen: Ints, near: Ints, most: int = 2**62) -> Ints | None:
        """The least prices that support `chosen`, or None. Found sooner if some are `near`."""
        price = near.copy()
        columns = (self.start, self.slot, self.cost, self.room, self.full)
        held = chosen.astype(np.int32)
        if not supporting.supports(*columns, held, price, most):
            return None
        supporting.lower(*columns, held, price)
        return price

    def choose(self, chosen: Ints) -> tuple[Ints, Ints]:
        """A cheapest solution and prices, from any solution (positions in the core's columns).

        The slack falls until prices support the answer exactly: mostly long before it is so small
        that they must.
        """
        order, columns = self._ordered
        start, slot, cost, room, full = columns
        held = (chosen - self.start[:-1])[order] + start[:-1]
        held = held.astype(np.int32)
        sides = neighbourhood.by_slot(start, slot, self.nodes)
        scale = self.nodes + 1
        slack = max(1, int(cost.max()) * scale // FIRST)
        price = np.zeros(self.nodes, dtype=np.int64)
        while True:
            if not auction.refine(start, slot, cost, *sides, scale, room, full, held, price, slack):
                raise RuntimeError("The auction of a feasible level ended without an answer.")
            near = price // scale
            most = 2**62 if slack == 1 else 3 * self.nodes
            close = slack < scale // 4 or slack == 1
            if close and supporting.supports(*columns, held, near, most):
                break
            slack = max(1, slack // STEP)
        answer = np.empty_like(chosen)
        answer[order] = held - start[:-1] + self.start[:-1][order]
        return answer, near[self._number]

    @cached_property
    def _number(self) -> Ints:
        """The number of each slot in the order of the map."""
        return self._map[0]

    @cached_property
    def _map(self) -> tuple[Ints, Ints]:
        rows = len(self.core.start)
        if rows < LARGE:
            return np.arange(self.nodes), np.arange(rows)
        ends, _, row = neighbourhood.by_slot(self.start, self.slot, self.nodes)
        number, order = neighbourhood.by_neighbourhood(self.start, self.slot, ends, row)
        return number, order

    @cached_property
    def _ordered(self) -> tuple[Ints, tuple[Any, ...]]:
        number, order = self._map
        if len(order) < LARGE:
            return order, (self.start, self.slot, self.cost, self.room, self.full)
        length = np.diff(self.start)[order]
        start = np.zeros(len(self.start), dtype=np.int32)
        np.cumsum(length, out=start[1:])
        index = np.repeat(self.start[:-1][order] - start[:-1], length)
        index += np.arange(len(index), dtype=np.int32)
        room, full = np.empty_like(self.room), np.empty_like(self.full)
        room[number], full[number] = self.room, self.full
        return order, (start, number[self.slot[index]], self.cost[index], room, full)
