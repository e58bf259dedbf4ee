"""Every choice there is, as columns: each candidate's eligible slots, and going without a place.

Going without is the slot NOWHERE, numbered after the last slot, free and with room for all; where
`fairness` counts, it is her school's waiting room or the last seat beside it (`seats`), numbered between
the slots and NOWHERE. A pinned candidate has one option. Everything after this module is about choosing
one option each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        return len(self.room) - 1

    def named(self, price: Ints) -> dict[str, int]:
        """The prices other than 0 by the slots' ids, and the seats' names."""
        charged = np.flatnonzero(price)
        slots, each = list(self.problem.slot_index), price[charged].tolist()
        many = int(np.searchsorted(charged, self.real))
        named = dict(zip(map(slots.__getitem__, charged[:many].tolist()), each[:many], strict=True))
        for i, paid in zip(charged[many:].tolist(), each[many:], strict=True):
            named.update((name, paid) for name, _ in self.seats.names(i - self.real))
        return named

    @classmethod
    def of(cls, problem: Problem, unplaced: Iterable[str] | None = None) -> Options:
        """`unplaced`: who goes without, where that is known; then there are seats for just those and
        one more of each school."""
        columns, seats = problem.columns, Seats.of(problem)
        if unplaced is not None and len(seats):
            school = seats.school[[problem.candidate_index[name] for name in unplaced]]
            seats = seats.set(np.bincount(school, minlength=len(seats.members)))
        everybody, real = len(problem.candidates), len(problem.slots)
        room = np.concatenate([problem.roster.capacity, seats.room, [everybody]])
        pairs, loose = _not_pinned(problem)
        if len(seats):
            first = real + 2 * seats.school[loose]
            alone, seat = np.repeat(loose, 2), np.stack([first, first + 1], axis=1).ravel()
            exist = room[seat] > 0
            alone, seat = alone[exist], seat[exist]
        else:
            alone, seat = loose, np.full(len(loose), real)
        # Pairs are sorted by candidate: each one's options without a place come after them.
        mine = columns.candidate[pairs]
        without = np.cumsum(np.bincount(mine, minlength=everybody))[alone] + np.arange(len(alone))
        paired = np.ones(len(mine) + len(alone), dtype=np.bool_)
        paired[without] = False
        candidate, slot, rank, travel = np.zeros((4, len(paired)), dtype=np.int64)
        candidate[without], slot[without] = alone, seat
        at = np.flatnonzero(paired)
        candidate[at], slot[at] = mine, columns.slot[pairs]
        rank[at], travel[at] = columns.rank[pairs], columns.travel[pairs]
        return cls(problem, candidate, slot, rank, travel, room, seats)

    def waiting(self, answer: Ints) -> Ints:
        """How many of each school go without."""
        without = self.slot[answer] >= self.real
        return np.bincount(
            self.seats.school[self.candidate[answer[without]]], minlength=len(self.seats.members)
        )

    def waiting_room(self, answer: Ints) -> Ints:
        """The same answer, with all who go without in the waiting rooms of their schools."""
        slot = self.slot[answer]
        last: Flags = (slot >= self.real) & ((slot - self.real) % 2 == 1)
        return answer - last  # each one's last seat comes right after the waiting room

    def starts(self, candidate: Ints) -> Ints:
        """Where each candidate's stretch begins, in a column sorted by candidate."""
        return np.flatnonzero(changes(candidate))

    def find(self, chosen: Mapping[str, str]) -> Ints:
        """The option each candidate holds; -1 if what she holds is not an option of hers.

        Those without a place are in the waiting room, where there is one."""
        problem = self.problem
        wanted = np.full(len(problem.candidates), self.nowhere, dtype=np.int64)
        if len(self.seats):
            wanted = self.real + 2 * self.seats.school
        who = [problem.candidate_index[name] for name in chosen]
        wanted[who] = [problem.slot_index[slot] for slot in chosen.values()]
        held = np.full(len(wanted), -1, dtype=np.int64)
        hits = np.flatnonzero(self.slot == wanted[self.candidate])
        held[self.candidate[hits]] = hits
        return held


def _not_pinned(problem: Problem) -> tuple[Ints | slice, Ints]:
    """The pairs that a pin leaves, and the candidates who are not pinned."""
    pin, columns = problem.roster.pinned, problem.columns
    if pin.max(initial=-1) < 0:
        return slice(None), np.arange(len(pin))
    at = pin[columns.candidate]
    return np.flatnonzero((at < 0) | (at == columns.slot)), np.flatnonzero(pin < 0)


def changes(sorted_column: Ints) -> Flags:
    """True where a value differs from the one before it, and at the first."""
    first = np.ones(len(sorted_column), dtype=np.bool_)
    first[1:] = sorted_column[1:] != sorted_column[:-1]
    return first


def total(values: Ints) -> int:
    """An exact sum: halves are summed apart, since 64 bits overflow at a million candidates."""
    high, low = values >> 32, values & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())
