"""Where places are short: Hall sets, and what one more place would do.

A Hall set is a group of candidates who together can only use slots that have fewer places than the
group has members. However they are ordered, some are left over. Each unplaced candidate is in one:
start with her, add the slots she may use, those who hold them, the slots they may use, and so
on. Had any of those slots a free place, she could have been placed by a chain of moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .errors import NotProvenError
from .options import Options
from .problem import Problem
from .solution import Solution

Group = tuple[set[int], set[int]]


@dataclass(frozen=True, slots=True)
class HallSet:
    """`candidates` can only use `slots`, which have `places` in all: `surplus` too few.

    `unplaced` are those left over this time; others might have been, but never fewer.
    """

    candidates: tuple[str, ...]
    slots: tuple[str, ...]
    places: int
    surplus: int
    unplaced: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gain:
    """How many more could be placed if `slot` had one more place."""

    slot: str
    gain: int


def unplaced(problem: Problem, solution: Solution) -> list[HallSet]:
    """Hall sets that share no slot and no candidate, the largest surplus first."""
    found = [_hall_set(problem, solution, *group) for group in _groups(problem, solution)]
    return sorted(found, key=lambda hall: (-hall.surplus, hall.candidates))


def call_list(
    problem: Problem, solution: Solution, halls: list[HallSet] | None = None
) -> list[Gain]:
    """Every slot with its exact gain, the most helpful first. `halls`: what `unplaced` says, if known.

    One more place lets one more in exactly where a chain of moves from somebody unplaced ends.
    """
    found = unplaced(problem, solution) if halls is None else halls
    short = {slot for hall in found for slot in hall.slots}
    gains = [Gain(slot.id, int(slot.id in short)) for slot in problem.slots]
    return sorted(gains, key=lambda gain: (-gain.gain, gain.slot))


def hall_set(problem: Problem, solution: Solution, candidate_id: str) -> HallSet:
    """The Hall set around one unplaced candidate: often smaller than the one `unplaced` puts her
    in, which joins all that meet. Such sets may overlap, so their surpluses do not add up."""
    if candidate_id in solution.assignments:
        raise ValueError(f'"{candidate_id}" is placed.')
    alone = {problem.candidate_index[candidate_id]}
    return _hall_set(problem, solution, *_reached(_Ties(problem, solution), alone, {}, set()))


class _Ties:
    """Who may use which slots, and who holds which."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        options = Options.of(problem)
        real = options.slot < options.real
        ends = np.searchsorted(options.candidate[real], np.arange(len(problem.candidates) + 1))
        self._slots: list[int] = options.slot[real].tolist()
        self._ends: list[int] = ends.tolist()
        self.holders: list[list[int]] = [[] for _ in problem.slots]
        for name, place in solution.assignments.items():
            self.holders[problem.slot_index[place]].append(problem.candidate_index[name])

    def usable(self, who: int) -> list[int]:
        return self._slots[self._ends[who] : self._ends[who + 1]]


def _groups(problem: Problem, solution: Solution) -> list[Group]:
    """Candidates and slots reached from each unplaced candidate; groups that meet are one."""
    ties = _Ties(problem, solution)
    group_of: dict[int, int] = {}
    groups: dict[int, Group] = {}
    for number, name in enumerate(solution.unplaced):
        met = set[int]()
        people, slots = _reached(ties, {problem.candidate_index[name]}, group_of, met)
        group_of.update(dict.fromkeys(slots, number))
        parts = [(number, (people, slots)), *((other, groups.pop(other)) for other in met)]
        _merge(groups, group_of, parts)
    return list(groups.values())


def _reached(ties: _Ties, people: set[int], group_of: dict[int, int], met: set[int]) -> Group:
    """From `people` on, but not into slots that are in a group already: those groups are `met`."""
    slots, waiting = set[int](), list(people)
    while waiting:
        for slot in ties.usable(waiting.pop()):
            if slot in group_of:
                met.add(group_of[slot])
            elif slot not in slots:
                slots.add(slot)
                waiting += [who for who in ties.holders[slot] if who not in people]
                people.update(ties.holders[slot])
    return people, slots


def _merge(
    groups: dict[int, Group], group_of: dict[int, int], parts: list[tuple[int, Group]]
) -> None:
    """Into the largest, so that many small groups meeting a large one stay cheap."""
    home, (people, slots) = max(parts, key=lambda part: len(part[1][0]))
    for number, (more_people, more_slots) in parts:
        if number != home:
            people |= more_people
            slots |= more_slots
            group_of.update(dict.fromkeys(more_slots, home))
    groups[home] = people, slots


def _hall_set(problem: Problem, solution: Solution, people: set[int], slots: set[int]) -> HallSet:
    candidates = tuple(problem.candidates[who].id for who in sorted(people))
    places = sum(problem.slots[slot].capacity for slot in slots)
    without = tuple(name for name in candidates if name not in solution.assignments)
    if len(candidates) - places != len(without):
        raise NotProvenError("Somebody unplaced could be placed: see what verify says.")
    return HallSet(
        candidates=candidates,
        slots=tuple(problem.slots[slot].id for slot in sorted(slots)),
        places=places,
        surplus=len(candidates) - places,
        unplaced=without,
    )
