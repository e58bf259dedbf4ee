"""Is the verifier tested well enough? Each of its comparisons, operators and numbers is changed in
turn, and some solution must then be judged otherwise than before."""

from __future__ import annotations

import ast
import copy
import dataclasses
import random
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from placements.matching import (
    Candidate,
    Pair,
    Problem,
    Quota,
    Slot,
    Solution,
    bounded,
    search,
    solve,
    verify,
)
from placements.matching.solver import without_rules

from .corruption import corrupted, repriced
from .instances import Oracle, legal_assignments, small_problems
from .stable_instances import Orders, contested_problems, stable_problems
from .stable_instances import as_solution as claimed
from .test_verify import CORRUPTED, PROBLEM, SOLUTION, as_solution
from .tied_instances import tied_problems

VERIFY, DEFINITIONS, STABILITY, KEEPING, ALLOWANCES = (
    sys.modules[f"placements.matching.{name}"]
    for name in ("verify", "definitions", "stability", "keeping", "allowances")
)
Case = tuple[Problem, Solution]
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
# Changes that no input can tell from the original, each with the reason.
EQUIVALENT = {
    # Any number below 0 says "not drawn yet", and a weight of 0 may be drawn again.
    "1 -> 2 in self.weight = np.full(len(rows.slot), -1, dtype=np.int64)  # drawn when first asked for",
    "Lt -> LtE in new = those.only((self.weight[those.number] < 0) & (those.slot >= 0))",
    "0 -> 1 in new = those.only((self.weight[those.number] < 0) & (those.slot >= 0))",
    # A seat more than anybody needs is the dearest, and stays empty.
    "1 -> 2 in self.count = [min(school, without + 1) for school in members]",
    # Before everybody, after everybody, after her last wish: by how much says nothing.
    "1 -> 2 in return np.where(load < capacity, len(problem.columns), -1).astype(np.int64)",
    "1 -> 2 in wish = np.where(wish == 0, longest[self.candidate] + 1, wish)",
    "50 -> 51 in UNNAMED = 2**50  # after every number that a workplace can have given",
    # The order of the lots is the same, but where two differ in the 31st bit only: one in 2**30.
    '4 -> 5 in return np.frombuffer(b"".join(drawn), dtype=">u4").astype(np.int64) // 4',
    'FloorDiv -> Mult in return np.frombuffer(b"".join(drawn), dtype=">u4").astype(np.int64) // 4',
    # One more column that nobody is at; and a price of 0 is never paid back.
    "1 -> 2 in self.slots = np.zeros((len(self.quotas), len(problem.slots) + 1), dtype=np.bool_)",
    "Gt -> GtE in return (quota.at_most or 0) if price > 0 else quota.at_least",
    # What may not be paid is not 0.
    '0 -> 1 in sign = "negative" if value < 0 else "positive"',
    'Lt -> LtE in sign = "negative" if value < 0 else "positive"',
    # Nobody would rather be where she is.
    "Lt -> LtE in worse_there = market.standing < market.last[market.slot]",
}


def test_a_thousand_legal_solutions_hold_and_a_thousand_corrupted_do_not() -> None:
    draw, legal, wrong = random.Random(8), 0, 0
    for problem in small_problems(61, 1000):
        solution = solve(problem)
        assert verify(problem, solution) == []
        legal += 1
        forged = corrupted(problem, solution, draw)
        assert (forged, list(forged.assignments)) != (solution, list(solution.assignments))
        assert verify(problem, forged), forged
        wrong += 1
    assert (legal, wrong) == (1000, 1000)


def cases() -> list[Case]:
    """Right and wrong ones, honest ones that are not best, and proofs with other prices."""
    found: list[Case] = [
        (PROBLEM, SOLUTION),
        *((PROBLEM, make()) for make, _ in CORRUPTED.values()),
    ]
    draw = random.Random(3)
    for problem in small_problems(62, 80):
        solution = solve(problem)
        found += [(problem, solution), (problem, corrupted(problem, solution, draw))]
        found += [(problem, other) for other in repriced(solution, draw)]
        ranked = Oracle(problem).ranked()
        honest = as_solution(problem, draw.choice(ranked)[1])
        found.append((problem, honest))
        levels = [dataclasses.replace(x, bound=x.value, proven=True) for x in honest.levels]
        found.append((problem, dataclasses.replace(honest, levels=levels, status="proven")))
        found += [(problem, other) for other in claims_too_much(honest)]
    tied = list(tied_cases(120, answers=2))
    return [*found, *stable_cases(), *tied, *searched_otherwise(tied), *floor()]


def tied_cases(number: int, *, answers: int) -> Iterator[Case]:
    """With rules that tie candidates: the best, what the flow would do, any others, other prices."""
    draw = random.Random(5)
    for problem in (ceiling(), *tied_problems(63, number)):
        flow = without_rules(problem)
        yield problem, flow
        lines = list(search.search(problem, flow, 60)) if problem.candidates else []
        if bounded.keeps(problem, flow) or not lines or "conflict" in lines[-1]:
            continue
        solution = bounded.assembled(problem, [level.name for level in flow.levels], lines)
        yield problem, solution
        every = list(legal_assignments(problem))
        for answer in draw.sample(every, min(answers, len(every))):
            yield problem, as_solution(problem, answer)
        for other in repriced(solution, draw):
            yield problem, other


def ceiling() -> Problem:
    """A school may have one of two places, and that is what keeps the second of its students out."""
    return Problem(
        [Candidate(name, school="A") for name in ("c1", "c2")],
        [Slot("s1", 2)],
        [Pair(name, "s1", rank=1) for name in ("c1", "c2")],
        quotas=[Quota(school="A", slots=("s1",), at_most=1)],
    )


def floor() -> Iterator[Case]:
    """A quota that allows any number: nothing may be charged for it, and nothing is no charge."""
    problem = Problem(
        [Candidate("c1", school="A")],
        [Slot("s1", 1)],
        [Pair("c1", "s1", rank=1)],
        quotas=[Quota(school="A", slots=("s1",), at_least=1)],
    )
    solution = solve(problem)
    for price in (0, 1):
        levels = list(solution.levels)
        levels[0] = dataclasses.replace(levels[0], prices={"quota:0": price})
        yield problem, dataclasses.replace(solution, levels=levels)


def searched_otherwise(tied: list[Case]) -> Iterator[Case]:
    """Other claims of how far was searched, and of what that makes of the whole."""
    for problem, solution in [case for case in tied if case[1].status == "searched"][:6]:
        for at, level in enumerate(solution.levels):
            for searched in (None, -1, 0, level.value - 1, level.value, level.value + 1):
                levels = list(solution.levels)
                levels[at] = dataclasses.replace(level, searched=searched)
                for status in ("proven", "searched", "unproven"):
                    yield problem, dataclasses.replace(solution, levels=levels, status=status)


def stable_cases() -> Iterator[Case]:
    """With the policy `stable`: the right one, others that are stable, any others, and other claims."""
    draw = random.Random(4)
    problems = (*contested_problems(8, 40), *stable_problems(9, 60, candidates=4, slots=3))
    for problem in problems:
        orders, solution = Orders(problem), solve(problem)
        yield problem, solution
        every = list(legal_assignments(problem))
        stable = [answer for answer in every if orders.is_stable(answer)]
        for answer in (*stable, *draw.sample(every, min(8, len(every)))):
            yield problem, claimed(problem, answer)
        for other in (*repriced(solution, draw), *claims_too_much(solution)):
            yield problem, other
        yield problem, corrupted(problem, solution, draw)


def claims_too_much(honest: Solution) -> Iterator[Solution]:
    """After a level without proof nothing may be claimed; and a price needs a bound it is for."""
    for at, level in enumerate(honest.levels):
        if level.bound is not None:
            levels = list(honest.levels)
            levels[at] = dataclasses.replace(level, prices={**level.prices, "s0": 0})
            yield dataclasses.replace(honest, levels=levels)
            continue
        for bound in range(min(level.value, 12) + 1):
            levels = list(honest.levels)
            levels[at] = dataclasses.replace(level, bound=bound, proven=bound == level.value)
            yield dataclasses.replace(honest, levels=levels)
        levels = list(honest.levels)
        levels[at] = dataclasses.replace(level, prices={"s0": 1})
        yield dataclasses.replace(honest, levels=levels)


def mutants(
    *modules: types.ModuleType,
) -> Iterator[tuple[str, Callable[[Problem, Solution], list[str]]]]:
    """The verifier with one thing changed, and what."""
    for module in modules:
        lines = Path(module.__file__ or "").read_text().splitlines()
        tree = ast.parse("\n".join(lines))
        for number, node in enumerate(ast.walk(tree)):
            for change in changes(node):
                mutant = copy.deepcopy(tree)
                target = next(n for i, n in enumerate(ast.walk(mutant)) if i == number)
                said = change(target)
                where = lines[getattr(node, "lineno", 1) - 1].strip()
                yield f"{said} in {where}", load(module, ast.fix_missing_locations(mutant))


def changes(node: ast.AST) -> list[Callable[[ast.AST], str]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        return [lambda n: _swap(n.ops, 0)]  # type: ignore[attr-defined]
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.right, ast.Constant)
        and not node.right.value
    ):
        return []  # a type, like `int | None`
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        return [_swap_op]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [_drop_not]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return [_one_more]
    return []


def _swap(ops: list[ast.AST], at: int) -> str:
    was = type(ops[at])
    ops[at] = SWAPS[was]()
    return f"{was.__name__} -> {SWAPS[was].__name__}"


def _swap_op(node: ast.AST) -> str:
    was = type(node.op)  # type: ignore[attr-defined]
    node.op = SWAPS[was]()  # type: ignore[attr-defined]
    return f"{was.__name__} -> {SWAPS[was].__name__}"


def _drop_not(node: ast.AST) -> str:
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)  # type: ignore[attr-defined]
    return "Not -> nothing"


def _one_more(node: ast.AST) -> str:
    node.value += 1  # type: ignore[attr-defined]
    return f"{node.value - 1} -> {node.value}"  # type: ignore[attr-defined]


def load(module: types.ModuleType, tree: ast.Module) -> Callable[[Problem, Solution], list[str]]:
    """`verify`, with the changed module in the place of the real one."""
    changed = _run(tree)
    if module is VERIFY:
        return changed["verify"]
    whole = _run(ast.parse(Path(VERIFY.__file__ or "").read_text()))
    if module in (STABILITY, KEEPING):
        name = (module.__name__ or "").rpartition(".")[2]
        whole[name] = types.SimpleNamespace(**changed)
        return whole["verify"]
    if module is ALLOWANCES:
        quotas = changed["Quotas"]
        changed = _run(ast.parse(Path(DEFINITIONS.__file__ or "").read_text()))
        changed["Quotas"] = quotas
    whole.update({name: changed[name] for name in ("Choices", "level_names")})
    return whole["verify"]


def _run(tree: ast.Module) -> dict[str, Any]:
    module = types.ModuleType("placements.matching._mutant")
    module.__package__ = "placements.matching"
    exec(compile(tree, "mutant", "exec"), module.__dict__)
    return module.__dict__


def judge(check: Callable[[Problem, Solution], list[str]], case: Case) -> list[str] | str:
    try:
        return check(*case)
    except Exception as error:
        return type(error).__name__


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("modules", "make", "least"),
    [
        pytest.param(
            (VERIFY, DEFINITIONS, STABILITY),
            cases,
            80,
            id="levels and proofs",
            marks=pytest.mark.nightly,  # two minutes and a half, on one core
        ),
        pytest.param(
            (KEEPING, ALLOWANCES),
            lambda: list(tied_cases(150, answers=20)),
            40,
            id="rules and quotas",
        ),
    ],
)
def test_every_change_of_the_verifier_is_noticed(
    modules: tuple[types.ModuleType, ...], make: Callable[[], list[Case]], least: int
) -> None:
    tried = make()
    verdicts = [judge(verify, case) for case in tried]
    assert sum(bool(verdict) for verdict in verdicts) > 200
    assert verdicts.count([]) > 100
    survivors, number = set(), 0
    for said, check in mutants(*modules):
        number += 1
        if all(judge(check, c) == v for c, v in zip(tried, verdicts, strict=True)):
            survivors.add(said)
    assert number > least
    assert not survivors - EQUIVALENT, "\n".join(sorted(survivors - EQUIVALENT))


def test_what_is_called_equivalent_still_stands_in_the_verifier() -> None:
    """An entry whose line was rewritten since excuses nothing, and may come to excuse something else."""
    files = [
        Path(module.__file__ or "")
        for module in (VERIFY, DEFINITIONS, STABILITY, KEEPING, ALLOWANCES)
    ]
    lines = {line.strip() for file in files for line in file.read_text().splitlines()}
    gone = [said for said in EQUIVALENT if said.partition(" in ")[2] not in lines]
    assert not gone
