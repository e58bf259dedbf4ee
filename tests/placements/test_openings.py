"""What would help, held against solving again with the change made."""

import random

import pytest

from placements import matching
from placements.matching import Candidate, Pair, Problem, Slot
from placements.openings import Openings
from tests.placements.matching.instances import small_problems

NUMBER = 150


def placed(problem: Problem) -> int:
    return len(matching.solve(problem).assignments)


def changed(problem: Problem, *, slots=(), pairs=()) -> Problem:
    return Problem(
        problem.candidates,
        [*problem.slots, *slots],
        [*problem.each_pair(), *pairs],
        seed=problem.seed,
        policy=["placed", "lottery"],
    )


@pytest.mark.parametrize("seed", range(3))
def test_new_places_let_in_as_many_as_solving_again_says(seed):
    draw = random.Random(seed)
    gains = set()
    for problem in small_problems(seed + 100, NUMBER, candidates=7, slots=4):
        solution = matching.solve(problem)
        people = range(len(problem.candidates))
        groups = [[who for who in people if draw.random() < 0.4] for _ in range(draw.randint(1, 3))]
        pinned = {c.id for c in problem.candidates if c.pinned}
        again = changed(
            problem,
            slots=[Slot(f"new{n}", 1) for n in range(len(groups))],
            pairs=[
                Pair(problem.candidates[who].id, f"new{n}")
                for n, group in enumerate(groups)
                for who in group
                if problem.candidates[who].id not in pinned
            ],
        )
        gain = Openings(problem, solution).further(groups)
        assert gain == placed(again) - len(solution.assignments)
        gains.add(gain)
    assert {0, 1, 2} <= gains  # the walk sees more than one answer


@pytest.mark.parametrize("seed", range(3))
def test_a_rule_set_aside_for_one_student_helps_exactly_when_solving_again_says(seed):
    draw = random.Random(seed)
    answers = set()
    for problem in small_problems(seed + 200, NUMBER, candidates=6, slots=4):
        solution = matching.solve(problem)
        openings = Openings(problem, solution)
        for name in solution.unplaced:
            may = {pair.slot for pair in problem.each_pair() if pair.candidate == name}
            more = [s.id for s in problem.slots if s.id not in may and draw.random() < 0.6]
            again = changed(problem, pairs=[Pair(name, slot) for slot in more])
            says = openings.would_fit(problem.slot_index[slot] for slot in more)
            assert says == (placed(again) > len(solution.assignments))
            answers.add(says)
    assert answers == {True, False}


def test_one_place_moves_a_chain_of_students():
    """Cecilie has no place; the new one suits Anna only, whose place suits Berit, whose suits Cecilie."""
    problem = Problem(
        [Candidate("anna"), Candidate("berit"), Candidate("cecilie")],
        [Slot("a", 1), Slot("b", 1)],
        [Pair("anna", "a"), Pair("berit", "a"), Pair("berit", "b"), Pair("cecilie", "b")],
        seed="x",
        policy=["placed", "lottery"],
    )
    solution = matching.solve(problem)
    openings = Openings(problem, solution)
    at = problem.candidate_index
    assert openings.further([[at["anna"]]]) == 1
    assert openings.further([[at["anna"]], [at["berit"], at["cecilie"]]]) == 1
    assert openings.further([[]]) == 0
