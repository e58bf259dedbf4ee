"""The verifier accepts what is right and rejects every kind of wrong."""

from __future__ import annotations

import dataclasses
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from placements.matching import Candidate, Level, Pair, Problem, Slot, Solution, solve, verify
from placements.matching.certificate import certify
from placements.matching.options import Options

from .instances import Oracle, small_problems

# Two want x most; one place at x, one at y. c is pinned to z. d may only have x.
PROBLEM = Problem(
    [Candidate("a", previous="y"), Candidate("b"), Candidate("c", pinned="z"), Candidate("d")],
    [Slot("x", 1), Slot("y", 1), Slot("z", 2)],
    [
        Pair("a", "x", 1, 10),
        Pair("a", "y", 2, 5),
        Pair("b", "x", 1, 20),
        Pair("b", "y", 3, 5),
        Pair("c", "z", None, 7),
        Pair("d", "x", 1, 30),
    ],
    seed="7",
)
SOLUTION = solve(PROBLEM)


def changed(**fields: Any) -> Solution:
    return dataclasses.replace(SOLUTION, **fields)


def level(name: str, **fields: Any) -> Solution:
    levels = [dataclasses.replace(x, **fields) if x.name == name else x for x in SOLUTION.levels]
    return changed(levels=levels)


def placed(**assignments: str | None) -> Solution:
    """The solution with some people elsewhere, lists in order but levels as they were."""
    where = {**SOLUTION.assignments, **assignments}
    return changed(
        assignments={c: s for c, s in sorted(where.items()) if s is not None},
        unplaced=sorted({c.id for c in PROBLEM.candidates} - {c for c, s in where.items() if s}),
    )


def test_the_right_solution_holds() -> None:
    assert SOLUTION.assignments["c"] == "z"
    assert len(SOLUTION.unplaced) == 1
    assert SOLUTION.levels[0].prices == {"x": 1, "y": 1}
    assert SOLUTION.status == "proven"
    assert verify(PROBLEM, SOLUTION) == []


CORRUPTED: dict[str, tuple[Callable[[], Solution], str]] = {
    "hash": (lambda: changed(problem_sha256="0" * 64), "problem_sha256"),
    "overfull": (lambda: placed(a="x", b="x", d="x"), "more than its capacity"),
    "ineligible": (lambda: placed(d="y", a=None), "may not be at"),
    "pin broken": (lambda: placed(c=None), "is pinned to"),
    "unknown slot": (lambda: placed(c="nowhere"), "not a slot"),
    "unknown candidate": (lambda: placed(e="z"), "not a candidate"),
    "left out": (lambda: changed(unplaced=[]), "neither placed nor unplaced"),
    "both placed and not": (
        lambda: changed(unplaced=sorted([*SOLUTION.unplaced, "c"])),
        "listed 2 times",
    ),
    "unplaced twice": (lambda: changed(unplaced=SOLUTION.unplaced * 2), "listed 2 times"),
    "wrong order": (
        lambda: changed(assignments=dict(reversed(SOLUTION.assignments.items()))),
        "not in order",
    ),
    "value": (lambda: level("travel", value=1), "has the value"),
    "value and bound": (lambda: level("travel", value=1, bound=1), "has the value"),
    "bound": (lambda: level("placed", bound=0), "prove the bound"),
    "price": (lambda: level("placed", prices={"x": 5}), "prove the bound"),
    "no price": (lambda: level("placed", prices={}), "prove the bound"),
    "price of no slot": (lambda: level("placed", prices={"q": 1}), "not a slot"),
    "negative price": (lambda: level("placed", prices={"z": -1}), "may not be negative"),
    "huge price": (lambda: level("placed", prices={"x": 2**70}), "out of range"),
    "not proven after all": (lambda: level("travel", proven=False), "has proven = False"),
    "no bound": (lambda: level("travel", bound=None), "without a bound"),
    "status": (lambda: changed(status="unproven"), 'The status is "unproven"'),
    "level missing": (lambda: changed(levels=SOLUTION.levels[:-1]), "the policy asks for"),
    "levels swapped": (lambda: changed(levels=SOLUTION.levels[::-1]), "the policy asks for"),
}


@pytest.mark.parametrize("kind", CORRUPTED)
def test_corrupted_is_rejected(kind: str) -> None:
    corrupted, sentence = CORRUPTED[kind]
    found = verify(PROBLEM, corrupted())
    assert any(sentence in line for line in found), found
    assert all(line.endswith(".") for line in found)


def test_another_seed_is_another_problem() -> None:
    assert verify(dataclasses.replace(PROBLEM, seed="8"), SOLUTION)


def as_solution(problem: Problem, assignment: dict[str, str | None]) -> Solution:
    """Any legal assignment with an honest certificate: what it proves is claimed, and no more."""
    where = {c: s for c, s in assignment.items() if s is not None}
    options = Options.of(problem)
    levels = certify(options, Oracle(problem).names, options.find(where))
    return Solution(
        assignments=where,
        unplaced=[c for c, s in assignment.items() if s is None],
        levels=levels,
        status="proven" if all(x.proven for x in levels) else "unproven",
        problem_sha256=problem.sha256,
    )


def test_honest_about_what_is_not_best() -> None:
    """A legal but worse answer verifies as unproven from the level where it is worse, with a gap;
    claimed as proven it is rejected."""
    draw, seen = random.Random(4), 0
    for problem in small_problems(11, 400):
        oracle = Oracle(problem)
        ranked = oracle.ranked()
        values, assignment = draw.choice(ranked)
        solution = as_solution(problem, assignment)
        assert verify(problem, solution) == []
        best = ranked[0][0]
        for name, mine, least, claimed in zip(
            oracle.names, values, best, solution.levels, strict=True
        ):
            assert claimed.value == mine, name
            assert claimed.proven == (mine == least)
            if mine != least:
                assert claimed.bound is not None
                assert claimed.bound <= least
                break
        if values != best:
            seen += 1
            boast = [dataclasses.replace(x, bound=x.value, proven=True) for x in solution.levels]
            assert verify(problem, dataclasses.replace(solution, levels=boast, status="proven"))
    assert seen > 100


def test_random_prices_never_prove_a_worse_answer() -> None:
    """Whatever the prices, a bound above the best value would be a hole in the verifier."""
    draw, tried = random.Random(5), 0
    for problem in small_problems(12, 150):
        ranked = Oracle(problem).ranked()
        worse = [each for each in ranked if each[0] != ranked[0][0]]
        if not worse:
            continue
        solution = as_solution(problem, draw.choice(worse)[1])
        for _ in range(20):
            levels = [
                Level(
                    x.name,
                    x.value,
                    x.value,
                    proven=True,
                    prices={
                        s.id: draw.randint(-3, 9) for s in problem.slots if draw.random() < 0.6
                    },
                )
                for x in solution.levels
            ]
            forged = dataclasses.replace(solution, levels=levels, status="proven")
            assert verify(problem, forged)
            tried += 1
    assert tried > 500


def test_a_negative_price_needs_a_slot_that_must_be_full() -> None:
    """Paying for room that nobody has to use would "prove" the second wish as good as the first."""
    pairs = [Pair("a", "x", 1), Pair("a", "y", 2)]
    problem = Problem(
        [Candidate("a")],
        [Slot("x", 4), Slot("y", 1)],
        pairs,
        policy=["placed", "wishes:squared", "lottery"],
    )
    honest = as_solution(problem, {"a": "y"})
    assert [x.proven for x in honest.levels] == [True, False, False]
    forged = [
        honest.levels[0],
        Level("wishes:squared", value=4, bound=4, proven=True, prices={"x": -1}),
        honest.levels[2],
    ]
    found = verify(problem, dataclasses.replace(honest, levels=forged))
    assert 'The price of "x" at the level wishes:squared may not be negative.' in found


def test_verifying_loads_no_solver() -> None:
    script = (
        "import sys\n"
        "from placements.matching import Problem, solve, verify\n"
        "from placements.matching.solution import Solution\n"
        "problem = Problem([], [])\n"
        "verify(problem, Solution({}, [], [], 'proven', problem.sha256))\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'ortools']\n"
        "from placements.matching.flow import choose\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("verify", {"definitions", "problem", "solution"}),
        ("definitions", {"allowances", "problem"}),
        ("digests", set()),  # SHA-256, as `hashlib` has it
        ("roster", set()),
        ("allowances", {"problem"}),
        ("keeping", {"definitions", "problem"}),
    ],
)
def test_the_verifier_imports_nothing_of_the_solver(name: str, own: set[str]) -> None:
    source = Path(sys.modules[f"placements.matching.{name}"].__file__ or "").read_text()
    assert set(re.findall(r"^from \.(\w+) import", source, re.M)) == own
