"""Seats to wait on: how `fairness` counts those without a place, school by school.

The k-th student of a school of n who goes without costs (2k - 1) / n. Added up, u students of it cost
u * u / n, so the sum over schools is least when the shares u / n are as even as can be. Each such cost
is a seat of its own, with room for one: the dearer seats of a school are taken only when the cheaper
ones are, and everything that holds for slots, prices and proofs with them, holds for seats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .policies import FAIRNESS
from .problem import Problem

WHOLE = 1_000_000  # costs are whole numbers: millionths, rounded down
PREFIX = "waiting:"  # no slot's id begins so


@dataclass(frozen=True, slots=True)
class Seat:
    """The `order`-th seat of the school with this number among the schools in order of id."""

    school: int
    order: int
    cost: int

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.school}:{self.order}"


@dataclass(frozen=True)
class Seats:
    """All seats, and for each candidate her school's number. No seats: everybody waits together."""

    seats: Sequence[Seat]
    school: Sequence[int]

    @classmethod
    def of(cls, problem: Problem, without: int | None) -> Seats:
        """`without` is how many go without a place in all, or None where seats are not asked about.

        Each school gets a seat more than that, if it has so many students: no best answer fills them
        all, so that it is never the lack of seats that decides.
        """
        schools = sorted({candidate.school or "" for candidate in problem.candidates})
        if without is None or FAIRNESS not in problem.policy or len(schools) < 2:
            return cls((), ())
        number = {school: i for i, school in enumerate(schools)}
        members = Counter(candidate.school or "" for candidate in problem.candidates)
        seats = [
            Seat(i, k, (2 * k - 1) * WHOLE // members[school])
            for school, i in number.items()
            for k in range(1, min(members[school], without + 1) + 1)
        ]
        return cls(seats, [number[candidate.school or ""] for candidate in problem.candidates])
