"""Repairs side by side: how many more get a place for each further student who has to move.

A repair's frozen problem knows where everybody is (`previous`), and puts those who hold a place
first. Here it is solved again with fewer placed: a waiting-room is added that has room for exactly
so many, everybody who may go without can be in it, and then the engine finds, with its proof, the
fewest moves that make do with it. Moves grow ever faster with the number of placed (it is a
minimum-cost flow), so this list is all there is to choose from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypedDict

import numpy as np

from placements import matching

POLICY = ("placed", "moves", "lottery")
MOST = 8  # alternatives worked out; further apart when there would be more
WAITING_ROOM = "~waiting"  # sorts after every id


class Alternative(TypedDict):
    """The fewest moves that place so many: `more` than with no moves at all; who goes where then."""

    unplaced: int
    more: int
    moves: dict[str, str]


def settled(problem: matching.Problem) -> dict[str, str]:
    """Where those are who have a place and can stay at it: candidate -> slot.

    Whoever is pinned is not free to stay; at a slot with too little room for all, nobody is sure to.
    """
    held = {c.id: c.previous for c in problem.candidates if c.previous and not c.pinned}
    taken = Counter(c.pinned or c.previous for c in problem.candidates)
    room = {slot.id: slot.capacity - taken[slot.id] for slot in problem.slots}
    columns, who, where = problem.columns, problem.candidate_index, problem.slot_index
    return {
        name: at for name, at in held.items() if room[at] >= 0 and columns.has(who[name], where[at])
    }


def alternatives(
    problem: matching.Problem,
    best: matching.Solution,
    *,
    should_stop: Callable[[], bool] | None = None,
) -> list[Alternative]:
    """From no moves at all to as many as `best` makes, each with as few as its number of placed needs.

    `best` is the problem's own solution, and the last in the list.
    """
    home = settled(problem)
    if not home.keys() <= best.assignments.keys():
        return []  # rules that take places from some are no repair
    still = matching.solve(_without_moves(problem, home), should_stop=should_stop)
    least, most = len(best.unplaced), len(still.unplaced)
    found = [Alternative(unplaced=most, more=0, moves={})]
    for unplaced in _between(least, most):
        answer = matching.solve(
            _with_waiting_room(problem, home, unplaced), should_stop=should_stop
        )
        moves = _moves(home, answer.assignments)
        found.append(Alternative(unplaced=unplaced, more=most - unplaced, moves=moves))
    if least < most:
        moves = _moves(home, best.assignments)
        found.append(Alternative(unplaced=least, more=most - least, moves=moves))
    return [one for one in found if not any(_beats(other, one) for other in found)]


def _beats(other: Alternative, one: Alternative) -> bool:
    """More placed for as few moves."""
    return other["more"] > one["more"] and len(other["moves"]) <= len(one["moves"])


def _between(least: int, most: int) -> list[int]:
    """The numbers between the two, falling; spread evenly when they are too many."""
    numbers = list(range(most - 1, least, -1))
    if len(numbers) <= MOST:
        return numbers
    return sorted(
        {numbers[i * (len(numbers) - 1) // (MOST - 1)] for i in range(MOST)}, reverse=True
    )


def _moves(home: Mapping[str, str], where: Mapping[str, str]) -> dict[str, str]:
    return {who: where[who] for who in sorted(home) if where[who] != home[who]}


def _without_moves(problem: matching.Problem, home: Mapping[str, str]) -> matching.Problem:
    return matching.Problem(
        candidates=[replace(c, pinned=home.get(c.id, c.pinned)) for c in problem.candidates],
        slots=problem.slots,
        pairs=problem.columns,
        seed=problem.seed,
        policy=POLICY,
    )


def _with_waiting_room(
    problem: matching.Problem, home: Mapping[str, str], unplaced: int
) -> matching.Problem:
    columns = problem.columns
    may_wait = np.array(
        [i for i, c in enumerate(problem.candidates) if c.id not in home and not c.pinned],
        dtype=np.int64,
    )
    nothing = np.zeros(len(may_wait), dtype=np.int64)
    room = np.full(len(may_wait), len(problem.slots), dtype=np.int64)
    return matching.Problem(
        candidates=problem.candidates,
        slots=[*problem.slots, matching.Slot(id=WAITING_ROOM, capacity=unplaced)],
        pairs=matching.Pairs.from_columns(
            np.concatenate([columns.candidate, may_wait]),
            np.concatenate([columns.slot, room]),
            rank=np.concatenate([columns.rank, nothing]),
            travel=np.concatenate([columns.travel, nothing]),
            priority=np.concatenate([columns.priority, nothing]),
        ),
        seed=problem.seed,
        policy=POLICY,
    )
