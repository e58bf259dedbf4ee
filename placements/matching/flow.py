"""One level, solved exactly: by the auction, or by OR-tools' flow algorithms over the core.

A first level that only counts is a maximum flow. Where nothing compiled can be had, OR-tools does both;
this is its only user.

OR-tools is imported when first needed, so that verifying a solution loads no solver at all.
"""

from __future__ import annotations

import numpy as np

from . import market
from .core import Core
from .pairs import Flags, Ints
from .prices import prices


def choose(core: Core, cost: Ints, held: Ints) -> tuple[Ints, Ints]:
    """For each row of the core the position (in the core's columns) of its option in a cheapest
    solution; and the least prices that prove it. `held` are the positions in the solution of the level
    before, -1 before the first."""
    if not core.full.any() and cost.max() == 1 and _only_counts(core, cost):
        chosen = _most_placed(core, cost)
    elif market.usable(core, cost) and len(held) and held.min() >= 0:
        return market.Market(core, cost).choose(held)
    else:
        chosen = _cheapest(core, cost)
    return chosen, prices(core, cost, chosen)


def _only_counts(core: Core, cost: Ints) -> bool:
    """Whether a place costs nothing, and everybody may go without."""
    without = core.slot >= core.options.real
    return not cost[~without].any() and bool(np.bitwise_or.reduceat(without, core.start).all())


def _cheapest(core: Core, cost: Ints) -> Ints:
    """Minimum-cost flow. The node of NOWHERE is the sink. A slot that must be full demands its
    room; any other passes on to the sink what it got."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    rows, nowhere = len(core.start), core.options.nowhere
    passing = np.flatnonzero(~core.full[:nowhere] & (core.room[:nowhere] > 0))
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([core.row, rows + passing]),
        np.concatenate([rows + core.slot, np.full(len(passing), rows + nowhere)]),
        np.concatenate([np.ones(len(core.row), dtype=np.int64), core.room[passing]]),
        np.concatenate([cost - core.least(cost)[core.row], np.zeros(len(passing), dtype=np.int64)]),
    )
    demand = np.where(core.full[:nowhere], core.room[:nowhere], 0)
    supplies = np.concatenate([np.ones(rows, dtype=np.int64), -demand, [int(demand.sum()) - rows]])
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"The flow of a feasible level ended with {status}.")
    return np.flatnonzero(flow.flows(arcs[: len(core.row)]))


def _most_placed(core: Core, cost: Ints) -> Ints:
    """For the first level: only going without costs, and it costs everybody counted the same. Those
    who are not counted go without for now."""
    without = core.slot >= core.options.real
    counted = np.zeros(len(core.start), dtype=np.bool_)
    counted[core.row[without & (cost > 0)]] = True
    if market.usable(core, cost):
        placed = market.Market(core, cost).most_placed(counted)
    else:
        placed = _maximum_flow(core, counted)
    return np.where(placed < 0, first_without(core), placed)


def _maximum_flow(core: Core, counted: Flags) -> Ints:
    """The position of the place each row gets, -1 for none."""
    from ortools.graph.python.max_flow import SimpleMaxFlow

    rows, nowhere = len(core.start), core.options.nowhere
    used = np.flatnonzero(counted[core.row] & (core.slot < core.options.real))
    source, sink = rows + nowhere, rows + nowhere + 1
    drawn = np.flatnonzero(counted)
    slots = np.flatnonzero(core.room[: core.options.real] > 0)
    flow = SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(
        np.concatenate([core.row[used], np.full(len(drawn), source), rows + slots]),
        np.concatenate([rows + core.slot[used], drawn, np.full(len(slots), sink)]),
        np.concatenate([np.ones(len(used) + len(drawn), dtype=np.int64), core.room[slots]]),
    )
    status = flow.solve(source, sink)
    if status != flow.OPTIMAL:
        raise RuntimeError(f"The flow of the first level ended with {status}.")
    placed = used[flow.flows(arcs[: len(used)]) > 0]
    found = np.full(rows, -1, dtype=np.int64)
    found[core.row[placed]] = placed
    return found


def fairest(core: Core, answer: Ints) -> Ints:
    """The level `fairness`: each row's option. `answer`: each candidate's in the level before."""
    options = core.options
    seats, real, nowhere = options.seats, options.real, options.nowhere
    last = (core.slot >= real) & ((core.slot - real) % 2 == 1)
    kept = core.only(~last, options)
    nothing = np.zeros(len(kept.slot), dtype=np.int64)
    held = kept.positions(options.waiting_room(answer))
    if market.usable(kept, nothing) and len(held) and held.min() >= 0:
        members = np.zeros(len(core.room), dtype=np.int64)
        members[real:nowhere:2] = seats.members
        return kept.option[market.Market(kept, nothing).fairest(held, members)]
    return core.option[_fairest(core)]


def _fairest(core: Core) -> Ints:
    """The same by minimum-cost flow, with an arc to each seat of a school."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    seats, rows, real = core.options.seats, len(core.start), core.options.real
    without = first_without(core)
    waits = np.flatnonzero(without >= 0)
    school = seats.school[core.candidate[waits]]
    many = np.bincount(school, minlength=len(seats.members))
    owner = np.repeat(np.arange(len(many)), many)
    order = np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many) + 1
    pairs = np.flatnonzero(core.slot < real)
    passing = np.flatnonzero(~core.full[:real] & (core.room[:real] > 0))
    sink = rows + real + len(many)
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([core.row[pairs], waits, rows + real + owner, rows + passing]),
        np.concatenate(
            [
                rows + core.slot[pairs],
                rows + real + school,
                np.full(len(owner) + len(passing), sink),
            ]
        ),
        np.concatenate(
            [
                np.ones(len(pairs) + len(waits) + len(owner), dtype=np.int64),
                core.room[passing],
            ]
        ),
        np.concatenate(
            [
                np.zeros(len(pairs) + len(waits), dtype=np.int64),
                seats.cost_of(owner, order),
                np.zeros(len(passing), dtype=np.int64),
            ]
        ),
    )
    demand = np.where(core.full[:real], core.room[:real], 0)
    supplies = np.zeros(sink + 1, dtype=np.int64)
    supplies[:rows], supplies[rows : rows + real] = 1, -demand
    supplies[sink] = int(demand.sum()) - rows
    flow.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"The flow of fairness ended with {status}.")
    placed = pairs[flow.flows(arcs[: len(pairs)]) > 0]
    chosen = without
    chosen[core.row[placed]] = placed
    return chosen


def first_without(core: Core) -> Ints:
    """For each row the position of its first option without a place, -1 if it has none."""
    without = np.flatnonzero(core.slot >= core.options.real)[::-1]
    first = np.full(len(core.start), -1, dtype=np.int64)
    first[core.row[without]] = without
    return first
