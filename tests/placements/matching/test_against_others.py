"""Larger rounds, against libraries that know nothing of ours."""

import dataclasses
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from benchmarks.instances import local_round
from placements.matching import Problem, lottery_weight, solve, verify


def _dense_optimum(
    problem: Problem, cost: Callable[[int], float], unplaced: float
) -> dict[str, str]:
    """SciPy's assignment over single places; a column for each candidate to go without."""
    columns, everybody = problem.columns, len(problem.candidates)
    place_of = np.repeat(np.arange(len(problem.slots)), [s.capacity for s in problem.slots])
    matrix = np.full((everybody, len(place_of) + everybody), unplaced)
    matrix[:, : len(place_of)] = 2.0**52
    first = np.searchsorted(place_of, np.arange(len(problem.slots) + 1))
    for i, (c, s) in enumerate(zip(columns.candidate, columns.slot, strict=True)):
        matrix[c, first[s] : first[s + 1]] = cost(i)
    rows, chosen = linear_sum_assignment(matrix)
    return {
        problem.candidates[r].id: problem.slots[place_of[k]].id
        for r, k in zip(rows.tolist(), chosen.tolist(), strict=True)
        if k < len(place_of)
    }


@pytest.mark.parametrize("seed", range(3))
def test_scipy_finds_the_same_lottery_student_by_student(seed: int) -> None:
    problem = dataclasses.replace(local_round(300, seed=seed), policy=["placed", "lottery"])
    pairs = list(problem.each_pair())

    def weight(i: int) -> float:
        return float(lottery_weight(problem.seed, pairs[i].candidate, pairs[i].slot))

    solution = solve(problem)
    assert solution.assignments == _dense_optimum(problem, weight, 2.0**40)
    other = dataclasses.replace(problem, seed="another")  # negative control: the seed decides
    assert solve(other).assignments != solution.assignments


@pytest.mark.parametrize("seed", range(3))
def test_scipy_finds_the_same_values(seed: int) -> None:
    """Placed, then squared ranks, then minutes, as one weighted sum that a float holds exactly."""
    problem = local_round(400, seed=seed)
    rank, travel = problem.columns.rank, problem.columns.travel
    past_end = np.zeros(400, dtype=np.int64)
    np.maximum.at(past_end, problem.columns.candidate, rank + 1)
    squared = np.where(rank > 0, rank, past_end[problem.columns.candidate]) ** 2

    found = _dense_optimum(
        problem, lambda i: float(squared[i] * 2**20 + travel[i]), unplaced=2.0**40
    )
    at = {
        (problem.candidates[c].id, problem.slots[s].id): i
        for i, (c, s) in enumerate(
            zip(problem.columns.candidate, problem.columns.slot, strict=True)
        )
    }
    chosen = [at[pair] for pair in found.items()]
    values = {level.name: level.value for level in solve(problem).levels}
    assert values["placed"] == 400 - len(found)
    assert values["wishes:squared"] == squared[chosen].sum()
    assert values["travel"] == travel[chosen].sum()


def test_scipy_places_as_many_of_five_thousand() -> None:
    problem = local_round(5_000)
    capacity = [slot.capacity for slot in problem.slots]
    first = np.concatenate([[0], np.cumsum(capacity)])
    rows, places = [], []
    for c, s in zip(problem.columns.candidate.tolist(), problem.columns.slot.tolist(), strict=True):
        rows += [c] * capacity[s]
        places += range(first[s], first[s + 1])
    graph = csr_array((np.ones(len(rows)), (rows, places)), shape=(5_000, int(first[-1])))
    most = int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())
    solution = solve(problem)
    assert len(solution.assignments) == most
    assert verify(problem, solution) == []


def test_stable_matching_never_places_more() -> None:
    """`matching` solves another problem; what it finds is a legal answer that ours must beat."""
    from matching.games import HospitalResident

    problem = local_round(250, seed=5)
    residents: dict[str, list[tuple[int, str]]] = {}
    hospitals: dict[str, list[tuple[int, str]]] = {}
    for pair in problem.each_pair():
        residents.setdefault(pair.candidate, []).append((pair.rank or 99, pair.slot))
        order = lottery_weight("order", pair.candidate, pair.slot)
        hospitals.setdefault(pair.slot, []).append((order, pair.candidate))
    capacity = {slot.id: slot.capacity for slot in problem.slots if slot.id in hospitals}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(
            {name: [slot for _, slot in sorted(wishes)] for name, wishes in residents.items()},
            {name: [c for _, c in sorted(wishes)] for name, wishes in hospitals.items()},
            capacity,
        )
        stable = game.solve(optimal="resident")
    placed = sum(len(people) for people in stable.values())
    assert 200 < placed < len(solve(problem).assignments)
