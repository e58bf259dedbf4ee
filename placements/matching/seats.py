"""Seats to wait on: how `fairness` counts those without a place, school by school.

The k-th student of a school of n who goes without costs (2k - 1) / n. Added up, u students of it cost
u * u / n, so the sum over schools is least when the shares u / n are as even as can be. Each such cost
is a seat of its own, with room for one, and the cheapest seats are taken first.

To the solver a school's seats are two slots, whatever their number: its WAITING room, and one LAST
seat beside it. Once `fairness` is proven, the waiting room is the seats that are taken in every best
solution; the last seat is there where one more or less makes no difference, since another school's
seat costs the same. A price of the waiting room is the price of each seat in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .policies import FAIRNESS
from .problem import Problem

Ints = npt.NDArray[np.int64]

WHOLE = 1_000_000  # costs are whole numbers: millionths, rounded down
PREFIX = "waiting:"  # no slot's id begins so


@dataclass(frozen=True, eq=False)
class Seats:
    """`school` numbers each candidate's school in order of id, `members` counts them; none where
    everybody waits together. `taken` and `most` say how many seats of each school are in the waiting
    room, and how many with the last seat."""

    school: Ints
    members: Ints
    taken: Ints
    most: Ints

    @classmethod
    def of(cls, problem: Problem) -> Seats:
        """Nobody knows yet how many will wait: the waiting rooms have room for all."""
        nobody = np.zeros(len(problem.candidates), dtype=np.int64)
        if FAIRNESS not in problem.policy:
            return cls(nobody, nobody[:0], nobody[:0], nobody[:0])
        school, names = problem.roster.schools
        if len(names) < 2:
            return cls(nobody, nobody[:0], nobody[:0], nobody[:0])
        members = np.bincount(school)
        return cls(school, members, members, members + 1)

    def __len__(self) -> int:
        """How many slots they are."""
        return 2 * len(self.members)

    def set(self, waiting: Ints) -> Seats:
        """So many of each school wait; the last seat is the next one, if there is one."""
        most = np.minimum(waiting + 1, self.members)
        return Seats(self.school, self.members, waiting, most)

    def between(self, least: Ints, most: Ints) -> Seats:
        return Seats(self.school, self.members, least, most)

    @property
    def room(self) -> Ints:
        """Of each school's waiting room and last seat, one after the other."""
        return np.stack([self.taken, self.most - self.taken], axis=1).ravel()

    @property
    def cost(self) -> Ints:
        """What the dearest seat in each waiting room costs, and the last seat."""
        every = np.arange(len(self.members))
        both = [self.cost_of(every, self.taken), self.cost_of(every, self.taken + 1)]
        return np.stack(both, axis=1).ravel()

    def cost_of(self, school: Ints, order: Ints) -> Ints:
        """What the seats of this order cost; nothing for the one before the first."""
        each: Ints = np.maximum(2 * order - 1, 0) * WHOLE // self.members[school]
        return each

    def total(self, waiting: Ints) -> int:
        """What it costs that so many of each school wait."""
        return sum(
            (2 * k - 1) * WHOLE // members
            for members, many in zip(self.members.tolist(), waiting.tolist(), strict=True)
            for k in range(1, many + 1)
        )

    def names(self, number: int) -> Iterator[tuple[str, int]]:
        """The seats that the slot of this number (from 0) stands for, each with its cost."""
        school, last = divmod(number, 2)
        taken, most = int(self.taken[school]), int(self.most[school])
        orders = range(taken + 1, most + 1) if last else range(1, taken + 1)
        for k in orders:
            yield f"{PREFIX}{school}:{k}", (2 * k - 1) * WHOLE // int(self.members[school])
