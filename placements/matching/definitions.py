"""What every choice costs at every level, from the definitions, for `verify`: a second reading of the
design, with no code of the solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat

import numpy as np
import numpy.typing as npt

from .problem import Problem
from .solution import Solution

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Choices:
    """What each candidate may be given, as columns; the last of hers is to go without (slot -1)."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        columns, everybody = problem.columns, len(problem.candidates)
        self.seats = _seats(problem, len(solution.unplaced))
        self.names = dict(problem.slot_index)
        for name, _, _ in self.seats:
            self.names[name] = len(self.names)
        # Slot -1 is the last entry of both columns: no capacity to pay back, never filled.
        rooms = [slot.capacity for slot in problem.slots] + [1] * len(self.seats) + [0]
        self.capacity = np.array(rooms, dtype=np.int64)
        self.filled = np.zeros(len(self.capacity), dtype=np.bool_)
        without = [(c, s) for c in range(everybody) for s in self._waiting(c)]
        self.candidate = np.append(columns.candidate, [c for c, _ in without]).astype(np.int64)
        self.slot = np.append(columns.slot, [s for _, s in without]).astype(np.int64)
        self.rank = np.append(columns.rank, np.zeros(len(without), dtype=np.int64))
        self.travel = np.append(columns.travel, np.zeros(len(without), dtype=np.int64))
        self.weight = np.full(len(self.slot), -1, dtype=np.int64)  # drawn when first asked for
        self.last_rank = np.zeros(everybody, dtype=np.int64)
        np.maximum.at(self.last_rank, columns.candidate, columns.rank)
        held = [solution.assignments.get(c.id) for c in problem.candidates]
        free = self._free()
        place = np.array(
            [next(free[i]) if s is None else problem.slot_index[s] for i, s in enumerate(held)],
            dtype=np.int64,
        )
        pinned = np.array([c.pinned is not None for c in problem.candidates], dtype=np.bool_)
        at_place = self.slot == place[self.candidate]
        self.taken = np.flatnonzero(at_place)
        self.live = np.flatnonzero(at_place | ~pinned[self.candidate])

    def _waiting(self, candidate: int) -> list[int]:
        """Where she goes without: on any seat of her school if there are seats, else nowhere."""
        if not self.seats:
            return [-1]
        school = self.problem.candidates[candidate].school or ""
        first = len(self.problem.slots)
        return [first + i for i, (_, its, _) in enumerate(self.seats) if its == school]

    def _free(self) -> list[Iterator[int]]:
        """For each candidate the seats of her school, which all of it share: those who go without
        take them in order."""
        shared: dict[str, Iterator[int]] = {}
        for i, candidate in enumerate(self.problem.candidates):
            if (school := candidate.school or "") not in shared:
                shared[school] = iter(self._waiting(i)) if self.seats else repeat(-1)
        return [shared[candidate.school or ""] for candidate in self.problem.candidates]

    def cost(self, level: str, which: Numbers) -> Numbers:
        """The definitions of the levels."""
        who, slot = self.candidate[which], self.slot[which]
        people = self.problem.candidates
        without: Flags = (slot == -1) | (slot >= len(self.problem.slots))
        if level == "placed":
            return without.astype(np.int64)
        if level.startswith("placed:"):
            least = int(level.removeprefix("placed:"))
            counted: Flags = np.array([c.priority >= least for c in people], dtype=np.bool_)
            return (without & counted[who]).astype(np.int64)
        if level.startswith("wishes:"):
            return self._wishes(level.split(":")[1:], who, self.rank[which], without)
        if level == "fairness":
            dear = np.array([0] * len(self.problem.slots) + [c for _, _, c in self.seats] + [0])
            return dear[slot].astype(np.int64)
        if level == "breadth":
            return self._unmet(who, slot)
        if level == "moves":
            before = [self.problem.slot_index[c.previous] if c.previous else -2 for c in people]
            at = np.array(before, dtype=np.int64)[who]
            moved: Flags = (at != -2) & (at != slot)
            return moved.astype(np.int64)
        if level == "travel":
            return self.travel[which] * ~without
        if level == "lottery":
            return self._weights(which)
        raise ValueError(f"The level {level} has no definition here.")

    def _wishes(self, form: list[str], who: Numbers, wish: Numbers, without: Flags) -> Numbers:
        """`wish` is 0 where she did not wish to be; that counts as the wish after her last."""
        rank = np.where(wish == 0, self.last_rank[who] + 1, wish)
        if form == ["squared"]:
            return rank**2 * ~without
        if form == ["rank_sum"]:
            return rank * ~without
        if form[0] == "greedy":
            missed: Flags = without | (rank != int(form[1]))
            return missed.astype(np.int64)
        if form[0] == "generous":
            return ((rank >= int(form[1])) & ~without).astype(np.int64)
        raise ValueError(f"The wishes are not weighed by {form} here.")

    def _unmet(self, who: Numbers, slot: Numbers) -> Numbers:
        """The learning areas that she lacks and her place, if she has one, does not offer; worked
        out once for each two sets of areas, since many share them."""
        lacked = [frozenset(c.lacks) for c in self.problem.candidates]
        offered = [frozenset(s.offers) for s in self.problem.slots]
        offered += [frozenset()] * (len(self.seats) + 1)
        wants = {areas: i for i, areas in enumerate(dict.fromkeys(lacked))}
        gives = {areas: i for i, areas in enumerate(dict.fromkeys(offered))}
        table = np.array([[len(w - g) for g in gives] for w in wants], dtype=np.int64)
        row = np.array([wants[areas] for areas in lacked], dtype=np.int64)
        column = np.array([gives[areas] for areas in offered], dtype=np.int64)
        unmet: Numbers = table.reshape(len(wants), len(gives))[row[who], column[slot]]
        return unmet

    def _weights(self, which: Numbers) -> Numbers:
        """The first 30 bits of the SHA-256 of seed, candidate and slot, one to a line."""
        placed = (self.slot[which] >= 0) & (self.slot[which] < len(self.problem.slots))
        new = which[(self.weight[which] < 0) & placed]
        people, slots, seed = self.problem.candidates, self.problem.slots, self.problem.seed
        drawn = [
            sha256(f"{seed}\n{people[c].id}\n{slots[s].id}".encode()).digest()[:4]
            for c, s in _zip(self.candidate[new], self.slot[new])
        ]
        self.weight[new] = np.frombuffer(b"".join(drawn), dtype=">u4") // 4
        return np.maximum(self.weight[which], 0)

    def bound(self, level: str, price: Numbers) -> int:
        """What the prices prove: the least of everybody's charges, less what is paid back."""
        self.charged = self.cost(level, self.live) + price[self.slot[self.live]]
        self.least = np.full(len(self.problem.candidates), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(self.least, self.candidate[self.live], self.charged)
        return whole_sum(self.least) - sum(c * p for c, p in _zip(self.capacity, price) if p)

    def keep_best(self, price: Numbers) -> None:
        """After a proven level: only the options that gave the bound, and slots with a price."""
        self.live = self.live[self.charged == self.least[self.candidate[self.live]]]
        self.filled |= price != 0


def _seats(problem: Problem, without: int) -> list[tuple[str, str, int]]:
    """What `fairness` counts: name, school and cost of each seat, none if the rules do not ask or all
    go to one school. The k-th of n students costs (2k - 1) / n, in whole millionths: together u of
    them cost u * u / n. With a seat more than go `without` in all, seats are never what is scarce."""
    members = Counter(candidate.school or "" for candidate in problem.candidates)
    if "fairness" not in problem.policy or len(members) == 1:
        return []
    return [
        (f"waiting:{number}:{k}", school, (2 * k - 1) * 1_000_000 // members[school])
        for number, school in enumerate(sorted(members))
        for k in range(1, min(members[school], without + 1) + 1)
    ]


def level_names(problem: Problem) -> list[str]:
    """Priority classes first, the most urgent before the rest; then the policy."""
    priorities = {candidate.priority for candidate in problem.candidates}
    urgent = sorted(priorities - {min(priorities)}, reverse=True) if priorities else []
    names = [f"placed:{priority}" for priority in urgent]
    longest = max(problem.columns.rank.tolist(), default=0)
    for name in problem.policy:
        if name == "wishes:greedy":  # the first wish first
            names += [f"{name}:{rank}" for rank in range(1, longest + 1)]
        elif name == "wishes:generous":  # the wish after the longest list's last one first
            names += [f"{name}:{rank}" for rank in range(longest + 1, 1, -1)]
        else:
            names.append(name)
    return names


def _zip(*columns: Numbers) -> Iterator[tuple[int, ...]]:
    """Columns as rows of Python's own integers, which have no limit."""
    return zip(*(column.tolist() for column in columns), strict=True)


def whole_sum(values: Numbers) -> int:
    """Exact: the halves are added apart, since 64 bits can overflow."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
