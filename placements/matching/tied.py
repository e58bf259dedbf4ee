"""A problem with rules as rows over columns: for what is no flow, and for testing whether a flow's
answer keeps the rules.

A column is an option of a candidate, a seat to wait on (`fairness`), or the word that a slot with a
minimum has anybody at all. Each is 0 or 1. A row says from how many to how many of some columns are 1.
Only `search` solves such rows; nothing here needs a solver.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from .costs import Costs
from .options import Options
from .pairs import Flags, Ints
from .policies import FAIRNESS
from .problem import Problem
from .seats import PREFIX, WHOLE, Seats

FREE = 2**40  # no bound on a row


@dataclass(frozen=True, eq=False)
class Row:
    """`least` <= sum of `weight` x column <= `most`. `rule` names what it is part of, for people."""

    column: Ints
    weight: Ints
    least: int
    most: int
    rule: str = ""


class Tied:
    """The columns and rows of a problem. Options come first, then seats, then slots that are open."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        # Seats are columns of their own here, not slots: without `fairness` there are none among them.
        plain = tuple(name for name in problem.policy if name != FAIRNESS)
        self.options = Options.of(replace(problem, policy=plain))
        self.costs = Costs(self.options)
        self.seats = Seats.of(problem)
        self.school = np.repeat(np.arange(len(self.seats.members)), self.seats.members)
        order = [np.arange(1, n + 1) for n in self.seats.members.tolist()]
        self.order = np.concatenate([np.zeros(0, dtype=np.int64), *order])
        self.minimum = [
            i for i, slot in enumerate(problem.slots) if slot.capacity and slot.minimum > 1
        ]
        self.first_seat = len(self.options.slot)
        self.first_open = self.first_seat + len(self.order)
        self.width = self.first_open + len(self.minimum)
        self.seat_columns = slice(self.first_seat, self.first_open)
        people, slots = len(problem.candidates), len(problem.slots)
        waits, quotas = people + slots, people + slots + len(self.seats.members)
        self.slot_rows = slice(people, waits)
        self.wait_rows = slice(waits, quotas)
        self.quota_rows = slice(quotas, quotas + len(problem.quotas))

    @cached_property
    def rows(self) -> list[Row]:
        """First one for each candidate, then each slot, each school's seats, each quota; then the
        other rules."""
        return [
            *self._everybody(),
            *self._room(),
            *self._waiting(),
            *self._quotas(),
            *self._minimum(),
            *self._together(),
            *self._kept_apart(),
        ]

    def cost(self, level: str) -> Ints:
        """What each column costs at the level."""
        cost = np.zeros(self.width, dtype=np.int64)
        if level == FAIRNESS:
            members = self.seats.members[self.school]
            cost[self.seat_columns] = (2 * self.order - 1) * WHOLE // np.maximum(members, 1)
        else:
            cost[: self.first_seat] = self.costs.of(level, np.arange(self.first_seat))
        return cost

    def chosen(self, answer: Ints) -> Ints:
        """The columns that are 1 where each candidate has the option numbered in `answer`."""
        x = np.zeros(self.width, dtype=np.int64)
        x[answer] = 1
        slot = self.options.slot[answer]
        if len(self.order):
            without = np.flatnonzero(slot == self.options.nowhere)
            many = np.bincount(self.seats.school[without], minlength=len(self.seats.members))
            x[self.seat_columns] = self.order <= many[self.school]
        load = np.bincount(slot, minlength=len(self.options.room))
        x[self.first_open :] = load[self.minimum] > 0
        return x

    def broken(self, answer: Ints) -> list[str]:
        """The rules that an answer does not keep."""
        x = self.chosen(answer)
        found = dict[str, None]()
        for row in self.rows:
            if not row.least <= int(row.weight @ x[row.column]) <= row.most:
                found[row.rule] = None
        return list(found)

    @cached_property
    def named(self) -> dict[str, int]:
        """What has a price: slots, seats and quotas, numbered one after the other."""
        seats = zip(self.school.tolist(), self.order.tolist(), strict=True)
        names = [slot.id for slot in self.problem.slots]
        names += [f"{PREFIX}{school}:{order}" for school, order in seats]
        names += [f"quota:{i}" for i in range(len(self.problem.quotas))]
        return {name: i for i, name in enumerate(names)}

    @property
    def firm(self) -> set[str]:
        """What nobody could leave out: that there is no more room than there is."""
        return {row.rule for row in self._room()}

    @cached_property
    def quota_columns(self) -> list[Ints]:
        return [row.column for row in self._quotas()]

    @cached_property
    def _by_candidate(self) -> Ints:
        people = len(self.problem.candidates)
        return np.searchsorted(self.options.candidate, np.arange(people + 1))

    def option(self, candidate: str, slot: str | None) -> int:
        """Of this candidate at the slot; None is nowhere. KeyError if she has none there."""
        wanted = self.options.nowhere if slot is None else self.problem.slot_index[slot]
        ends: list[int] = self._by_candidate[self.problem.candidate_index[candidate] :][:2].tolist()
        first, last = ends
        at = first + int(np.searchsorted(self.options.slot[first:last], wanted))
        if at == last or self.options.slot[at] != wanted:
            raise KeyError(slot)
        return at

    def _mine(self, candidate: str) -> Ints:
        """The options of one candidate that are places."""
        first, last = self._by_candidate[self.problem.candidate_index[candidate] :][:2]
        mine: Ints = np.arange(first, last)
        return mine[self.options.slot[mine] < self.options.real]

    def _everybody(self) -> Iterator[Row]:
        for first, last in pairwise(self._by_candidate.tolist()):
            yield _row(np.arange(first, last), 1, 1)

    @cached_property
    def _by_slot(self) -> list[Ints]:
        order = np.argsort(self.options.slot, kind="stable")
        ends = np.searchsorted(self.options.slot[order], np.arange(self.options.real + 1))
        return [order[first:last] for first, last in pairwise(ends.tolist())]

    def _room(self) -> Iterator[Row]:
        for column, slot in zip(self._by_slot, self.problem.slots, strict=True):
            yield _row(column, -FREE, slot.capacity, f'the capacity of "{slot.id}"')

    def _waiting(self) -> Iterator[Row]:
        without = np.flatnonzero(self.options.slot == self.options.nowhere)
        mine = self.seats.school[self.options.candidate[without]]
        for school in range(len(self.seats.members)):
            waits = without[mine == school]
            seats = self.first_seat + np.flatnonzero(self.school == school)
            weight = np.concatenate([np.ones_like(waits), -np.ones_like(seats)])
            yield Row(np.concatenate([waits, seats]), weight, 0, 0)

    def _quotas(self) -> Iterator[Row]:
        schools = np.array([c.school or "" for c in self.problem.candidates], dtype=object)
        for quota in self.problem.quotas:
            column = np.concatenate(
                [self._by_slot[self.problem.slot_index[slot]] for slot in quota.slots]
            )
            if quota.school is not None:
                mine: Flags = schools[self.options.candidate[column]] == quota.school
                column = column[mine]
            most = FREE if quota.at_most is None else quota.at_most
            yield _row(column, quota.at_least, most, f"the quota of {quota}")

    def _minimum(self) -> Iterator[Row]:
        for i, number in enumerate(self.minimum):
            slot, column = self.problem.slots[number], self._by_slot[number]
            both = np.append(column, self.first_open + i)
            rule = f'"{slot.id}" with at least {slot.minimum} or nobody'
            for each, least, most in ((slot.capacity, -FREE, 0), (slot.minimum, 0, FREE)):
                yield Row(both, np.append(np.ones_like(column), -each), least, most, rule)

    def _together(self) -> Iterator[Row]:
        for one, other in self.problem.together:
            sides = [
                {int(self.options.slot[o]): int(o) for o in self._mine(n)} for n in (one, other)
            ]
            rule = f'"{one}" and "{other}" together'
            for slot in sorted({*sides[0], *sides[1]}):
                here = [
                    (sign, side[slot])
                    for sign, side in zip((1, -1), sides, strict=True)
                    if slot in side
                ]
                column = np.array([option for _, option in here], dtype=np.int64)
                yield Row(column, np.array([sign for sign, _ in here], dtype=np.int64), 0, 0, rule)

    def _kept_apart(self) -> Iterator[Row]:
        slots, rules = self.problem.slots, self.problem.rules
        for what, (one, other) in rules.kept_apart():
            theirs = self._mine(other)
            name = (
                f'"{one}" and "{other}" apart'
                if what == "apart"
                else (f'"{one}" and "{other}", needs of one person')
            )
            for option in self._mine(one).tolist():
                here = slots[self.options.slot[option]]
                hinders = [
                    o
                    for o in theirs.tolist()
                    if rules.forbids(what, here, slots[self.options.slot[o]])
                ]
                if hinders:
                    yield _row(np.array([option, *hinders], dtype=np.int64), -FREE, 1, name)


def _row(column: Ints, least: int, most: int, rule: str = "") -> Row:
    return Row(column, np.ones_like(column), least, most, rule)
