"""Every choice there is, as columns: each candidate's eligible slots, and going without a place.

Going without is the slot NOWHERE, numbered after the last slot, free and with room for all; where
`fairness` counts, it is a seat of her school instead, numbered between the slots and NOWHERE. A pinned
candidate has one option. Everything after this module is about choosing one option each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .pairs import Flags, Ints
from .problem import Problem
from .seats import Seats


@dataclass(frozen=True, eq=False)
class Options:
    """Sorted by candidate, then slot; going without last. `rank` is 0 where nothing was wished."""

    problem: Problem
    candidate: Ints
    slot: Ints
    rank: Ints
    travel: Ints
    room: Ints
    seats: Seats

    @property
    def real(self) -> int:
        """How many slots there are; what is numbered from here on is to go without."""
        return len(self.problem.slots)

    @property
    def nowhere(self) -> int:
        return self.real + len(self.seats.seats)

    @cached_property
    def names(self) -> list[str]:
        """The ids of slots and the names of seats."""
        slots = [slot.id for slot in self.problem.slots]
        return slots + [seat.name for seat in self.seats.seats]

    @classmethod
    def of(cls, problem: Problem, without: int | None = None) -> Options:
        """`without`: how many go without a place, for `fairness` to tell them apart by school."""
        columns, seats = problem.columns, Seats.of(problem, without)
        everybody = len(problem.candidates)
        pinned = np.array(
            [-1 if c.pinned is None else problem.slot_index[c.pinned] for c in problem.candidates],
            dtype=np.int64,
        )
        pin = pinned[columns.candidate]
        kept = np.flatnonzero((pin < 0) | (pin == columns.slot))
        loose = np.flatnonzero(pinned < 0)
        waiting, seat = _waiting(loose, seats, len(problem.slots))
        candidate = np.concatenate([columns.candidate[kept], waiting])
        order = np.argsort(candidate, kind="stable")
        slot = np.concatenate([columns.slot[kept], seat])
        nothing = np.zeros(len(waiting), dtype=np.int64)
        rank = np.concatenate([columns.rank[kept], nothing])
        travel = np.concatenate([columns.travel[kept], nothing])
        rooms = [*(s.capacity for s in problem.slots), *(1 for _ in seats.seats), everybody]
        room = np.array(rooms, dtype=np.int64)
        return cls(problem, candidate[order], slot[order], rank[order], travel[order], room, seats)

    def starts(self, candidate: Ints) -> Ints:
        """Where each candidate's stretch begins, in a column sorted by candidate."""
        return np.flatnonzero(changes(candidate))

    def find(self, chosen: Mapping[str, str]) -> Ints:
        """The option each candidate holds; -1 if what she holds is not an option of hers.

        Those without a place take the seats of their school in order, the cheapest first."""
        wanted = np.full(len(self.problem.candidates), self.nowhere, dtype=np.int64)
        free: dict[int, list[int]] = {}
        for i, seat in enumerate(self.seats.seats):
            free.setdefault(seat.school, []).insert(0, self.real + i)
        for i, school in enumerate(self.seats.school):
            mine = free.get(school)
            if mine and self.problem.candidates[i].id not in chosen:
                wanted[i] = mine.pop()
        for name, slot in chosen.items():
            wanted[self.problem.candidate_index[name]] = self.problem.slot_index[slot]
        held = np.full(len(wanted), -1, dtype=np.int64)
        hits = np.flatnonzero(self.slot == wanted[self.candidate])
        held[self.candidate[hits]] = hits
        return held


def _waiting(loose: Ints, seats: Seats, real: int) -> tuple[Ints, Ints]:
    """Who may go without, and on which seat: candidate and slot number of each such option."""
    if not seats.seats:
        return loose, np.full(len(loose), real)
    of_school: dict[int, list[int]] = {}
    for i, seat in enumerate(seats.seats):
        of_school.setdefault(seat.school, []).append(real + i)
    mine = [of_school[seats.school[who]] for who in loose.tolist()]
    flat = [seat for some in mine for seat in some]
    return np.repeat(loose, [len(some) for some in mine]), np.array(flat, dtype=np.int64)


def changes(sorted_column: Ints) -> Flags:
    """True where a value differs from the one before it, and at the first."""
    first = np.ones(len(sorted_column), dtype=np.bool_)
    first[1:] = sorted_column[1:] != sorted_column[:-1]
    return first


def total(values: Ints) -> int:
    """An exact sum: halves are summed apart, since 64 bits overflow at a million candidates."""
    high, low = values >> 32, values & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())
