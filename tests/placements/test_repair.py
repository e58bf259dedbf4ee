"""Repairs side by side, against every assignment there is."""

from itertools import product
from random import Random

import pytest

from placements import matching, repair
from placements.matching import Candidate, Pair, Slot

PLACED = 1  # the class of those who hold a place


def a_problem(random: Random) -> matching.Problem:
    """A few who hold a place each, a few who wait, and hardly room enough."""
    slots = [
        Slot(id=f"s{i}", capacity=random.choice([0, 1, 1, 1, 2]))
        for i in range(random.randint(4, 6))
    ]
    free = [slot.id for slot in slots for _ in range(slot.capacity)]
    random.shuffle(free)
    candidates, pairs = [], []
    for i in range(random.randint(4, 7)):
        held = free.pop() if free and random.random() < 0.55 else None
        pinned = held if held and random.random() < 0.1 else None
        candidates.append(
            Candidate(id=f"c{i}", priority=PLACED if held else 0, previous=held, pinned=pinned)
        )
        may = {slot.id for slot in slots if random.random() < 0.35} | ({held} if held else set())
        pairs += [Pair(f"c{i}", slot, rank=n) for n, slot in enumerate(sorted(may), start=1)]
    policy = ["placed", "moves", "wishes:squared", "travel", "lottery"]
    return matching.Problem(
        candidates=candidates, slots=slots, pairs=pairs, seed=str(random.random()), policy=policy
    )


def fewest_moves(problem: matching.Problem) -> dict[int, int]:
    """Number unplaced -> fewest moves that do it, everybody who holds a place keeping one."""
    may: dict[str, list[str | None]] = {
        c.id: [c.pinned] if c.pinned else ([] if c.previous else [None]) for c in problem.candidates
    }
    for pair in problem.each_pair():
        if pair.slot not in may[pair.candidate]:
            may[pair.candidate].append(pair.slot)
    for c in problem.candidates:
        if c.pinned:
            may[c.id] = [c.pinned]
    best: dict[int, int] = {}
    for chosen in product(*may.values()):
        if any(chosen.count(slot.id) > slot.capacity for slot in problem.slots):
            continue
        moves = sum(
            c.previous is not None and c.previous != slot
            for c, slot in zip(problem.candidates, chosen, strict=True)
        )
        unplaced = chosen.count(None)
        best[unplaced] = min(moves, best.get(unplaced, moves))
    return best


@pytest.mark.parametrize("seed", range(120))
def test_each_has_the_fewest_moves_there_are_and_none_is_missing(seed):
    problem = a_problem(Random(seed))
    truth = fewest_moves(problem)
    found = repair.alternatives(problem, matching.solve(problem))
    assert found[0]["moves"] == {}
    ladder: dict[int, int] = {}  # moves -> fewest unplaced with at most so many
    for moves in range(len(problem.candidates) + 1):
        ladder[moves] = min(unplaced for unplaced, needs in truth.items() if needs <= moves)
    steps = {}
    for moves, unplaced in ladder.items():
        steps.setdefault(unplaced, moves)
    assert [(one["unplaced"], len(one["moves"])) for one in found] == list(steps.items())


def test_the_samples_are_not_all_trivial():
    """Negative control: in some of them moves help, and in some more help more."""
    lengths = set()
    for seed in range(120):
        problem = a_problem(Random(seed))
        lengths.add(len(repair.alternatives(problem, matching.solve(problem))))
    assert lengths >= {1, 2, 3}


@pytest.mark.parametrize("seed", range(60))
def test_those_moves_alone_place_as_many_as_was_said(seed):
    """As a chosen repair is worked out: the moves pinned, the others kept, who waits let loose."""
    from dataclasses import replace

    problem = a_problem(Random(seed))
    home = repair.settled(problem)
    for one in repair.alternatives(problem, matching.solve(problem)):
        pins = {**home, **one["moves"]}
        chosen = matching.Problem(
            candidates=[replace(c, pinned=pins.get(c.id, c.pinned)) for c in problem.candidates],
            slots=problem.slots,
            pairs=problem.columns,
            seed=problem.seed,
            policy=problem.policy,
        )
        solution = matching.solve(chosen)
        assert matching.verify(chosen, solution) == []
        assert len(solution.unplaced) == one["unplaced"]


def test_far_too_many_are_spread_evenly():
    numbers = repair._between(2, 60)
    assert (numbers[0], numbers[-1], len(numbers)) == (59, 3, repair.MOST)
    assert repair._between(3, 3) == []
