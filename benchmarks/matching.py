"""The engine against one weighted OR-tools solve of the same rounds, in the same run.

    python -m benchmarks.matching [--sizes 1000 10000] [--repeat 5]

The peer puts placed, squared ranks and minutes into one sum and solves it once: no lottery, no proof,
no explanation, no check. It gets its arrays ready-made; only building the flow and solving are
timed. Ours is timed from a `Problem` whose hash is known to a `Solution` with every level
proven, then the verification, the explanation of everybody unplaced and the call list. Read the
ratios; seconds belong to the machine. Exits 1 if an answer is not proven, does not verify, or differs
from the peer's at a level that both have.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from benchmarks.instances import local_round
from placements.matching import Problem, Solution, explain, solve, verify


def peer(problem: Problem) -> Callable[[], tuple[int, int, int]]:
    """One weighted solve; gives how many are unplaced, the squared ranks and the minutes."""
    columns, people, slots = problem.columns, len(problem.candidates), len(problem.slots)
    past_end = np.ones(people, dtype=np.int64)
    np.maximum.at(past_end, columns.candidate, columns.rank + 1)
    squared = np.where(columns.rank > 0, columns.rank, past_end[columns.candidate]) ** 2
    minute = int(columns.travel.max()) * people + 1
    unplaced = int(squared.max()) * people + 1
    # The honest weights overflow beyond small rounds, so the peer gets ones that only nearly
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
    supply = np.concatenate([np.ones(people, dtype=np.int64), np.zeros(slots, np.int64), [-people]])

    def run() -> tuple[int, int, int]:
        flow = SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, room, cost)
        flow.set_nodes_supplies(np.arange(len(supply)), supply)
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("The peer found no optimum.")
        used = flow.flows(arcs) > 0
        chosen = used[: len(columns)]
        without = int(used[len(columns) : len(columns) + people].sum())
        return without, int(squared[chosen].sum()), int(columns.travel[chosen].sum())

    return run


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def measure(size: int, repeat: int) -> tuple[dict[str, float], list[str]]:
    """Medians in seconds, the two taking turns; and what is wrong, if anything."""
    problem = local_round(size)
    problem.sha256  # noqa: B018  (made once and kept, like the peer's arrays)
    run_peer = peer(problem)
    seconds: dict[str, list[float]] = {}
    solution: Solution = solve(problem)
    for _ in range(repeat):
        for name, work in (
            ("peer", run_peer),
            ("solve", lambda: solve(problem)),
            ("verify", lambda: verify(problem, solution)),
            ("unplaced", lambda: explain.unplaced(problem, solution)),
            ("call list", lambda: explain.call_list(problem, solution)),
        ):
            spent, _ = timed(work)
            seconds.setdefault(name, []).append(spent)
    wrong = verify(problem, solution)
    if solution.status != "proven":
        wrong.append(f"The round of {size} is not proven.")
    values = {level.name: level.value for level in solution.levels}
    ours = tuple(values[name] for name in ("placed", "wishes:squared", "travel"))
    theirs = run_peer()
    if ours != theirs:
        wrong.append(f"The round of {size}: ours {ours}, the peer's {theirs}.")
    return {name: statistics.median(each) for name, each in seconds.items()}, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    failed = False
    for size in options.sizes:
        seconds, wrong = measure(size, options.repeat)
        base = seconds["peer"]
        everything = sum(seconds.values()) - base
        print(f"{size:>9} candidates  peer {base:.4f} s")
        for name, spent in [*list(seconds.items())[1:], ("all of these", everything)]:
            print(f"{name:>20}  {spent:.4f} s  {spent / base:5.2f} x")
        print(*wrong, sep="\n", end="\n" if wrong else "")
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
