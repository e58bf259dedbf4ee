"""Small random problems with rules that tie candidates to each other, and which assignments keep them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

from placements.matching import Problem, ProblemError, Quota

from .instances import Assignment, Oracle, legal_assignments, small_problem

PERIODS = ("w1", "w2", "w3")
SITES = ("X", "Y", None)


def tied_problem(draw: random.Random) -> Problem:
    """Any mixture of rules; drawn again where the rules contradict each other already on paper."""
    while True:
        try:
            return _tied(draw)
        except ProblemError:
            continue


def _tied(draw: random.Random) -> Problem:
    plain = small_problem(draw)
    slots = [
        replace(
            slot,
            site=draw.choice(SITES),
            period=draw.choice((*PERIODS, None)),
            minimum=draw.choice([0, 0, 0, 1, 2]),
        )
        for slot in plain.slots
    ]
    names = [slot.id for slot in slots]
    people = [
        replace(candidate, person=draw.choice([None, None, None, "p", "q"]))
        for candidate in plain.candidates
    ]
    ids = [candidate.id for candidate in people]
    quotas = [
        Quota(
            slots=tuple(draw.sample(names, draw.randint(1, len(names)))),
            school=draw.choice([None, "A", "A", "B"]),
            at_least=draw.choice([0, 0, 1, 2]),
            at_most=draw.choice([None, 0, 1, 2]),
        )
        for _ in range(draw.choice([0, 0, 1, 2]) if names else 0)
    ]
    two = list(itertools.combinations(ids, 2))
    return replace(
        plain,
        candidates=people,
        slots=slots,
        quotas=quotas,
        together=draw.sample(two, min(len(two), draw.choice([0, 0, 1, 2]))),
        apart=draw.sample(two, min(len(two), draw.choice([0, 0, 1, 2]))),
        overlaps=draw.sample([("w1", "w2"), ("w3", "w2")], draw.choice([0, 0, 1, 2])),
    )


def tied_problems(seed: int, number: int) -> Iterator[Problem]:
    draw = random.Random(seed)
    return (tied_problem(draw) for _ in range(number))


def keeps_rules(problem: Problem, assignment: Assignment) -> bool:
    """From the words of the design, one question after the other."""
    slot = {slot.id: slot for slot in problem.slots}
    school = {candidate.id: candidate.school for candidate in problem.candidates}
    person = {candidate.id: candidate.person for candidate in problem.candidates}
    placed = [(c, slot[s]) for c, s in assignment.items() if s is not None]
    overlaps = [set(two) for two in problem.overlaps]

    def at_once(a: object, b: object) -> bool:
        return None in (a, b) or a == b or {a, b} in overlaps

    for each in problem.slots:
        if 0 < [s.id for _, s in placed].count(each.id) < each.minimum:
            return False
    for quota in problem.quotas:
        inside = [
            c
            for c, s in placed
            if s.id in quota.slots and (quota.school is None or school[c] == quota.school)
        ]
        if (
            not quota.at_least
            <= len(inside)
            <= (len(placed) if quota.at_most is None else quota.at_most)
        ):
            return False
    if any(assignment[a] != assignment[b] for a, b in problem.together):
        return False
    for (a, s), (b, t) in itertools.combinations(placed, 2):
        same = s.id == t.id or (s.site == t.site and s.site is not None)
        together = at_once(s.period, t.period)
        if person[a] is not None and person[a] == person[b] and (same or together):
            return False
        if ((a, b) in problem.apart or (b, a) in problem.apart) and same and together:
            return False
    return True


def best(problem: Problem) -> tuple[Oracle, tuple[int, ...], Assignment] | None:
    """The best of all assignments that keep the rules; None if none does."""
    oracle = Oracle(problem)
    legal = [a for a in legal_assignments(problem) if keeps_rules(problem, a)]
    if not legal:
        return None
    values, answer = min(((oracle.values(a), a) for a in legal), key=lambda each: each[0])
    return oracle, values, answer
