"""Solved in parts and merged is solved whole: student by student, price by price, byte by byte."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from benchmarks.instances import local_round
from placements.matching import Candidate, Pair, Problem, Slot, merge, parts, solve, verify

from .instances import small_problems
from .tied_instances import tied_problem


def beside(several: Sequence[Problem], *, alike: bool = False) -> Problem:
    """One problem of several; `alike`: schools of the same name are the same school."""

    def own(n: int, name: str | None, school: bool = False) -> str | None:
        return name if name is None or (school and alike) else f"{n}{name}"

    return Problem(
        [
            replace(
                c,
                id=f"{n}{c.id}",
                school=own(n, c.school or "X", school=True),
                pinned=own(n, c.pinned),
                previous=own(n, c.previous),
                person=own(n, c.person),
            )
            for n, one in enumerate(several)
            for c in one.candidates
        ],
        [replace(s, id=f"{n}{s.id}") for n, one in enumerate(several) for s in one.slots],
        [
            replace(pair, candidate=f"{n}{pair.candidate}", slot=f"{n}{pair.slot}")
            for n, one in enumerate(several)
            for pair in one.each_pair()
        ],
        seed=several[0].seed,
        policy=several[0].policy,
        quotas=[
            replace(
                quota,
                slots=tuple(f"{n}{slot}" for slot in quota.slots),
                school=own(n, quota.school, school=True),
            )
            for n, one in enumerate(several)
            for quota in one.quotas
        ],
        **{
            name: [
                tuple(f"{n}{each}" for each in two)
                for n, one in enumerate(several)
                for two in getattr(one, name)
            ]
            for name in ("together", "apart", "overlaps")
        },
    )


def several(seed: int, number: int, *, alike: bool = False) -> Iterator[Problem]:
    drawn = small_problems(seed, 4 * number, candidates=6)
    for four in zip(drawn, drawn, drawn, drawn, strict=True):
        yield beside(four, alike=alike)


@pytest.mark.parametrize("alike", [False, True])
def test_merged_is_what_solving_whole_gives(alike):
    split = fairness = 0
    for problem in several(7, 40, alike=alike):
        whole = solve(problem)
        pieces = parts(problem, 2)
        if not pieces:
            continue
        split += 1
        fairness += "fairness" in problem.policy
        merged = merge(problem, [solve(piece) for piece in pieces])
        assert verify(problem, merged) == []
        assert merged.canonical() == whole.canonical()
    assert split > (20 if not alike else 8)
    assert fairness > (6 if not alike else 0)


def test_everybody_and_every_place_with_a_pair_is_in_just_one_part():
    for problem in several(8, 60):
        pieces = parts(problem, 2)
        if not pieces:
            continue
        everybody = sorted(c.id for piece in pieces for c in piece.candidates)
        assert everybody == [c.id for c in problem.candidates]
        pairs = sorted((p.candidate, p.slot) for piece in pieces for p in piece.each_pair())
        assert pairs == sorted((p.candidate, p.slot) for p in problem.each_pair())
        assert all(len(piece.candidates) >= 2 for piece in pieces[:-1])


def test_rules_that_tie_across_the_parts_are_kept_in_the_end():
    """Together, apart, quotas: left out of the parts, and seen to when they are merged."""
    draw, tied = random.Random(3), 0
    for _ in range(10):
        problem = beside([tied_problem(draw), tied_problem(draw)])
        pieces = parts(problem, 1)
        if not pieces or not problem.rules:
            continue
        try:
            whole = solve(problem)
        except Exception as error:
            with pytest.raises(type(error)):
                merge(problem, [solve(piece) for piece in pieces])
            continue
        tied += 1
        assert not any(piece.rules for piece in pieces)
        merged = merge(problem, [solve(piece) for piece in pieces])
        assert verify(problem, merged) == []
        assert merged.canonical() == whole.canonical()
    assert tied > 1


def two_valleys(*, schools: tuple[str, str], policy: Sequence[str]) -> Problem:
    """Two students for one place in each of two valleys."""
    return Problem(
        [Candidate(f"{v}{i}", school=schools[v == "b"]) for v in "ab" for i in (1, 2)],
        [Slot(f"s{v}", 1) for v in "ab"],
        [Pair(f"{v}{i}", f"s{v}", rank=1) for v in "ab" for i in (1, 2)],
        policy=policy,
    )


def test_a_school_in_both_parts_keeps_them_together_where_fairness_counts():
    fair, plain = ("placed", "fairness", "lottery"), ("placed", "lottery")
    assert len(parts(two_valleys(schools=("A", "B"), policy=fair), 2)) == 2
    assert len(parts(two_valleys(schools=("A", "A"), policy=plain), 2)) == 2
    # One school alone has nobody to be fair to.
    assert len(parts(two_valleys(schools=("A", "A"), policy=fair), 2)) == 2
    across = two_valleys(schools=("A", "B"), policy=fair)
    mixed = [replace(c, school="AB"[c.id[1] == "1"]) for c in across.candidates]
    assert parts(replace(across, candidates=mixed), 2) == []


def test_stable_and_small_rounds_are_solved_whole():
    assert parts(two_valleys(schools=("A", "B"), policy=("stable", "lottery")), 1) == []
    assert parts(two_valleys(schools=("A", "B"), policy=("placed", "lottery")), 3) == []
    assert parts(Problem([], [], []), 1) == []


def test_control_an_answer_to_a_part_that_is_not_the_best_is_found_out_in_the_whole():
    problem = two_valleys(schools=("A", "B"), policy=("placed", "lottery"))
    answers = [solve(piece) for piece in parts(problem, 2)]
    name, slot = next(iter(answers[0].assignments.items()))
    [other] = answers[0].unplaced
    swapped = replace(answers[0], assignments={other: slot}, unplaced=[name])
    merged = merge(problem, [swapped, answers[1]])
    assert merged.status == "unproven"
    assert not merged.levels[-1].proven
    assert verify(problem, merged) == []  # it claims no more than is so


@pytest.mark.nightly
def test_two_large_parts_by_the_auction_are_the_same_bytes():
    one, other = local_round(2_000, seed=1, schools=5), local_round(2_500, seed=2, schools=5)
    problem = beside([one, replace(other, policy=one.policy)])
    pieces = parts(problem, 1_000)
    assert len(pieces) >= 2
    merged = merge(problem, [solve(piece) for piece in pieces])
    assert merged.canonical() == solve(problem).canonical()
