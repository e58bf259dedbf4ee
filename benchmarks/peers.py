"""Other solvers on the same rounds: each gives a function that solves once, from arrays ready-made.

All but `matching` put placed, squared ranks and minutes into one sum and minimise it once: no lottery,
no proof, no explanation, no check. They give how many are unplaced, the squared ranks and the
minutes. `matching` and `algmatch` find a stable matching, another question: they give only how many are
unplaced.

`algmatch` is no dependency, since it brings gurobipy, which is proprietary; where somebody has installed
it, it takes part.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from placements.matching import Problem

Answer = tuple[int, ...]
Solver = Callable[[Problem], Callable[[], Answer]]


@dataclass(frozen=True)
class Weighted:
    """The round as one minimum-cost flow: candidates, then slots, then a sink.

    The arcs are the pairs, then one for each candidate to go without, then one for each slot.
    """

    problem: Problem
    tail: np.ndarray
    head: np.ndarray
    room: np.ndarray
    cost: np.ndarray
    supply: np.ndarray
    squared: np.ndarray

    @classmethod
    def of(cls, problem: Problem) -> Weighted:
        columns, people, slots = problem.columns, len(problem.candidates), len(problem.slots)
        past_end = np.ones(people, dtype=np.int64)
        np.maximum.at(past_end, columns.candidate, columns.rank + 1)
        squared = np.where(columns.rank > 0, columns.rank, past_end[columns.candidate]) ** 2
        minute = int(columns.travel.max()) * people + 1
        unplaced = int(squared.max()) * people + 1
        # The honest weights overflow beyond small rounds, so the peers get ones that only nearly
        # separate the levels; a difference at a level is then shown, not hidden.
        minute, unplaced = min(minute, 10_000), min(unplaced, 1_000)
        tail = np.concatenate([columns.candidate, np.arange(people), people + np.arange(slots)])
        head = np.concatenate([people + columns.slot, np.full(people + slots, people + slots)])
        capacity = [slot.capacity for slot in problem.slots]
        room = np.concatenate([np.ones(len(columns) + people, dtype=np.int64), capacity])
        cost = np.concatenate(
            [
                squared * minute + columns.travel,
                np.full(people, unplaced * minute),
                np.zeros(slots, dtype=np.int64),
            ]
        )
        ones = np.ones(people, dtype=np.int64)
        supply = np.concatenate([ones, np.zeros(slots, np.int64), [-people]])
        return cls(problem, tail, head, room, cost, supply, squared)

    def answer(self, used: np.ndarray) -> Answer:
        """From what flows in each arc."""
        pairs, people = len(self.squared), len(self.problem.candidates)
        chosen = used[:pairs] > 0
        without = int((used[pairs : pairs + people] > 0).sum())
        minutes = self.problem.columns.travel[chosen]
        return without, int(self.squared[chosen].sum()), int(minutes.sum())


def ortools(problem: Problem) -> Callable[[], Answer]:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flows = Weighted.of(problem)

    def run() -> Answer:
        flow = SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            flows.tail, flows.head, flows.room, flows.cost
        )
        flow.set_nodes_supplies(np.arange(len(flows.supply)), flows.supply)
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("The peer found no optimum.")
        return flows.answer(flow.flows(arcs))

    return run


def lemon(problem: Problem) -> Callable[[], Answer]:
    """LEMON's network simplex. It wants its arcs sorted; that is not timed either."""
    from pylmcf import Graph

    flows = Weighted.of(problem)
    order = np.lexsort((flows.head, flows.tail))
    tail, head, room, cost = (
        column[order].astype(np.int64)
        for column in (flows.tail, flows.head, flows.room, flows.cost)
    )

    def run() -> Answer:
        graph = Graph(len(flows.supply), tail, head)
        graph.set_node_supply(flows.supply)
        graph.set_edge_capacities(room)
        graph.set_edge_costs(cost)
        graph.solve()
        used = np.zeros(len(order), dtype=np.int64)
        used[order] = graph.result()
        return flows.answer(used)

    return run


def scipy(problem: Problem) -> Callable[[], Answer]:
    """An assignment to single places, and to going without: a slot with room for six is six."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    flows = Weighted.of(problem)
    pairs, people = len(flows.squared), len(problem.candidates)
    columns = problem.columns
    room = flows.room[pairs + people :]
    first = np.cumsum(room) - room
    copies = room[columns.slot]
    arc = np.repeat(np.arange(pairs), copies)
    place = np.arange(len(arc)) - np.repeat(np.cumsum(copies) - copies, copies)
    place += first[columns.slot][arc]
    places = int(room.sum())
    row = np.concatenate([columns.candidate[arc], np.arange(people)])
    column = np.concatenate([place, places + np.arange(people)])
    # What costs nothing would be no arc at all, hence the 1.
    weight = np.concatenate([flows.cost[arc], flows.cost[pairs : pairs + people]]) + 1
    table = csr_array((weight.astype(float), (row, column)), shape=(people, places + people))
    slot_of = np.repeat(np.arange(len(room)), room)
    arc_of = {
        key: i
        for i, key in enumerate(zip(columns.candidate.tolist(), columns.slot.tolist(), strict=True))
    }

    def run() -> Answer:
        who, where = min_weight_full_bipartite_matching(table)
        used = np.zeros(pairs + people, dtype=np.int64)
        for c, p in zip(who.tolist(), where.tolist(), strict=True):
            used[arc_of[c, int(slot_of[p])] if p < places else pairs + c] = 1
        return flows.answer(used)

    return run


def networkx(problem: Problem) -> Callable[[], Answer]:
    """The network simplex in plain Python; building its graph is timed, as for the others."""
    import networkx as nx

    flows = Weighted.of(problem)
    arcs = list(
        zip(
            flows.tail.tolist(),
            flows.head.tolist(),
            flows.room.tolist(),
            flows.cost.tolist(),
            strict=True,
        )
    )

    def run() -> Answer:
        graph = nx.DiGraph()
        graph.add_nodes_from(
            (node, {"demand": -supply}) for node, supply in enumerate(flows.supply.tolist())
        )
        graph.add_edges_from((a, b, {"capacity": r, "weight": w}) for a, b, r, w in arcs)
        _, flow = nx.network_simplex(graph)
        return flows.answer(np.array([flow[a][b] for a, b, _, _ in arcs]))

    return run


def matching(problem: Problem) -> Callable[[], Answer]:
    """Stable by deferred acceptance: wishes in order, ties by slot; workplaces take whoever is first."""
    from matching.games import HospitalResident

    columns = problem.columns
    order = np.lexsort((columns.slot, columns.rank, columns.candidate))
    wishes: dict[int, list[str]] = {}
    takers: dict[str, list[int]] = {}
    for at in order.tolist():
        who, slot = int(columns.candidate[at]), f"s{columns.slot[at]}"
        wishes.setdefault(who, []).append(slot)
        takers.setdefault(slot, []).append(who)
    room = {f"s{i}": slot.capacity for i, slot in enumerate(problem.slots)}
    room = {slot: room[slot] for slot in takers}
    people = len(problem.candidates)

    placed: list[int] = []

    def play() -> None:
        game = HospitalResident.create_from_dictionaries(wishes, takers, room)
        placed.append(sum(len(held) for held in game.solve().values()))

    def run() -> Answer:
        # It copies its players, who know one another, by a recursion as deep as there are players.
        limit, size = sys.getrecursionlimit(), threading.stack_size(1 << 30)
        sys.setrecursionlimit(10**8)
        deep = threading.Thread(target=play)
        deep.start()
        deep.join()
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
        return (people - placed.pop(),)

    return run


def algmatch(problem: Problem) -> Callable[[], Answer]:
    """As `matching`; it reads its dictionary anew for each solve, so that is counted."""
    from algmatch import HospitalResidentsProblem  # type: ignore[import-not-found]

    columns = problem.columns
    order = np.lexsort((columns.slot, columns.rank, columns.candidate))
    wishes: dict[int, list[int]] = {}
    takers: dict[int, list[int]] = {}
    for who, slot in zip(columns.candidate[order] + 1, columns.slot[order] + 1, strict=True):
        wishes.setdefault(int(who), []).append(int(slot))
        takers.setdefault(int(slot), []).append(int(who))
    room = [slot.capacity for slot in problem.slots]
    there = {
        slot: {"capacity": room[slot - 1], "preferences": people} for slot, people in takers.items()
    }
    game = {"residents": wishes, "hospitals": there}

    def run() -> Answer:
        found = HospitalResidentsProblem(dictionary=game).get_stable_matching()
        placed = sum(bool(place) for place in found["resident_sided"].values())
        return (len(problem.candidates) - placed,)

    return run


PEERS: dict[str, Solver] = {
    "OR-tools": ortools,
    "LEMON": lemon,
    "SciPy": scipy,
    "networkx": networkx,
    "matching": matching,
    **({"algmatch": algmatch} if find_spec("algmatch") else {}),
}
NEEDS = {"LEMON": "pylmcf", "networkx": "networkx"}  # only in the dependency group `bench`
