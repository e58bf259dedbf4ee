"""Is this answer stable, and of all stable ones the best for the candidates? From the definitions, with
no code of the solver.

A pair *blocks* if the candidate would rather be at the slot than where she is, and the slot has room for
her or would rather have her than somebody it has. Stable means that nobody blocks.

The best stable answer for the candidates is known by this: for each slot, take whoever comes first there
among those who would rather be there; an arrow goes from the slot to where she is. Were there a circle
of arrows, all on it could move one step, each to what she likes better, and nobody would block then
either: so there was something better. Conversely, let there be something better, the best of all stable
answers. Both leave the same people without a place and fill each slot equally (it is a theorem, of the
rural hospitals). A slot that holds others in it, has got somebody who liked it better than her own place;
so somebody comes first among those who do. Had she not moved, she and the slot would block the better
answer; so she has moved, and where she was is another such slot. From each of them an arrow goes to one
of them: there is a circle.

Whoever is pinned, and her place, take no part.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from .definitions import Numbers
from .problem import Problem

UNNAMED = 2**50  # after every number that a workplace can have given


def wrong(problem: Problem, at: Numbers) -> Iterator[str]:
    """A sentence for each pair that blocks; if none does, whether some could all have it better.

    `at` is where everybody is: the number of her slot, or -1."""
    market = _Market(problem, at)
    worse_there = market.standing < market.last[market.slot]
    blocking = np.flatnonzero(market.would_move & worse_there)
    for i in blocking.tolist():
        name, slot = problem.candidates[market.candidate[i]].id, problem.slots[market.slot[i]].id
        yield f'"{name}" and "{slot}" would both rather have each other.'
    if not len(blocking) and (circle := _circle(market)):
        names = ", ".join(f'"{problem.slots[slot].id}"' for slot in circle)
        yield f"Some at {names} could all have a place they like better, and nobody would block."


class _Market:
    """Every pair that could be otherwise: whether she would rather have it, and where she stands in the
    slot's order. `last` is the standing of the last one whom each slot holds; beyond everybody's if it has
    room, before everybody's if there is no place that is not pinned."""

    def __init__(self, problem: Problem, at: Numbers) -> None:
        columns, people = problem.columns, problem.candidates
        self.place = at
        pinned = np.array([c.pinned is not None for c in people], dtype=np.bool_)
        kept = np.flatnonzero(~pinned[columns.candidate])
        self.candidate, self.slot = columns.candidate[kept], columns.slot[kept]
        lots = _lots(problem, self.candidate, self.slot)
        longest = np.zeros(len(people), dtype=np.int64)
        np.maximum.at(longest, columns.candidate, columns.rank)
        wish, travel = columns.rank[kept], columns.travel[kept]
        wish = np.where(wish == 0, longest[self.candidate] + 1, wish)
        if "travel" not in problem.policy:
            travel = np.zeros_like(travel)
        liking = _numbered(self.slot, lots, travel, wish, self.candidate)
        own = np.where(columns.priority[kept] == 0, UNNAMED, columns.priority[kept])
        urgency = np.array([-c.priority for c in people], dtype=np.int64)[self.candidate]
        self.standing = _numbered(self.candidate, lots, urgency, own, self.slot)
        here = self.place[self.candidate] == self.slot
        now = np.full(len(people), len(kept), dtype=np.int64)
        now[self.candidate[here]] = liking[here]
        self.would_move = liking < now[self.candidate]
        self.last = _last(problem, self.place)
        np.maximum.at(self.last, self.slot[here], self.standing[here])


def _last(problem: Problem, place: Numbers) -> Numbers:
    """Before the holders are looked at: -1 where all places are taken, else beyond everybody."""
    capacity = np.array([slot.capacity for slot in problem.slots], dtype=np.int64)
    load = np.bincount(place[place >= 0], minlength=len(capacity))
    return np.where(load < capacity, len(problem.columns), -1).astype(np.int64)


def _numbered(*keys: Numbers) -> Numbers:
    """Each row's number when sorted by the last key, then the one before it, and so on."""
    order = np.lexsort(keys)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return number


def _lots(problem: Problem, candidate: Numbers, slot: Numbers) -> Numbers:
    """The first 30 bits of the SHA-256 of seed, candidate and slot, one to a line."""
    people, slots, seed = problem.candidates, problem.slots, problem.seed
    drawn = [
        sha256(f"{seed}\n{people[c].id}\n{slots[s].id}".encode()).digest()[:4]
        for c, s in zip(candidate.tolist(), slot.tolist(), strict=True)
    ]
    return np.frombuffer(b"".join(drawn), dtype=">u4").astype(np.int64) // 4


def _circle(market: _Market) -> list[int]:
    """Slots on a circle of arrows, if there is one."""
    arrow: dict[int, int] = {}
    wanting = np.flatnonzero(market.would_move)
    for i in wanting[np.argsort(-market.standing[wanting])].tolist():  # whoever comes first, last
        arrow[int(market.slot[i])] = int(market.place[market.candidate[i]])
    seen = set[int]()
    for start in arrow:
        way, slot = list[int](), start
        while slot in arrow and slot not in seen:
            seen.add(slot)
            way.append(slot)
            slot = arrow[slot]
        if slot in way:
            return sorted(way[way.index(slot) :])
    return []
