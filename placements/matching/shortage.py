"""Where places are short: Hall sets, and what one more place would do.

A Hall set is a group of candidates who together can only use slots that have fewer places than the
group has members. However they are ordered, some are left over. Each unplaced candidate is in one:
start with her, add the slots she may use, those who hold them, the slots they may use, and so
on. Had any of those slots a free place, she could have been placed by a chain of moves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

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


def call_list(problem: Problem, solution: Solution) -> list[Gain]:
    """Every slot with its exact gain, the most helpful first.

    One more place lets one more in exactly where a chain of moves from somebody unplaced ends.
    """
    short = {slot for hall in unplaced(problem, solution) for slot in hall.slots}
    gains = [Gain(slot.id, int(slot.id in short)) for slot in problem.slots]
    return sorted(gains, key=lambda gain: (-gain.gain, gain.slot))


def _groups(problem: Problem, solution: Solution) -> list[Group]:
    """Candidates and slots reached from each unplaced candidate; groups that meet are one."""
    options = Options.of(problem)
    usable, holders = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for who, slot in zip(options.candidate.tolist(), options.slot.tolist(), strict=True):
        if slot != options.nowhere:
            usable[who].append(slot)
    for name, place in solution.assignments.items():
        holders[problem.slot_index[place]].append(problem.candidate_index[name])
    group_of: dict[int, int] = {}
    groups: dict[int, Group] = {}
    for number, name in enumerate(solution.unplaced):
        people, slots, met = {problem.candidate_index[name]}, set[int](), set[int]()
        waiting = list(people)
        while waiting:
            for slot in usable[waiting.pop()]:
                if slot in group_of:
                    met.add(group_of[slot])
                elif slot not in slots:
                    slots.add(slot)
                    waiting += [who for who in holders[slot] if who not in people]
                    people.update(holders[slot])
        group_of.update(dict.fromkeys(slots, number))
        _merge(groups, group_of, [(number, (people, slots)), *((g, groups.pop(g)) for g in met)])
    return list(groups.values())


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
