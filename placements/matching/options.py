"""Every choice there is, as columns: each candidate's eligible slots, and going without a place.

Going without is the slot NOWHERE, numbered after the last real slot, free and with room for all. A
pinned candidate has one option. Everything after this module is about choosing one option each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .pairs import Flags, Ints
from .problem import Problem


@dataclass(frozen=True, eq=False)
class Options:
    """Sorted by candidate, then slot; NOWHERE last. `rank` is 0 where nothing was wished."""

    problem: Problem
    candidate: Ints
    slot: Ints
    rank: Ints
    travel: Ints
    room: Ints

    @property
    def nowhere(self) -> int:
        return len(self.problem.slots)

    @classmethod
    def of(cls, problem: Problem) -> Options:
        columns, nowhere = problem.columns, len(problem.slots)
        everybody = len(problem.candidates)
        pinned = np.array(
            [-1 if c.pinned is None else problem.slot_index[c.pinned] for c in problem.candidates],
            dtype=np.int64,
        )
        pin = pinned[columns.candidate]
        kept = np.flatnonzero((pin < 0) | (pin == columns.slot))
        loose = np.flatnonzero(pinned < 0)
        candidate = np.concatenate([columns.candidate[kept], loose])
        order = np.argsort(candidate, kind="stable")
        slot = np.concatenate([columns.slot[kept], np.full(len(loose), nowhere)])
        nothing = np.zeros(len(loose), dtype=np.int64)
        rank = np.concatenate([columns.rank[kept], nothing])
        travel = np.concatenate([columns.travel[kept], nothing])
        room = np.array([s.capacity for s in problem.slots] + [everybody], dtype=np.int64)
        return cls(problem, candidate[order], slot[order], rank[order], travel[order], room)

    def starts(self, candidate: Ints) -> Ints:
        """Where each candidate's stretch begins, in a column sorted by candidate."""
        return np.flatnonzero(changes(candidate))

    def find(self, chosen: Mapping[str, str]) -> Ints:
        """The option each candidate holds; -1 if what she holds is not an option of hers."""
        wanted = np.full(len(self.problem.candidates), self.nowhere, dtype=np.int64)
        for name, slot in chosen.items():
            wanted[self.problem.candidate_index[name]] = self.problem.slot_index[slot]
        held = np.full(len(wanted), -1, dtype=np.int64)
        hits = np.flatnonzero(self.slot == wanted[self.candidate])
        held[self.candidate[hits]] = hits
        return held


def changes(sorted_column: Ints) -> Flags:
    """True where a value differs from the one before it, and at the first."""
    first = np.ones(len(sorted_column), dtype=np.bool_)
    first[1:] = sorted_column[1:] != sorted_column[:-1]
    return first


def total(values: Ints) -> int:
    """An exact sum: halves are summed apart, since 64 bits overflow at a million candidates."""
    high, low = values >> 32, values & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())
