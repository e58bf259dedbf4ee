"""The auction and OR-tools must give the same bytes: answers, prices and all."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances import local_round
from placements.matching import flow, market, solve, verify
from placements.matching.core import Core
from placements.matching.costs import Costs
from placements.matching.options import Options
from placements.matching.prices import climb, prices

ROUNDS = [
    (10, 1, 0.0, 0),
    (50, 2, 0.5, 3),
    (300, 3, 0.5, 5),
    (1_000, 1, 0.0, 0),
    (1_000, 4, 0.2, 12),
    (3_000, 2, 0.3, 7),
]
ROOT = Path(__file__).resolve().parents[3]
SOLVED = """
import sys
from benchmarks.instances import local_round
from placements.matching import solve, verify
problem = local_round(int(sys.argv[1]))
assert verify(problem, solve(problem)) == []
print("numba" in sys.modules)
"""


@pytest.fixture(autouse=True)
def even_small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market, "FEW", 0)


@pytest.mark.parametrize(("size", "seed", "previous", "schools"), ROUNDS)
def test_both_ways_give_the_same_bytes(
    size: int, seed: int, previous: float, schools: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = local_round(size, seed=seed, previous=previous, schools=schools)
    assert market.compiled() is not None
    fast = solve(problem)
    monkeypatch.setattr(market, "compiled", lambda: None)
    assert fast.canonical() == solve(problem).canonical()
    assert verify(problem, fast) == []


@pytest.mark.parametrize(("size", "loaded"), [(1_000, "False"), (2_000, "True")])
def test_a_small_round_does_not_wait_for_numba(size: int, loaded: str) -> None:
    command = [sys.executable, "-c", SOLVED, str(size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded


@pytest.mark.parametrize("schools", [0, 9])
def test_the_order_of_the_map_changes_nothing(
    schools: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = local_round(500, previous=0.5, schools=schools)
    small = solve(problem).canonical()
    monkeypatch.setattr(market, "LARGE", 1)
    assert solve(problem).canonical() == small


def test_the_fairest_is_found_without_a_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few seats and many: of each the auction counts as `seats` does, and ends where OR-tools does."""
    monkeypatch.setattr(flow, "_fairest", lambda core: pytest.fail("OR-tools was asked"))
    for seed, schools in enumerate((2, 3, 5, 40, 120)):
        problem = local_round(150, seed=seed, schools=schools)
        fast = solve(problem)
        assert verify(problem, fast) == []
        assert fast.status == "proven"


def test_prices_do_not_depend_on_where_one_began_to_look() -> None:
    problem = local_round(200)
    options = Options.of(problem)
    core = Core.whole(options)
    held = options.find(solve(problem).assignments)
    cost = Costs(options).of("placed", core.option)
    chosen = core.positions(held)
    expected = climb(core, cost, chosen)
    for seed in range(5):
        near = np.random.default_rng(seed).integers(0, 50, len(core.room))
        assert prices(core, cost, chosen, near).tolist() == expected.tolist()


def test_an_answer_that_is_not_best_has_no_prices() -> None:
    problem = local_round(200)
    core = Core.whole(Options.of(problem))
    cost = Costs(core.options).of("placed", core.option)
    nobody = np.flatnonzero(core.slot == core.options.nowhere)
    near = np.zeros(len(core.room), dtype=np.int64)
    assert market.Market(core, cost).prices(nobody, near, most=10_000) is None
