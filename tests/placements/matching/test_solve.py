"""The answer is the best there is: against every other answer, on thousands of small problems."""

import dataclasses
import random

import pytest

from placements.matching import Candidate, Pair, Problem, Slot, Stopped, solve, verify

from .instances import Oracle, as_assignment, small_problems


@pytest.mark.parametrize("seed", range(6))
def test_best_at_every_level_and_the_only_one(seed: int) -> None:
    several = decided_late = 0
    for problem in small_problems(seed, 400):
        oracle = Oracle(problem)
        solution = solve(problem)
        ranked = oracle.ranked()
        values, best = ranked[0]
        assert [level.name for level in solution.levels] == oracle.names
        assert tuple(level.value for level in solution.levels) == values
        assert as_assignment(problem, solution.assignments) == best
        assert solution.unplaced == sorted(c for c, s in best.items() if s is None)
        assert solution.status == "proven"
        assert all(level.proven and level.bound == level.value for level in solution.levels)
        assert verify(problem, solution) == []
        several += len(ranked) > 1
        decided_late += len(ranked) > 1 and ranked[1][0][:-1] == values[:-1]
    # Something was at stake, and the lottery often had to decide it.
    assert several > 200
    assert decided_late > 20


def test_negative_control_the_oracle_notices_another_policy() -> None:
    """If the levels came in another order, the comparison above would fail."""
    noticed = 0
    for problem in small_problems(99, 300):
        wishes = dataclasses.replace(problem, policy=["placed", "wishes:squared", "lottery"])
        travel = dataclasses.replace(problem, policy=["placed", "travel", "lottery"])
        best = Oracle(wishes).ranked()[0][1]
        noticed += as_assignment(problem, solve(travel).assignments) != best
    assert noticed > 10


def test_priority_classes_come_first_and_cost_nobody_a_place() -> None:
    for problem in small_problems(7, 300):
        level = next(x for x in solve(problem).levels if x.name == "placed")
        equal = [dataclasses.replace(c, priority=0) for c in problem.candidates]
        flat = dataclasses.replace(problem, candidates=equal)
        assert level.value == solve(flat).levels[0].value


def test_moves_before_wishes_keeps_people_where_they_were() -> None:
    people = [Candidate("a", previous="y"), Candidate("b", previous="x")]
    slots = [Slot("x", 1), Slot("y", 1)]
    pairs = [Pair("a", "x", 1), Pair("a", "y", 2), Pair("b", "x", 2), Pair("b", "y", 1)]
    wishes = Problem(people, slots, pairs, policy=["placed", "wishes:squared", "moves", "lottery"])
    calm = Problem(people, slots, pairs, policy=["placed", "moves", "wishes:squared", "lottery"])
    assert solve(wishes).assignments == {"a": "x", "b": "y"}
    assert solve(calm).assignments == {"a": "y", "b": "x"}


def test_a_place_outside_the_list_is_one_past_its_end() -> None:
    people = [Candidate("a")]
    pairs = [Pair("a", "x", 3), Pair("a", "y", None)]
    problem = Problem(people, [Slot("x", 0), Slot("y", 1)], pairs)
    assert [x.value for x in solve(problem).levels if x.name == "wishes:squared"] == [16]


def test_nobody_and_nothing() -> None:
    for problem in (Problem([], []), Problem([Candidate("a")], []), Problem([], [Slot("s", 1)])):
        solution = solve(problem)
        assert solution.unplaced == [c.id for c in problem.candidates]
        assert verify(problem, solution) == []


def test_values_at_the_limits_of_the_format() -> None:
    """The largest ranks, times and capacities still give an exact, proven answer."""
    draw = random.Random(3)
    people = [Candidate(f"c{i:02}") for i in range(40)]
    slots = [Slot("big", 1_000_000), *(Slot(f"s{j}", 1) for j in range(10))]
    pairs = [
        Pair(c.id, s.id, draw.choice([1, 10_000]), draw.choice([0, 1_000_000]))
        for c in people
        for s in slots
    ]
    problem = Problem(people, slots, pairs)
    solution = solve(problem)
    assert solution.status == "proven"
    assert verify(problem, solution) == []


def test_progress_is_told_and_a_stop_is_heard() -> None:
    problem = next(small_problems(1, 1))
    told: list[tuple[str, int, int]] = []
    solution = solve(problem, on_progress=lambda *step: told.append(step))
    names = [level.name for level in solution.levels]
    assert told == [
        *((name, i, len(names)) for i, name in enumerate(names)),
        (names[-1], len(names), len(names)),
    ]
    heard = iter([False, True])
    with pytest.raises(Stopped):
        solve(problem, should_stop=lambda: next(heard))
    assert solve(problem, should_stop=lambda: False) == solution
