"""Small random problems of every shape, and the oracle: all assignments, from the definitions."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from placements.matching import Candidate, Pair, Problem, Slot

Assignment = dict[str, str | None]

MIDDLE = ("moves", "travel", "breadth", "fairness")
WISHES = ("wishes:squared", "wishes:squared", "wishes:rank_sum", "wishes:greedy", "wishes:generous")
AREAS = ("lab", "desk", "ict")


def small_problem(draw: random.Random, *, candidates: int = 5, slots: int = 4) -> Problem:
    """Ties, missing wishes, closed slots, pins, priority classes, any order of levels."""
    places = [
        Slot(f"s{j}", draw.choice([0, 1, 1, 1, 2, 2, 3]), offers=_some(draw))
        for j in range(draw.randint(0, slots))
    ]
    room = {slot.id: slot.capacity for slot in places}
    classes = [0, 0, 1, 2, -1] if draw.random() < 0.3 else [0]
    people, pairs = [], []
    schools = draw.choice([["A"], ["A", "B"], ["A", "A", "B", "C"], [None, "A"]])
    for i in range(draw.randint(0, candidates)):
        usable = [slot.id for slot in places if draw.random() < 0.65]
        draw.shuffle(usable)
        for slot in usable:
            rank = draw.choice([None, 1, 1, 2, 2, 3, 4])
            pairs.append(Pair(f"c{i}", slot, rank, draw.choice([0, 5, 5, 10, 20])))
        pinned = None
        if usable and draw.random() < 0.1 and room[usable[0]]:
            pinned = usable[0]
            room[pinned] -= 1
        people.append(
            Candidate(
                f"c{i}",
                priority=draw.choice(classes),
                pinned=pinned,
                previous=draw.choice([None, *(slot.id for slot in places)]),
                lacks=_some(draw),
                school=draw.choice(schools),
            )
        )
    draw.shuffle(people)
    draw.shuffle(pairs)
    middle = draw.sample((*MIDDLE, draw.choice(WISHES)), draw.randint(0, len(MIDDLE) + 1))
    return Problem(
        people, places, pairs, seed=str(draw.random()), policy=["placed", *middle, "lottery"]
    )


def _some(draw: random.Random) -> tuple[str, ...]:
    """Learning areas, often none."""
    return tuple(sorted(draw.sample(AREAS, draw.choice([0, 0, 1, 2, 3]))))


def small_problems(seed: int, number: int, **sizes: int) -> Iterator[Problem]:
    draw = random.Random(seed)
    return (small_problem(draw, **sizes) for _ in range(number))


def legal_assignments(problem: Problem) -> Iterator[Assignment]:
    """Each candidate at one of her slots or nowhere; pins kept; no slot overfull."""
    usable: dict[str, list[str | None]] = {c.id: [None] for c in problem.candidates}
    for pair in problem.each_pair():
        usable[pair.candidate].append(pair.slot)
    for candidate in problem.candidates:
        if candidate.pinned is not None:
            usable[candidate.id] = [candidate.pinned]
    room = {slot.id: slot.capacity for slot in problem.slots}
    for choice in itertools.product(*usable.values()):
        load = Counter(slot for slot in choice if slot is not None)
        if all(load[slot] <= room[slot] for slot in load):
            yield dict(zip(usable, choice, strict=True))


class Oracle:
    """Values at every level, straight from the definitions, one assignment at a time."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pairs = {(pair.candidate, pair.slot): pair for pair in problem.each_pair()}
        self.past_end = {c.id: 1 for c in problem.candidates}
        for pair in problem.each_pair():
            after = (pair.rank or 0) + 1
            self.past_end[pair.candidate] = max(self.past_end[pair.candidate], after)
        classes = sorted({c.priority for c in problem.candidates}, reverse=True)[:-1]
        self.classes = classes
        self.longest = max((pair.rank or 0 for pair in problem.each_pair()), default=0)
        self.names = [f"placed:{k}" for k in classes]
        for name in problem.policy:
            self.names += self.parts(name)

    def parts(self, name: str) -> list[str]:
        """The levels that a name of the policy stands for."""
        if name == "wishes:greedy":
            return [f"{name}:{k}" for k in range(1, self.longest + 1)]
        if name == "wishes:generous":
            return [f"{name}:{k}" for k in range(self.longest + 1, 1, -1)]
        return [name]

    def rank(self, candidate: str, slot: str) -> int:
        return self.pairs[candidate, slot].rank or self.past_end[candidate]

    def fairness(self, assignment: Assignment) -> int:
        """Without a place, school by school: (2k - 1) / n in millionths for the k-th of n."""
        members = Counter(c.school for c in self.problem.candidates)
        without = Counter(c.school for c in self.problem.candidates if assignment[c.id] is None)
        if len(members) < 2:
            return 0
        return sum(
            (2 * k - 1) * 10**6 // members[school]
            for school, count in without.items()
            for k in range(1, count + 1)
        )

    def values(self, assignment: Assignment) -> tuple[int, ...]:
        ranks = [self.rank(c, s) for c, s in _placed(assignment)]
        offers = {slot.id: set(slot.offers) for slot in self.problem.slots}
        by_level = {
            **{
                f"wishes:greedy:{k}": len(assignment) - ranks.count(k)
                for k in range(1, self.longest + 1)
            },
            **{
                f"wishes:generous:{k}": sum(r >= k for r in ranks)
                for k in range(2, self.longest + 2)
            },
            "fairness": self.fairness(assignment),
            "wishes:rank_sum": sum(ranks),
            "breadth": sum(
                len(set(c.lacks) - offers.get(assignment[c.id] or "", set()))
                for c in self.problem.candidates
            ),
            "placed": sum(slot is None for slot in assignment.values()),
            "wishes:squared": sum(
                (self.pairs[c, s].rank or self.past_end[c]) ** 2 for c, s in _placed(assignment)
            ),
            "moves": sum(
                c.previous is not None and assignment[c.id] != c.previous
                for c in self.problem.candidates
            ),
            "travel": sum(self.pairs[c, s].travel for c, s in _placed(assignment)),
            "lottery": sum(self.weight(c, s) for c, s in _placed(assignment)),
        }
        urgent = [
            sum(assignment[c.id] is None and c.priority >= k for c in self.problem.candidates)
            for k in self.classes
        ]
        return (*urgent, *(by_level[name] for name in self.names[len(urgent) :]))

    def weight(self, candidate: str, slot: str) -> int:
        line = f"{self.problem.seed}\n{candidate}\n{slot}"
        return int(sha256(line.encode()).hexdigest(), 16) >> (256 - 30)

    def ranked(self) -> list[tuple[tuple[int, ...], Assignment]]:
        """Every legal assignment, the best first."""
        valued = [(self.values(a), a) for a in legal_assignments(self.problem)]
        return sorted(valued, key=lambda each: each[0])


def _placed(assignment: Assignment) -> list[tuple[str, str]]:
    return [(c, s) for c, s in assignment.items() if s is not None]


def as_assignment(problem: Problem, assignments: dict[str, str]) -> Assignment:
    return {c.id: assignments.get(c.id) for c in problem.candidates}
