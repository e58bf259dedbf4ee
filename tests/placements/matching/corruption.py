"""Solutions that are wrong in one way each, and the ways: what a verifier must never accept."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator

from placements.matching import Level, Problem, Solution


def corrupted(problem: Problem, solution: Solution, draw: random.Random) -> Solution:
    """One wrong thing, drawn among those that can be wrong here. The best answer is the only one, so
    that any other assignment contradicts the levels' values or their proofs."""
    ways = [
        lambda: dataclasses.replace(solution, problem_sha256="0" * 64),
        lambda: dataclasses.replace(solution, status="unproven"),
        lambda: dataclasses.replace(solution, levels=solution.levels[:-1]),
        lambda: dataclasses.replace(solution, levels=[*solution.levels, solution.levels[-1]]),
        lambda: _level(solution, draw, value=1),
        lambda: _level(solution, draw, value=-1),
        lambda: _level(solution, draw, bound=1),
        lambda: _level(solution, draw, bound=-1),
        lambda: _level(solution, draw, proven=False),
        lambda: dataclasses.replace(solution, unplaced=[*solution.unplaced, "nobody"]),
    ]
    if problem.candidates:
        ways += [lambda: _elsewhere(problem, solution, draw)] * 6
        ways.append(lambda: _forgotten(solution))
    if len(solution.assignments) > 1:
        ways.append(lambda: dataclasses.replace(solution, assignments=_reversed(solution)))
    return draw.choice(ways)()


def _level(
    solution: Solution, draw: random.Random, *, value: int = 0, bound: int = 0, proven: bool = True
) -> Solution:
    levels = list(solution.levels)
    at = draw.randrange(len(levels))
    was = levels[at]
    levels[at] = Level(
        was.name, was.value + value, (was.bound or 0) + bound, proven, dict(was.prices)
    )
    return dataclasses.replace(solution, levels=levels)


def _elsewhere(problem: Problem, solution: Solution, draw: random.Random) -> Solution:
    """Somebody at another slot, or without, or with a place after all; the claims stay."""
    who = draw.choice(problem.candidates).id
    now = solution.assignments.get(who)
    where = draw.choice([None, *(s.id for s in problem.slots)])
    if where == now:
        return _forgotten(solution)
    assignments = {**solution.assignments, who: where}
    return dataclasses.replace(
        solution,
        assignments={c: s for c, s in sorted(assignments.items()) if s is not None},
        unplaced=sorted((set(solution.unplaced) - {who}) | ({who} if where is None else set())),
    )


def _forgotten(solution: Solution) -> Solution:
    if solution.unplaced:
        return dataclasses.replace(solution, unplaced=solution.unplaced[1:])
    _first, *rest = sorted(solution.assignments.items())
    return dataclasses.replace(solution, assignments=dict(rest))


def _reversed(solution: Solution) -> dict[str, str]:
    return dict(reversed(solution.assignments.items()))


def repriced(solution: Solution, draw: random.Random) -> Iterator[Solution]:
    """Each level's prices a little otherwise; whether that still proves the level is the question."""
    for at, level in enumerate(solution.levels):
        for slot, price in level.prices.items():
            levels = list(solution.levels)
            prices = {**level.prices, slot: price + draw.choice([-2, -1, 1, 2, 2**40, 2**61])}
            levels[at] = dataclasses.replace(level, prices=prices)
            yield dataclasses.replace(solution, levels=levels)
