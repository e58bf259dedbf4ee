"""Small problems where workplaces have an order of their own, and both sides' orders once more."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from placements.matching import Candidate, Pair, Problem, Slot, Solution, solve

from .instances import Assignment, small_problem

POLICIES = (["stable", "lottery"], ["stable", "travel", "lottery"])


def stable_problems(seed: int, number: int, **sizes: int) -> Iterator[Problem]:
    """Small ones, where the workplaces have an order of their own, with ties and gaps."""
    draw = random.Random(seed)
    for _ in range(number):
        problem = small_problem(draw, **sizes)
        pairs = [
            dataclasses.replace(pair, priority=draw.choice([None, 1, 1, 2, 3]))
            for pair in problem.each_pair()
        ]
        yield dataclasses.replace(problem, pairs=pairs, policy=draw.choice(POLICIES))


def contested_problems(seed: int, number: int) -> Iterator[Problem]:
    """Everybody may be everywhere and orders are at odds: there several answers are often stable."""
    draw = random.Random(seed)
    for _ in range(number):
        people = [Candidate(f"c{i}") for i in range(draw.randint(3, 5))]
        slots = [Slot(f"s{j}", draw.choice([1, 1, 2])) for j in range(draw.randint(3, 4))]
        wishes = {c.id: draw.sample(range(1, 5), 4) for c in people}
        takes = {s.id: draw.sample(range(1, 6), 5) for s in slots}
        pairs = [
            Pair(c.id, s.id, wishes[c.id][j], priority=takes[s.id][i])
            for i, c in enumerate(people)
            for j, s in enumerate(slots)
        ]
        yield Problem(people, slots, pairs, policy=["stable", "lottery"])


class Orders:
    """Both sides' orders once more, one pair at a time: the lower, the better."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pairs = {(pair.candidate, pair.slot): pair for pair in problem.each_pair()}
        self.people = {c.id: c for c in problem.candidates}
        self.after = Counter[str]()
        for pair in self.pairs.values():
            self.after[pair.candidate] = max(self.after[pair.candidate], (pair.rank or 0) + 1)

    def lot(self, who: str, slot: str) -> int:
        line = f"{self.problem.seed}\n{who}\n{slot}"
        return int(sha256(line.encode()).hexdigest(), 16) >> (256 - 30)

    def liking(self, who: str, slot: str | None) -> tuple[Any, ...]:
        if slot is None:
            return (10**9,)
        pair = self.pairs[who, slot]
        travel = pair.travel if "travel" in self.problem.policy else 0
        return (pair.rank or self.after[who], travel, self.lot(who, slot), slot)

    def standing(self, who: str, slot: str) -> tuple[Any, ...]:
        own = self.pairs[who, slot].priority or 10**9
        return (own, -self.people[who].priority, self.lot(who, slot), who)

    def blocks(self, who: str, slot: str, answer: Assignment) -> bool:
        """From the definition. Pinned candidates, and their places, take no part."""
        if self.people[who].pinned or self.liking(who, slot) >= self.liking(who, answer[who]):
            return False
        holders = [c for c, place in answer.items() if place == slot]
        capacity = next(s.capacity for s in self.problem.slots if s.id == slot)
        return len(holders) < capacity or any(
            self.standing(who, slot) < self.standing(c, slot)
            for c in holders
            if not self.people[c].pinned
        )

    def is_stable(self, answer: Assignment) -> bool:
        return not any(self.blocks(who, slot, answer) for who, slot in self.pairs)


def as_solution(problem: Problem, answer: Assignment) -> Solution:
    """What would be claimed for another answer; the bound on the placed is the same for all."""
    honest = solve(problem)
    without = [c for c, s in answer.items() if s is None]
    stable, placed = honest.levels
    placed = dataclasses.replace(placed, value=len(without), proven=placed.bound == len(without))
    return dataclasses.replace(
        honest,
        assignments={c: s for c, s in answer.items() if s is not None},
        unplaced=without,
        levels=[stable, placed],
    )
