"""The auction for one core: its columns made narrow and put in the order of the map.

`auction` is compiled by numba when first used, and then kept on disk. Where numba is not installed,
and in rounds so small that importing it takes longer than they do, everything is done by OR-tools
and NumPy instead (`flow`, `prices`): the same answers.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from .core import Core
from .pairs import Flags, Ints
from .seats import WHOLE

# With fewer candidates OR-tools and NumPy need some tenths of a second at most. numba would save half
# of that, after seconds of importing it and, the first time on a machine, many of compiling.
FEW = 1_500
# Below this many rows everything is in the processor's cache, whatever the order.
LARGE = 20_000
# The first slack is this part of the greatest cost, each later one this part of the one before: where
# prices have a long way to go through the country, larger ones come there sooner.
FIRST, FIRST_OF_LARGE, STEP = 16, 4, 8
# To go without costs nothing at most levels: at first it has this part of the greatest cost for its price,
# or everybody would be drawn there, only to be sent away again.
NOWHERE = 8
# Whether prices support the answer is asked when the slack is below this part of the greatest cost.
CLOSE = 512
SMALL = np.iinfo(np.int32).max


class Compiled(NamedTuple):
    """The modules that numba compiles."""

    auction: Any
    augmenting: Any
    neighbourhood: Any
    supporting: Any


@cache
def compiled() -> Compiled | None:
    """Imported when first needed. None if numba has no wheel for this machine, or nowhere to keep
    what it compiled."""
    try:
        from . import auction, augmenting, neighbourhood, supporting
    except (ImportError, RuntimeError):
        return None
    return Compiled(auction, augmenting, neighbourhood, supporting)


def usable(core: Core, cost: Ints) -> bool:
    """Whether it pays, can be had, and the costs fit the narrow columns; every level's do today."""
    if len(core.options.problem.candidates) < FEW or cost.max(initial=0) > SMALL:
        return False
    return compiled() is not None


class Market:
    """A core with costs, for what numba compiles."""

    def __init__(self, core: Core, cost: Ints) -> None:
        modules = compiled()
        assert modules is not None  # noqa: S101  (the caller has asked `usable`)
        self.compiled = modules
        self.core = core
        self.nodes = len(core.room)
        self.start = np.append(core.start, len(core.slot)).astype(np.int32)
        self.slot = core.slot.astype(np.int32)
        self.cost = cost.astype(np.int32)
        self.room, self.full = core.room, core.full

    def prices(self, chosen: Ints, near: Ints, most: int = 2**62) -> Ints | None:
        """The least prices that support `chosen`, or None. Found sooner if some are `near`."""
        price, nowhere = near.copy(), np.zeros_like(near)
        columns = (self.start, self.slot, self.cost, self.room, self.full)
        held = chosen.astype(np.int32)
        if not self.compiled.supporting.supports(*columns, held, price, most, nowhere):
            return None
        self.compiled.supporting.lower(*columns, held, price)
        return price

    def choose(self, chosen: Ints) -> tuple[Ints, Ints]:
        """A cheapest solution and the least prices that prove it, from any solution (positions in the
        core's columns).

        The slack falls until prices support the answer exactly: mostly long before it is so small
        that they must.
        """
        held, price = self._exact(
            chosen, int(self.cost.max()), np.zeros(self.nodes, dtype=np.int64)
        )
        self.compiled.supporting.lower(*self._ordered[1], held, price)
        return self._positions(held), price[self._number]

    def fairest(self, chosen: Ints, members: Ints) -> Ints:
        """From any solution where nothing has a cost to one that is fairest. `members`: of the school
        whose waiting room each slot is, 0 for the others."""
        each = np.empty_like(members)
        each[self._number] = members
        return self._positions(self._exact(chosen, 2 * WHOLE, each)[0])

    def _exact(self, chosen: Ints, greatest: int, members: Ints) -> tuple[Any, Ints]:
        """Positions and prices in the order of the map. `greatest`: the greatest cost there is."""
        order, (start, slot, cost, room, full) = self._ordered
        columns = start, slot, cost, room, full
        held = ((chosen - self.start[:-1])[order] + start[:-1]).astype(np.int32)
        sides = self.compiled.neighbourhood.by_slot(start, slot, self.nodes)
        scale = self.nodes + 1
        slack = max(1, greatest * scale // (FIRST_OF_LARGE if len(order) >= LARGE else FIRST))
        price = np.zeros(self.nodes, dtype=np.int64)
        price[-1] = 0 if members.any() else greatest * scale // NOWHERE
        while True:
            if not self.compiled.auction.refine(
                start, slot, cost, *sides, scale, room, full, members, held, price, slack
            ):
                raise RuntimeError("The auction of a feasible level ended without an answer.")
            near = price // scale
            most = 2**62 if slack == 1 else 3 * self.nodes
            close = slack < max(scale // 4, greatest * scale // CLOSE, 2)
            if close and self.compiled.supporting.supports(*columns, held, near, most, members):
                return held, near
            slack = max(1, slack // STEP)

    def _positions(self, held: Any) -> Ints:
        """Positions in the core's columns again."""
        order, (start, *_) = self._ordered
        answer = np.empty(len(held), dtype=np.int64)
        answer[order] = held - start[:-1] + self.start[:-1][order]
        return answer

    def most_placed(self, counted: Flags) -> Ints:
        """For each row the position of the place she gets, -1 for none: as many as possible of those
        `counted`, and nobody else."""
        order, columns = self._ordered
        start, slot, _, room, _ = columns
        room = room.copy()
        room[self._number[self.core.options.real :]] = 0
        first, _, row = self.compiled.neighbourhood.by_slot(start, slot, self.nodes)
        held = self.compiled.augmenting.place(start, slot, first, row, room, counted[order])
        answer = np.full(len(order), -1, dtype=np.int64)
        placed = np.flatnonzero(held >= 0)
        answer[order[placed]] = (
            held[placed] - start[placed] + self.start[order[placed]].astype(np.int64)
        )
        return answer

    @cached_property
    def _number(self) -> Ints:
        """The number of each slot in the order of the map."""
        return self._map[0]

    @cached_property
    def _map(self) -> tuple[Ints, Ints]:
        rows = len(self.core.start)
        if rows < LARGE:
            return np.arange(self.nodes), np.arange(rows)
        ends, _, row = self.compiled.neighbourhood.by_slot(self.start, self.slot, self.nodes)
        number, order = self.compiled.neighbourhood.by_neighbourhood(
            self.start, self.slot, ends, row
        )
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
