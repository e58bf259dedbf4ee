"""Solve a problem: one level at a time, each as good as can be without giving up any before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress

from . import bounded, components, fairness, stable
from .certificate import Claim, settle
from .certificate import levels as certificate
from .core import Core
from .costs import Costs
from .errors import Stopped
from .flow import choose, fairest
from .options import Options
from .policies import FAIRNESS, STABLE, levels
from .problem import Problem
from .solution import PROVEN, UNPROVEN, Solution

Progress = Callable[[str, int, int], None]


def solve(
    problem: Problem,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    seconds: float = bounded.SECONDS,
) -> Solution:
    """The only best solution of `problem`, with its proof.

    `on_progress(level, done, total)` is called before each level and once at the end. If
    `should_stop()` says yes between two levels, `Stopped` is raised.

    Where rules tie candidates to each other and the best without them does not keep them, the best
    with them is searched for in a process of its own, for some `seconds` at most.
    """
    if STABLE in problem.policy:
        return stable.solve(problem, on_progress, should_stop)
    found = without_rules(problem, on_progress=on_progress, should_stop=should_stop)
    return _with_rules(problem, found, on_progress, should_stop, seconds)


def merge(
    problem: Problem,
    answers: Sequence[Solution],
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    seconds: float = bounded.SECONDS,
) -> Solution:
    """What `solve` gives, from what it gives for each of the problem's `components.parts`."""
    found = components.merged(problem, answers)
    return _with_rules(problem, found, on_progress, should_stop, seconds)


def _with_rules(
    problem: Problem,
    found: Solution,
    on_progress: Progress | None,
    should_stop: Callable[[], bool] | None,
    seconds: float,
) -> Solution:
    if bounded.keeps(problem, found):
        return found
    return bounded.solve(
        problem, found, on_progress=on_progress, should_stop=should_stop, seconds=seconds
    )


def without_rules(
    problem: Problem,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """The best where nothing ties candidates to each other but the room there is."""
    options = Options.of(problem)
    costs = Costs(options)
    worst = int(problem.columns.rank.max(initial=0)) + 1
    names = levels(problem.policy, problem.roster.priority.tolist(), worst)
    core, claims = Core.whole(options), list[Claim]()
    answer = core.settled.copy()
    for done, name in enumerate(names):
        if should_stop is not None and should_stop():
            raise Stopped(f"Stopped before the level {name}.")
        if on_progress is not None:
            on_progress(name, done, len(names))
        if name == FAIRNESS and len(options.seats):
            answer[core.candidate] = fairest(core, answer)
            core, answer, least, named = fairness.settle(core, answer)
            claims.append(Claim(name, least, named))
            costs = Costs(core.options)
            continue
        cost = costs.of(name, core.option)
        price = None
        if core.varies(cost):
            chosen, price = choose(core, cost, core.positions(answer))
            answer[core.candidate] = core.option[chosen]
        claim, core = settle(core, costs, name, cost, price)
        claims.append(claim)
    proofs = certificate(names, claims, costs, answer)
    if on_progress is not None:
        on_progress(names[-1], len(names), len(names))
    at = options.slot[answer]
    placed = at < options.real
    where = map(list(problem.slot_index).__getitem__, at[placed].tolist())
    return Solution(
        assignments=dict(zip(compress(problem.candidate_index, placed), where, strict=True)),
        unplaced=list(compress(problem.candidate_index, ~placed)),
        levels=proofs,
        status=PROVEN if all(level.proven for level in proofs) else UNPROVEN,
        problem_sha256=problem.sha256,
    )
