"""What must hold whatever the problem is; hypothesis looks for one where it does not."""

import dataclasses
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from placements.matching import Problem, solve, verify

from .instances import small_problem

problems = st.integers(0, 10**9).map(
    lambda seed: small_problem(random.Random(seed), candidates=7, slots=5)
)
checked = settings(max_examples=150, deadline=None)


def values(problem: Problem) -> list[int]:
    return [level.value for level in solve(problem).levels]


@given(problems, st.randoms(use_true_random=False))
@checked
def test_the_order_of_writing_says_nothing(problem: Problem, draw: random.Random) -> None:
    candidates, slots, pairs = (
        draw.sample(list(rows), len(list(rows)))
        for rows in (problem.candidates, problem.slots, list(problem.each_pair()))
    )
    shuffled = dataclasses.replace(problem, candidates=candidates, slots=slots, pairs=pairs)
    assert solve(shuffled).canonical() == solve(problem).canonical()


@given(problems)
@checked
def test_names_say_nothing_before_the_lottery(problem: Problem) -> None:
    """Renamed in reverse order: the same numbers at every level but the lots, which hash the names."""
    candidate = {c.id: f"x{999 - i}" for i, c in enumerate(problem.candidates)}
    slot = {s.id: f"y{999 - i}" for i, s in enumerate(problem.slots)}
    renamed = Problem(
        [
            dataclasses.replace(
                c,
                id=candidate[c.id],
                pinned=c.pinned and slot[c.pinned],
                previous=c.previous and slot[c.previous],
            )
            for c in problem.candidates
        ],
        [dataclasses.replace(s, id=slot[s.id]) for s in problem.slots],
        [
            dataclasses.replace(p, candidate=candidate[p.candidate], slot=slot[p.slot])
            for p in problem.each_pair()
        ],
        seed=problem.seed,
        policy=problem.policy,
    )
    assert values(renamed)[:-1] == values(problem)[:-1]


@given(problems, st.integers(0, 4))
@checked
def test_one_more_place_never_leaves_more_without(problem: Problem, which: int) -> None:
    if not problem.slots:
        return
    slots = list(problem.slots)
    at = which % len(slots)
    slots[at] = dataclasses.replace(slots[at], capacity=slots[at].capacity + 1)
    more = dataclasses.replace(problem, slots=slots)
    assert len(solve(more).unplaced) <= len(solve(problem).unplaced)


@given(problems)
@checked
def test_solved_again_from_its_own_answer_nobody_moves(problem: Problem) -> None:
    solution = solve(problem)
    again = dataclasses.replace(
        problem,
        candidates=[
            dataclasses.replace(c, previous=solution.assignments.get(c.id))
            for c in problem.candidates
        ],
        policy=["placed", *(n for n in problem.policy[1:-1] if n != "moves"), "moves", "lottery"],
    )
    if "moves" not in problem.policy:
        assert solve(again).assignments == solution.assignments


@given(problems)
@checked
def test_a_proven_answer_is_accepted_and_stays_the_same(problem: Problem) -> None:
    first, second = solve(problem), solve(Problem.from_json(problem.canonical()))
    assert first.canonical() == second.canonical()
    assert verify(problem, first) == []
    assert first.status == "proven"
