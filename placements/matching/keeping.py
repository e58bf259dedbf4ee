"""Are the rules kept that tie candidates to each other? From the definitions in `rules`, for `verify`:
a second reading, with no code of the solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from .definitions import Numbers
from .problem import Candidate, Problem, Slot


def broken(problem: Problem, at: Numbers) -> Iterator[str]:
    """A sentence for each rule that is not kept. `at`: the number of each one's slot, or -1."""
    named = problem.quotas or problem.together or problem.apart
    if not (
        named or any(s.minimum for s in problem.slots) or any(c.person for c in problem.candidates)
    ):
        return
    here: dict[str, Slot | None] = {
        candidate.id: problem.slots[place] if place >= 0 else None
        for candidate, place in zip(problem.candidates, at.tolist(), strict=True)
    }
    yield from _minimum(problem, here)
    yield from _quotas(problem, here)
    for one, other in problem.together:
        if here[one] != here[other]:
            yield f'"{one}" and "{other}" are to be together, but are {_two(here[one], here[other])}.'
    clashing = {frozenset(two) for two in problem.overlaps}
    for one, other in problem.apart:
        first, second = here[one], here[other]
        if first and second and _one_site(first, second) and _one_time(first, second, clashing):
            yield f'"{one}" and "{other}" are to be apart, but are {_two(first, second)}.'
    yield from _people(problem, here, clashing)


def _minimum(problem: Problem, here: dict[str, Slot | None]) -> Iterator[str]:
    members = defaultdict[str, int](int)
    for slot in here.values():
        if slot is not None:
            members[slot.id] += 1
    for slot in problem.slots:
        if 0 < members[slot.id] < slot.minimum:
            yield (
                f'"{slot.id}" holds {members[slot.id]}, but takes at least {slot.minimum} or nobody.'
            )


def _quotas(problem: Problem, here: dict[str, Slot | None]) -> Iterator[str]:
    for quota in problem.quotas:
        inside = set(quota.slots)
        count = 0
        for candidate in problem.candidates:
            slot = here[candidate.id]
            mine = quota.school is None or candidate.school == quota.school
            count += mine and slot is not None and slot.id in inside
        if count < quota.at_least or (quota.at_most is not None and count > quota.at_most):
            yield f"The quota of {quota} is not kept: there are {count}."


def _people(
    problem: Problem, here: dict[str, Slot | None], clashing: set[frozenset[str]]
) -> Iterator[str]:
    needs = defaultdict[str, list[Candidate]](list)
    for candidate in problem.candidates:
        if candidate.person is not None:
            needs[candidate.person].append(candidate)
    for person, mine in needs.items():
        for one, other in combinations(mine, 2):
            first, second = here[one.id], here[other.id]
            if first is None or second is None:
                continue
            if _one_site(first, second):
                yield f'"{person}" is twice at one site, {_two(first, second)}.'
            elif _one_time(first, second, clashing):
                yield f'"{person}" is at two places at one time, {_two(first, second)}.'


def _one_site(one: Slot, other: Slot) -> bool:
    return one is other or (one.site is not None and one.site == other.site)


def _one_time(one: Slot, other: Slot, clashing: set[frozenset[str]]) -> bool:
    """In one period, in two that overlap, or nobody knows when."""
    when = {one.period, other.period}
    return len(when) == 1 or None in when or when in clashing


def _two(one: Slot | None, other: Slot | None) -> str:
    places = [f'at "{slot.id}"' if slot else "without a place" for slot in (one, other)]
    return " and ".join(places)
