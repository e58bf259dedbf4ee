"""Paths through the exchange graph: their steps, and many searches of one graph, compiled (`shortest`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .pairs import Ints

MOST = 2**62  # no sum of a limb reaches this


@dataclass(frozen=True, slots=True)
class Step:
    """To the next slot on the way. `option` is what somebody takes; None if nobody has to move."""

    option: int | None
    to: int


# For each slot from which the goal was reached: the first step.
Routes = dict[int, Step]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Into one slot, the cheapest from each place: `option` -1 where room shifts by itself. `length` has
    a row for each level, the first of which weighs most."""

    origin: Ints
    option: Ints
    length: Ints


@cache
def compiled() -> Any:
    """Imported when first needed. None if numba has no wheel for this machine, or nowhere to keep
    what it compiles."""
    try:
        from . import shortest
    except (ImportError, RuntimeError):
        return None
    return shortest


class Paths:
    """The whole graph: the arcs into each slot, their lengths in as few 64-bit numbers as hold them."""

    def __init__(self, into: Sequence[Arcs], length: Ints) -> None:
        many = [len(arcs.origin) for arcs in into]
        self._ends = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
        self._origin = np.concatenate([arcs.origin for arcs in into]).astype(np.int32)
        self._option: list[int] = np.concatenate([arcs.option for arcs in into]).tolist()
        self._to: list[int] = np.repeat(np.arange(len(into)), many).tolist()
        self._length = np.ascontiguousarray(length.T)

    @classmethod
    def of(cls, into: Sequence[Arcs]) -> Paths | None:
        """None where it cannot be had: no numba, or paths whose lengths 64 bits do not hold."""
        length, steps = np.concatenate([arcs.length for arcs in into], axis=1), len(into) + 1
        if steps * int(np.abs(length).max(initial=0)) >= MOST or compiled() is None:
            return None
        return cls(into, limbs(length, steps))

    def towards(self, goal: int, wanted: Collection[int]) -> Routes:
        """Shortest ways to the goal from the wanted slots, where there is one."""
        marked = np.zeros(len(self._ends) - 1, dtype=np.bool_)
        marked[list(wanted)] = True
        arc, done = compiled().search(
            goal, marked, int(marked.sum()), self._ends, self._origin, self._length
        )
        routes = Routes()
        for slot in wanted:
            while slot != goal and slot not in routes and done[slot]:
                at = int(arc[slot])
                option = self._option[at]
                routes[slot] = Step(None if option < 0 else option, self._to[at])
                slot = self._to[at]
        return routes


def limbs(length: Ints, steps: int) -> Ints:
    """The rows put together, as many to a number as fit, so that sums along a path of so many steps compare
    as the rows would one after the other."""
    found, unit = list[Ints](), MOST
    for row in length[::-1]:
        most = 2 * steps * int(np.abs(row).max(initial=0)) + 1
        if unit * most >= MOST:
            found.insert(0, np.zeros(length.shape[1], dtype=np.int64))
            unit = 1
        found[0] += row * unit
        unit *= most
    return np.stack(found) if found else length
