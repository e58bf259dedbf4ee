"""The exchange graph of a proven solution: who could move where, and what it would cost.

Nodes are slots, and NOWHERE for going without. There is an arc from slot a to slot b for everybody
who holds a place at a and may have one at b. Its length is what her move would cost, one number for
each level, compared as tuples: a loss at an early level outweighs any gain at a later one. The
solution's prices are added and subtracted along the way so that no length is below zero; that
makes shortest paths (Dijkstra) exact, and if it fails the prices did not prove the solution.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from operator import add

import numpy as np

from .costs import Costs
from .errors import NotProvenError
from .options import Options
from .pairs import Ints
from .problem import Problem
from .solution import Solution

Length = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From a slot to the next towards the goal; `candidate` moves, or nobody has to (None)."""

    candidate: int | None
    to: int


# For each slot reached, how far it is from the goal and the next step on the way.
Routes = tuple[dict[int, Length], dict[int, Step]]


class Exchange:
    """Built once for a solution, asked once for each candidate."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if solution.problem_sha256 != problem.sha256:
            raise NotProvenError("The solution belongs to another problem.")
        self.options = options = Options.of(problem)
        self.names = [level.name for level in solution.levels]
        self.held = options.find(solution.assignments)
        if len(self.held) and self.held.min() < 0:
            raise NotProvenError("The solution places somebody where she may not be.")
        price = _prices(problem, solution)
        lengths = self._lengths(Costs(options), price)
        self.length: list[Length] = list(zip(*lengths.tolist(), strict=True))
        self.entry: list[Length] = list(zip(*price.tolist(), strict=True))
        self.place: list[int] = options.slot[self.held].tolist()
        load = np.bincount(options.slot[self.held], minlength=len(options.room))
        self.used = (load > 0).tolist()
        self.spare: set[int] = set(np.flatnonzero(load < options.room).tolist())
        order = np.argsort(options.slot, kind="stable")
        ends = np.searchsorted(options.slot[order], np.arange(len(options.room) + 1))
        self._into = np.split(order, ends[1:-1])

    def _lengths(self, costs: Costs, price: Ints) -> Ints:
        """By level (row) and option (column): what it costs to take it instead of the held one."""
        slot, everything = self.options.slot, np.arange(len(self.options.slot))
        held = self.held[self.options.candidate]
        lengths = np.zeros((len(self.names), len(slot)), dtype=np.int64)
        for row, name in enumerate(self.names):
            charged = costs.of(name, everything) + price[row][slot]
            lengths[row] = charged - charged[held]
        first = np.argmax(lengths != 0, axis=0) if len(slot) else everything
        if np.any(lengths[first, everything] < 0):
            raise NotProvenError("The prices do not prove the solution: see what verify says.")
        return lengths

    def option(self, candidate: int, slot: int) -> int | None:
        """The option of this candidate at this slot, if she has one."""
        low, high = np.searchsorted(self.options.candidate, [candidate, candidate + 1])
        hits = np.flatnonzero(self.options.slot[low:high] == slot)
        return int(low + hits[0]) if len(hits) else None

    def is_full(self, slot: int) -> bool:
        return slot not in self.spare

    def towards(self, goal: int, wanted: Iterable[int]) -> Routes:
        """Shortest ways from the wanted slots to the goal: their lengths, and each next step."""
        zero = (0,) * len(self.names)
        missing, settled = set(wanted), dict[int, Length]()
        best, step, queue = {goal: zero}, dict[int, Step](), [(zero, goal)]
        while queue and missing:
            length, slot = heapq.heappop(queue)
            if slot in settled:
                continue
            settled[slot] = length
            missing.discard(slot)
            for origin, candidate, more in self._arcs_into(slot, zero):
                longer = tuple(map(add, length, more))
                if origin not in settled and (origin not in best or longer < best[origin]):
                    best[origin], step[origin] = longer, Step(candidate, slot)
                    heapq.heappush(queue, (longer, origin))
        return settled, step

    def _arcs_into(self, slot: int, zero: Length) -> Iterable[tuple[int, int | None, Length]]:
        """Who could move to `slot`, and from where; and how room shifts without anybody moving."""
        nowhere = self.options.nowhere
        if slot == nowhere:
            yield from ((spare, None, zero) for spare in self.spare if spare != nowhere)
        elif self.used[slot]:
            yield nowhere, None, self.entry[slot]
        for option in self._into[slot].tolist():
            candidate = int(self.options.candidate[option])
            if self.place[candidate] != slot:
                yield self.place[candidate], candidate, self.length[option]


def _prices(problem: Problem, solution: Solution) -> Ints:
    """A row for each level, a column for each slot, and one of zeros for NOWHERE."""
    price = np.zeros((len(solution.levels), len(problem.slots) + 1), dtype=np.int64)
    for row, level in enumerate(solution.levels):
        for slot, value in level.prices.items():
            price[row, problem.slot_index[slot]] = value
    return price
