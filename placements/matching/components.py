"""A problem in parts that have nothing to do with each other, and their answers put together again.

Two candidates belong together if a slot is open to both, or to some others that belong together with
them; where `fairness` counts, also if they are of one school. What one component does then costs the
others nothing at any level: the best of each is together the best of the whole. So it is solved part
by part, and proven as one: the certificate is made on the whole problem, from the whole answer.

Rules that tie candidates to each other are left out of the parts, as the solver leaves them out of its
first answer. Whoever merges the parts sees to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from . import policies
from .certificate import certify
from .options import Options
from .pairs import Ints, Pairs
from .policies import FAIRNESS, STABLE
from .problem import Problem
from .solution import PROVEN, UNPROVEN, Solution


def parts(problem: Problem, least: int) -> list[Problem]:
    """A problem for each component of `least` candidates or more, and one for all the rest together.

    None if there are not two so large, or if the policy has to see everybody at once (`stable`).
    """
    if STABLE in problem.policy or not problem.candidates:
        return []
    component = _components(problem)
    size = np.bincount(component[: len(problem.candidates)])
    large = np.flatnonzero(size >= max(least, 1))
    if len(large) < 2:
        return []
    number = np.full(component.max() + 1, len(large), dtype=np.int64)
    number[large] = np.arange(len(large))
    return list(_cut(problem, number[component], len(large)))


def merged(problem: Problem, answers: Sequence[Solution]) -> Solution:
    """The answer to the whole with its proof, from the answers to all of its `parts`."""
    assignments = {c: s for answer in answers for c, s in answer.assignments.items()}
    options = Options.of(problem)
    worst = int(problem.columns.rank.max(initial=0)) + 1
    names = policies.levels(problem.policy, problem.roster.priority.tolist(), worst)
    proofs = certify(options, names, options.find(assignments), near=_near(answers))
    return Solution(
        assignments=dict(sorted(assignments.items())),
        unplaced=sorted(name for answer in answers for name in answer.unplaced),
        levels=proofs,
        status=PROVEN if all(level.proven for level in proofs) else UNPROVEN,
        problem_sha256=problem.sha256,
    )


def _near(answers: Sequence[Solution]) -> dict[str, dict[str, int]]:
    """The parts' prices by level: most are those of the whole, and the rest is not far."""
    near = dict[str, dict[str, int]]()
    for answer in answers:
        for level in answer.levels:
            near.setdefault(level.name, {}).update(level.prices)
    return near


def _components(problem: Problem) -> Ints:
    """The number of the component of each candidate, and after them of each slot."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    columns, people, slots = problem.columns, len(problem.candidates), len(problem.slots)
    one, other = [columns.candidate], [people + columns.slot]
    schools = {candidate.school or "" for candidate in problem.candidates}
    if FAIRNESS in problem.policy and len(schools) > 1:
        at = {school: people + slots + i for i, school in enumerate(schools)}
        one.append(np.arange(people))
        other.append(np.array([at[c.school or ""] for c in problem.candidates], dtype=np.int64))
    nodes = people + slots + len(schools)
    ends = np.concatenate(one), np.concatenate(other)
    edges = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(nodes, nodes))
    _, label = connected_components(edges, directed=False)
    component: Ints = label[: people + slots].astype(np.int64)
    return component


def _cut(problem: Problem, part: Ints, rest: int) -> Iterator[Problem]:
    """`part`: the number of the part of each candidate, then of each slot; the last one is the rest."""
    people, columns = len(problem.candidates), problem.columns
    for number in range(rest + 1):
        who = np.flatnonzero(part[:people] == number)
        where = np.flatnonzero(part[people:] == number)
        if not len(who):
            continue
        mine = np.flatnonzero(part[columns.candidate] == number)
        candidate_at, slot_at = np.zeros(people, dtype=np.int64), np.zeros_like(part)
        candidate_at[who], slot_at[where] = np.arange(len(who)), np.arange(len(where))
        here = {problem.slots[i].id for i in where.tolist()}
        yield Problem(
            # A place she had in another part costs her the move wherever she goes: it decides nothing.
            candidates=[
                replace(c, person=None, previous=c.previous if c.previous in here else None)
                for c in (problem.candidates[i] for i in who.tolist())
            ],
            slots=[replace(problem.slots[i], minimum=0) for i in where.tolist()],
            pairs=Pairs(
                candidate_at[columns.candidate[mine]],
                slot_at[columns.slot[mine]],
                columns.rank[mine],
                columns.travel[mine],
                columns.priority[mine],
            ),
            seed=problem.seed,
            policy=problem.policy,
        )
