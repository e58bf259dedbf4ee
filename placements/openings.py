"""Who else would get in, if something were otherwise: exact counts, by chains of moves.

A student without a place gets one exactly where a chain of moves leads from her to a free place:
she takes a place, its holder takes another, and so on. So one search answers for a new place at a
workplace that offers none, and one for a rule that is set aside for one student; nothing is solved
again. Rules that tie students together are not counted in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from placements import matching


class Openings:
    """One problem and its solution, as it is; candidates and slots are numbered as in the problem."""

    def __init__(self, problem: matching.Problem, solution: matching.Solution) -> None:
        self.problem = problem
        self.place: list[int] = [-1] * len(problem.candidates)
        for name, slot in solution.assignments.items():
            self.place[problem.candidate_index[name]] = problem.slot_index[slot]
        self.without = [who for who, slot in enumerate(self.place) if slot < 0]
        pinned = np.array([c.pinned is not None for c in problem.candidates], dtype=np.bool_)
        columns = problem.columns
        free = ~pinned[columns.candidate] if len(pinned) else np.zeros(0, dtype=np.bool_)
        self._pairs = list(
            zip(columns.candidate[free].tolist(), columns.slot[free].tolist(), strict=True)
        )
        self._pinned = set(np.flatnonzero(pinned).tolist())

    @cached_property
    def _holders(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.problem.slots]
        for who, slot in enumerate(self.place):
            if slot >= 0:
                found[slot].append(who)
        return found

    @cached_property
    def _usable(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.place]
        for who, slot in self._pairs:
            found[who].append(slot)
        return found

    @cached_property
    def _users(self) -> list[list[int]]:
        """Who may be at each slot."""
        found: list[list[int]] = [[] for _ in self.problem.slots]
        for who, slot in self._pairs:
            found[slot].append(who)
        return found

    @cached_property
    def short(self) -> set[int]:
        """Whoever is without a place, or holds one that somebody without could take over in a chain."""
        people, slots, waiting = set(self.without), set[int](), list(self.without)
        while waiting:
            for slot in self._usable[waiting.pop()]:
                if slot not in slots:
                    slots.add(slot)
                    fresh = [who for who in self._holders[slot] if who not in people]
                    people.update(fresh)
                    waiting += fresh
        return people - self._pinned

    @cached_property
    def open_slots(self) -> set[int]:
        """Where one more could be: there is room, or a holder can make room by a chain of moves."""
        found = {
            slot
            for slot, about in enumerate(self.problem.slots)
            if len(self._holders[slot]) < about.capacity
        }
        waiting = list(found)
        while waiting:
            for who in self._users[waiting.pop()]:
                held = self.place[who]
                if held >= 0 and held not in found:
                    found.add(held)
                    waiting.append(held)
        return found

    def would_fit(self, slots: Iterable[int]) -> bool:
        """Whether somebody without a place would get one, if she might be at these as well."""
        return not self.open_slots.isdisjoint(slots)

    def further(self, new: Sequence[Iterable[int]]) -> int:
        """How many more would be placed, with one new place for each of the groups of candidates."""
        place = dict(enumerate(self.place))
        first = len(self.problem.slots)
        users = {
            first + n: [who for who in group if who in self.short] for n, group in enumerate(new)
        }
        return sum(self._fill(slot, place, users) for slot in users)

    def _fill(self, empty: int, place: dict[int, int], users: dict[int, list[int]]) -> bool:
        """Let the chain that ends at the empty place happen, if there is one."""
        mover: dict[int, int] = {}  # who would leave the slot
        target: dict[int, int] = {}  # where she would go
        waiting = deque([empty])
        seen = set[int]()
        while waiting:
            slot = waiting.popleft()
            for who in users[slot] if slot in users else self._users[slot]:
                if who in seen:
                    continue
                seen.add(who)
                held = place[who]
                if held < 0:
                    place[who] = slot
                    while slot != empty:
                        who, slot = mover[slot], target[slot]
                        place[who] = slot
                    return True
                if held != empty and held not in mover:
                    mover[held], target[held] = who, slot
                    waiting.append(held)
        return False
