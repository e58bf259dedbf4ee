"""Solve a problem: one level at a time, each as good as can be without giving up any before it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .certificate import certify
from .core import Core
from .costs import Costs
from .errors import Stopped
from .flow import choose
from .options import Options
from .pairs import Ints
from .policies import PLACED, levels
from .prices import prices
from .problem import Problem
from .seats import Seats
from .solution import PROVEN, UNPROVEN, Solution

Progress = Callable[[str, int, int], None]


def solve(
    problem: Problem,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """The only best solution of `problem`, with its proof.

    `on_progress(level, done, total)` is called before each level and once at the end. If
    `should_stop()` says yes between two levels, `Stopped` is raised.
    """
    options = Options.of(problem, fewest_without(problem))
    costs = Costs(options)
    worst = int(problem.columns.rank.max(initial=0)) + 1
    names = levels(problem.policy, (c.priority for c in problem.candidates), worst)
    core = Core.whole(options)
    answer = core.settled.copy()
    near = dict[str, Ints]()
    for done, name in enumerate(names):
        if should_stop is not None and should_stop():
            raise Stopped(f"Stopped before the level {name}.")
        if on_progress is not None:
            on_progress(name, done, len(names))
        cost = costs.of(name, core.option)
        if not core.varies(cost):
            continue
        chosen, near[name] = choose(core, cost, core.positions(answer))
        answer[core.candidate] = core.option[chosen]
        near[name] = prices(core, cost, chosen, near[name])
        core = core.narrowed(cost, near[name])
    slots, held = problem.slots, options.slot[answer].tolist()
    ids = [candidate.id for candidate in problem.candidates]
    assignments = {c: slots[s].id for c, s in zip(ids, held, strict=True) if s < options.real}
    if options.seats.seats:
        answer = options.find(assignments)  # who sits where is the same whichever way it was found
    proofs = certify(costs, names, answer, near)
    if on_progress is not None:
        on_progress(names[-1], len(names), len(names))
    return Solution(
        assignments=assignments,
        unplaced=[c for c, s in zip(ids, held, strict=True) if s >= options.real],
        levels=proofs,
        status=PROVEN if all(level.proven for level in proofs) else UNPROVEN,
        problem_sha256=problem.sha256,
    )


def fewest_without(problem: Problem) -> int | None:
    """How many go without in any best solution; None where nobody asks, since only `fairness` does."""
    if not Seats.of(problem, 0).seats:
        return None
    core = Core.whole(Options.of(problem))
    settled = core.settled[core.settled >= 0]
    alone = int(np.count_nonzero(core.options.slot[settled] == core.options.nowhere))
    if not len(core.start):
        return alone
    cost = Costs(core.options).of(PLACED, core.option)
    chosen, _ = choose(core, cost, core.start)
    return alone + int(np.count_nonzero(cost[chosen]))
