"""The exchange graph of a proven solution: who could move where, and what it would cost.

Nodes are slots, and NOWHERE for going without. There is an arc from slot a to slot b for everybody
who holds a place at a and may have one at b. Its length is what her move would cost, one number for
each level: a loss at an early level outweighs any gain at a later one. The solution's prices are
added and subtracted along the way so that no length is below zero; that makes shortest paths
(Dijkstra) exact, and where it fails the prices did not prove the solution.

Whoever holds the same place asks for the same paths: one search for each place serves them all. Many
searches of a large round are compiled (`paths`).
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np

from . import market
from .costs import Costs
from .errors import NotProvenError
from .options import Options, changes
from .pairs import Ints
from .paths import Arcs, Paths, Routes, Step, limbs
from .policies import LOTTERY
from .problem import Problem
from .solution import Solution

# More searches than this are worth the seconds that loading numba takes.
MANY = 50
# Sums of one level's lengths never reach this: prices are below 2**60, and paths have few steps.
UNIT = 2**96


class Exchange:
    """Built once for a solution, asked once for each place."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if solution.problem_sha256 != problem.sha256:
            raise NotProvenError("The solution belongs to another problem.")
        self.options = options = Options.of(problem, solution.unplaced)
        self.names = [level.name for level in solution.levels]
        self._held = options.find(solution.assignments)
        if len(self._held) and self._held.min() < 0:
            raise NotProvenError("The solution places somebody where she may not be.")
        self.place: list[int] = options.slot[self._held].tolist()
        load = np.bincount(options.slot[self._held], minlength=len(options.room))
        self._spare: Ints = np.flatnonzero(load < options.room)
        self._used, self._free = load > 0, set(self._spare.tolist())
        self._costs = Costs(options)
        self._entry = _prices(options, solution)
        self._length = self._lengths()
        # Where nothing ever differs but by the lottery, a level has no part in what is shorter.
        tables = zip(self._length, self._entry, strict=True)
        self._counts = [i for i, each in enumerate(tables) if each[0].any() or each[1].any()]
        self._counts += [row for row in [len(self.names) - 1] if row not in self._counts]
        self._compared = limbs(self._length[:-1], steps=1)
        everybody = np.arange(len(problem.candidates) + 1)
        self._first: list[int] = np.searchsorted(options.candidate, everybody).tolist()
        self._by_slot = np.argsort(options.slot, kind="stable")
        ends = np.searchsorted(options.slot[self._by_slot], np.arange(len(options.room) + 1))
        self._ends: list[int] = ends.tolist()
        self._arcs: dict[int, Arcs] = {}
        self._packed: dict[int, list[tuple[int, int, int]]] = {}

    def is_full(self, slot: int) -> bool:
        return slot not in self._free

    def option(self, candidate: int, slot: int) -> int | None:
        """The option of this candidate at this slot, if she has one."""
        first, last = self._first[candidate : candidate + 2]
        at = first + int(np.searchsorted(self.options.slot[first:last], slot))
        return at if at < last and self.options.slot[at] == slot else None

    def routes(self, asked: Mapping[int, Collection[int]]) -> Iterator[tuple[int, Routes]]:
        """For each goal, the shortest ways to it from the slots asked for, where there is one."""
        large = len(asked) > MANY and len(self.options.problem.candidates) >= market.FEW
        paths = Paths.of([self._into(i) for i in range(len(self.options.room))]) if large else None
        towards = paths.towards if paths else self.towards
        for goal, wanted in asked.items():
            yield goal, towards(goal, wanted)

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
            for origin, option, more in self._packed_into(slot):
                longer = length + more
                if origin not in settled and (origin not in best or longer < best[origin]):
                    best[origin] = longer
                    routes[origin] = Step(None if option < 0 else option, slot)
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
        taken = [option, *(step.option for step in way if step.option is not None)]
        entered = [step.to for step in way if step.option is None]
        total = self._length[:, taken].sum(axis=1) + self._entry[:, entered].sum(axis=1)
        total[-1] += int(self._lots(np.array(taken)).sum())
        return [int(amount) for amount in total]

    def _lengths(self) -> Ints:
        """By level (row) and option (column): what it costs to take it instead of the held one. The
        last row, the lottery's, is left at 0: drawing lots for all takes long, and few decide."""
        options, lengths = self.options, np.zeros((len(self.names), len(self.options.slot)), int)
        everything, held = np.arange(len(options.slot)), self._held[options.candidate]
        for row, name in enumerate(self.names):
            if name != LOTTERY:
                charged = self._costs.of(name, everything) + self._entry[row][options.slot]
                lengths[row] = charged - charged[held]
        _refuse_negative(lengths)
        return lengths

    def _lots(self, option: Ints) -> Ints:
        """The lottery's row of these options."""
        held = self._held[self.options.candidate[option]]
        drawn = self._costs.of(LOTTERY, np.concatenate([option, held]))
        slot, price = self.options.slot, self._entry[-1]
        charged = drawn + price[slot[np.concatenate([option, held])]]
        lots: Ints = charged[: len(option)] - charged[len(option) :]
        return lots

    def _into(self, slot: int) -> Arcs:
        """From each place the cheapest to move to `slot`; and room that shifts by itself."""
        if slot not in self._arcs:
            into = self._by_slot[self._ends[slot] : self._ends[slot + 1]]
            origin = self.options.slot[self._held[self.options.candidate[into]]]
            into, origin = into[origin != slot], origin[origin != slot]
            into, origin = _least(into, origin, self._compared[:, into])
            length = self._length[:, into]
            length[-1] = self._lots(into)
            into, origin, length = _first(into, origin, length)
            _refuse_negative(length)
            shifts = np.zeros(0, dtype=np.int64)
            if slot == self.options.nowhere:
                shifts = self._spare[self._spare != slot]
            elif self._used[slot]:
                shifts = np.array([self.options.nowhere])
            price = self._entry[:, [slot] * len(shifts)]
            self._arcs[slot] = Arcs(
                np.concatenate([shifts, origin]),
                np.concatenate([np.full(len(shifts), -1), into]),
                np.concatenate([price, length], axis=1),
            )
        return self._arcs[slot]

    def _packed_into(self, slot: int) -> list[tuple[int, int, int]]:
        """The arcs with each length as one number: Python's integers have no limit."""
        if slot not in self._packed:
            arcs = self._into(slot)
            packed = np.zeros(len(arcs.origin), dtype=object)
            for row in arcs.length[self._counts]:
                packed = packed * UNIT + row.astype(object)
            self._packed[slot] = list(
                zip(arcs.origin.tolist(), arcs.option.tolist(), packed.tolist(), strict=True)
            )
        return self._packed[slot]


def _least(option: Ints, origin: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Of each origin those whose column of lengths is least, in order of origin."""
    order = np.lexsort((*length[::-1], origin))
    option, origin, length = option[order], origin[order], length[:, order]
    first = changes(origin)
    least = length[:, first][:, np.cumsum(first) - 1]
    same = (length == least).all(axis=0)
    return option[same], origin[same]


def _first(option: Ints, origin: Ints, length: Ints) -> tuple[Ints, Ints, Ints]:
    """Of each origin, of which all columns but for the last number are the same, the least."""
    order = np.lexsort((length[-1], origin))
    chosen = order[changes(origin[order])]
    return option[chosen], origin[chosen], length[:, chosen]


def _refuse_negative(length: Ints) -> None:
    first = np.argmax(length != 0, axis=0)
    if np.any(length[first, np.arange(length.shape[1])] < 0):
        raise NotProvenError("The prices do not prove the solution: see what verify says.")


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
