"""Prices from a solution: the dual proof that nothing cheaper exists.

A price at each slot makes a bound: every candidate takes the cheapest of her options, price
included, and the prices of all the room there is are paid back. No legal solution goes below it.
If the solution is best, some prices reach its value exactly. They are found by label-correcting: a
slot's price rises until nobody who holds another place would rather have this one.
"""

from __future__ import annotations

from operator import mul

import numpy as np

from . import market
from .core import Core
from .options import changes, total
from .pairs import Ints


def prices(core: Core, cost: Ints, chosen: Ints, near: Ints | None = None) -> Ints:
    """The least prices that support `chosen` (least only until some slot must be full).

    If `chosen` is not best there are none; then the climb is cut off, and the prices returned still
    give a true bound, but one that stays below the value. `near` may shorten the way to the answer
    but has no part in what it is.
    """
    if market.usable(core, cost):
        near = np.zeros(len(core.room), dtype=np.int64) if near is None else near
        found = market.Market(core, cost).prices(chosen, near, most=200 * len(core.room))
        if found is not None:
            return found
    return climb(core, cost, chosen)


def climb(core: Core, cost: Ints, chosen: Ints) -> Ints:
    """The same, slot by slot of all at once, from nothing."""
    nowhere = core.options.nowhere
    load = np.bincount(core.slot[chosen], minlength=nowhere + 1)
    free = ~core.full
    spare = free & (load < core.room)
    spare[nowhere] = True
    target, start, source, gain = _envies(core, cost, chosen)
    price = np.zeros(nowhere + 1, dtype=np.int64)
    for _ in range(2 * len(price) + 2):
        raised = price.copy()
        if len(start):
            wanted = np.maximum.reduceat(price[source] + gain, start)
            raised[target] = np.maximum(raised[target], wanted)
        # A slot with room to spare, and NOWHERE, cost nothing; no other free slot costs less.
        floor = raised[spare].max()
        raised[free] = np.maximum(raised[free], floor)
        if np.array_equal(raised, price):
            break
        price = raised
    price -= price[nowhere]
    price[spare] = 0
    price[free] = np.maximum(price[free], 0)
    return price


def bound(core: Core, least: Ints, price: Ints) -> int:
    """What the core cannot cost less than, by these prices: each row is charged the `least` there is for
    her. Room times price may leave 64 bits."""
    paid_back: int = sum(map(mul, core.room.tolist(), price.tolist()))
    return total(least) - paid_back


def _envies(core: Core, cost: Ints, chosen: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """For each pair of slots the most that a holder of the first would gain by having the second.

    Sorted by the second (the target): targets, where each one's stretch starts, sources, gains.
    """
    held = core.slot[chosen][core.row]
    gain = cost[chosen][core.row] - cost
    other = np.flatnonzero(held != core.slot)
    key = core.slot[other] * (core.options.nowhere + 1) + held[other]
    order = np.argsort(key, kind="stable")
    other, key = other[order], key[order]
    first = np.flatnonzero(changes(key))
    if not len(first):
        return first, first, first, first
    gain = np.maximum.reduceat(gain[other], first)
    source, target = held[other][first], core.slot[other][first]
    start = np.flatnonzero(changes(target))
    return target[start], start, source, gain
