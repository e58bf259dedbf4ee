"""The exchange graph of a proven solution: who could move where, and what it would cost.

Nodes are slots, and NOWHERE for going without. There is an arc from slot a to slot b for everybody
who holds a place at a and may have one at b. Its length is what her move would cost, one number for
each level: a loss at an early level outweighs any gain at a later one. The solution's prices are
added and subtracted along the way so that no length is below zero; that makes shortest paths
(Dijkstra) exact, and where it fails the prices did not prove the solution.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .costs import Costs
from .errors import NotProvenError
from .options import Options
from .pairs import Ints
from .problem import Problem
from .solution import Solution


@dataclass(frozen=True, slots=True)
class Step:
    """To the next slot on the way. `option` is what somebody takes; None if nobody has to move."""

    option: int | None
    to: int


# For each slot from which the goal was reached: the first step.
Routes = dict[int, Step]
Arc = tuple[int, int | None, int]


class Exchange:
    """Built once for a solution, asked once for each candidate."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if solution.problem_sha256 != problem.sha256:
            raise NotProvenError("The solution belongs to another problem.")
        self.options = options = Options.of(problem, solution.unplaced)
        self.names = [level.name for level in solution.levels]
        held = options.find(solution.assignments)
        if len(held) and held.min() < 0:
            raise NotProvenError("The solution places somebody where she may not be.")
        self.place: list[int] = options.slot[held].tolist()
        load = np.bincount(options.slot[held], minlength=len(options.room))
        self._spare: set[int] = set(np.flatnonzero(load < options.room).tolist())
        self._used: set[int] = set(np.flatnonzero(load).tolist())
        self._entry = _prices(options, solution)
        self._length = _lengths(Costs(options), self.names, held, self._entry)
        self._packed, self._packed_entry = _packed(self._length, self._entry)
        order = np.argsort(options.slot, kind="stable")
        ends = np.searchsorted(options.slot[order], np.arange(1, len(options.room)))
        self._into = np.split(order, ends)
        self._arcs: dict[int, list[Arc]] = {}

    def is_full(self, slot: int) -> bool:
        return slot not in self._spare

    def option(self, candidate: int, slot: int) -> int | None:
        """The option of this candidate at this slot, if she has one."""
        low, high = np.searchsorted(self.options.candidate, [candidate, candidate + 1])
        hits = np.flatnonzero(self.options.slot[low:high] == slot)
        return int(low + hits[0]) if len(hits) else None

    def towards(self, goal: int, wanted: Iterable[int]) -> Routes:
        """Shortest ways to the goal, at least from the wanted slots where there is one."""
        missing, settled = set(wanted), set[int]()
        best, routes, queue = {goal: 0}, Routes(), [(0, goal)]
        while queue and missing:
            length, slot = heapq.heappop(queue)
            if slot in settled:
                continue
            settled.add(slot)
            missing.discard(slot)
            for origin, option, more in self._arcs_into(slot):
                longer = length + more
                if origin not in settled and (origin not in best or longer < best[origin]):
                    best[origin], routes[origin] = longer, Step(option, slot)
                    heapq.heappush(queue, (longer, origin))
        return {slot: step for slot, step in routes.items() if slot in settled}

    def way(self, slot: int, routes: Routes) -> list[Step]:
        steps = []
        while slot in routes:
            steps.append(routes[slot])
            slot = routes[slot].to
        return steps

    def cost(self, option: int, way: list[Step]) -> list[int]:
        """What it costs at each level that somebody takes `option` and the rest follows."""
        total = self._length[:, option].copy()
        for step in way:
            total += (
                self._entry[:, step.to] if step.option is None else self._length[:, step.option]
            )
        return [int(amount) for amount in total]

    def _arcs_into(self, slot: int) -> list[Arc]:
        """From each place the cheapest to move to `slot`; and room that shifts by itself."""
        if slot not in self._arcs:
            best: dict[int, Arc] = {}
            if slot == self.options.nowhere:
                best.update(
                    (spare, (spare, None, 0)) for spare in sorted(self._spare) if spare != slot
                )
            elif slot in self._used:
                nowhere = self.options.nowhere
                best[nowhere] = nowhere, None, self._packed_entry[slot]
            into = self._into[slot]
            for option, who in zip(
                into.tolist(), self.options.candidate[into].tolist(), strict=True
            ):
                origin, length = self.place[who], self._packed[option]
                if origin != slot and (origin not in best or length < best[origin][2]):
                    best[origin] = origin, option, length
            self._arcs[slot] = list(best.values())
        return self._arcs[slot]


def _prices(options: Options, solution: Solution) -> Ints:
    """A row for each level, a column for each slot, and one of zeros for NOWHERE.

    A waiting room counts as its dearest seat: that is the one that becomes free."""
    at = dict(options.problem.slot_index)
    for i in range(len(options.seats)):
        for name, _ in list(options.seats.names(i))[-1:]:
            at[name] = options.real + i
    price = np.zeros((len(solution.levels), options.nowhere + 1), dtype=np.int64)
    for row, level in enumerate(solution.levels):
        for slot, value in level.prices.items():
            if slot in at:
                price[row, at[slot]] = value
    return price


def _lengths(costs: Costs, names: list[str], held: Ints, price: Ints) -> Ints:
    """By level (row) and option (column): what it costs to take it instead of the held one."""
    options = costs.options
    everything = np.arange(len(options.slot))
    lengths = np.zeros((len(names), len(everything)), dtype=np.int64)
    for row, name in enumerate(names):
        charged = costs.of(name, everything) + price[row][options.slot]
        lengths[row] = charged - charged[held[options.candidate]]
    first = np.argmax(lengths != 0, axis=0)
    if np.any(lengths[first, everything] < 0):
        raise NotProvenError("The prices do not prove the solution: see what verify says.")
    return lengths


def _packed(lengths: Ints, entry: Ints) -> tuple[list[int], list[int]]:
    """Each column as one number, such that sums along any path compare as the columns would.

    Python's integers have no limit, so each level gets a unit that no path's sum at the later
    levels can reach.
    """
    unit = 1
    packed = [np.zeros(table.shape[1], dtype=object) for table in (lengths, entry)]
    for row in reversed(range(len(lengths))):
        for table, into in zip((lengths, entry), packed, strict=True):
            into += table[row].astype(object) * unit
        most = max((int(np.abs(t[row]).max(initial=0)) for t in (lengths, entry)), default=0)
        unit *= 2 * (entry.shape[1] + 2) * most + 1
    return packed[0].tolist(), packed[1].tolist()
