"""One candidate forced to one slot: where the best answer that has her there first is worse, by how much,
and with how few moves. For `why_not`, and by the same programs as `search`.

The levels are gone through in their order. Where what was found is as good as the solution, so is the
best. Where it is worse, the solution's own prices may prove that nothing better has her there; if they do
not, the level is solved again with her there, as `search` solves it. Then it is over: levels after the
first that is worse decide nothing.

This runs in a process of its own: `python -m placements.matching.forced SECONDS`, with the solution and
the questions as a line each and the problem packed on standard input, and a line of JSON for each question
on standard output. SECONDS are for one question.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .options import total
from .packed import unpack
from .pairs import Ints
from .policies import LOTTERY
from .problem import Problem
from .programs import Infeasible, OutOfTime
from .search import PART, Found, Search
from .shadow import Open, Shadow
from .solution import PROVEN, SEARCHED, UNPROVEN, Solution
from .touched import disturbance, touched

NARROW = (32, 16, 8, 4, 2, 1)  # parts of the gap
FEWEST = "fewest moves"  # no level of any policy


@dataclass(frozen=True)
class Before:
    """What the levels before one leave: by the prices of those proven, and what the others cost."""

    left: Open
    kept: tuple[tuple[Ints, int], ...]


class Forced(Search):
    """One solution, asked one question after the other."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        super().__init__(problem, 0)
        self.levels = solution.levels
        self.costs = [self.tied.cost(level.name) for level in self.levels]
        self.held = self.tied.options.find(solution.assignments)
        self.solved = self.tied.chosen(self.held)
        self.near = {level.name: level.prices for level in self.levels}
        left, kept, self.before = self.left, list[tuple[Ints, int]](), list[Before]()
        for level, cost in zip(self.levels, self.costs, strict=True):
            self.before.append(Before(left, tuple(kept)))
            if level.proven:
                left = Shadow.named(self.tied, left, cost, level.prices).narrowed()
            else:
                kept.append((cost, level.value))
        states = [each.left for each in self.before] + [left]
        self.disturbance = disturbance(self.tied, states, self.solved)

    def ask(self, candidate: str, slot: str, seconds: float) -> dict[str, Any]:
        """Why she is not there. She must have the option."""
        self.programs.until = time.monotonic() + seconds
        option = self.tied.option(candidate, slot)
        try:
            self._begin(option)
        except Infeasible:
            return {"status": SEARCHED, "rules": self._in_the_way(seconds)}
        except OutOfTime:
            return {"status": UNPROVEN}
        for i, level in enumerate(self.levels):
            if not level.best:
                break
            status = self._worse(i, option)
            if status is None:
                continue
            amount = self._value(i) - level.value
            if level.name != LOTTERY and status != UNPROVEN:
                self._calm()
            return self._told(option, status, level=level.name, amount=amount)
        return self._told(option, UNPROVEN)

    def _told(self, option: int, status: str, **facts: Any) -> dict[str, Any]:
        """With everybody who has moved but her."""
        options, slots = self.tied.options, self.tied.problem.slots
        mine, moves = options.candidate[option], []
        for was, now in zip(self.held.tolist(), self._options(), strict=True):
            if was != now and options.candidate[now] != mine:
                places = [
                    slots[s].id if s < options.real else None for s in options.slot[[was, now]]
                ]
                who = self.tied.problem.candidates[options.candidate[now]].id
                moves.append([who, *places])
        return {"status": status, "moves": moves, **facts}

    def _value(self, i: int) -> int:
        return total(self.costs[i] * self.answer)

    def _begin(self, option: int) -> None:
        """Any answer that has her there, as near to the solution as may be."""
        moved = self.held.copy()
        moved[self.tied.options.candidate[option]] = option
        self.left, self.programs.kept = self._with(Open.of(self.tied), option), []
        self.answer = self.tied.chosen(moved)
        self.free = touched(self.tied, self.answer)
        self.concerned = self.free.copy()
        self.concerned[self.tied.options.candidate[option]] = True
        self.answer = self._nearby(self.disturbance)
        self._settle()

    def _settle(self) -> None:
        """Which seats are waited on says nothing until a level asks: the first ones."""
        self.answer = self.tied.chosen(np.array(self._options(), dtype=np.int64))

    def _with(self, left: Open, option: int) -> Open:
        """The same, with her there and nowhere else."""
        left, first = left.copy(), self.tied.first_seat
        hers = self.tied.options.candidate == self.tied.options.candidate[option]
        left.high[:first][hers] = 0
        left.high[option] = left.low[option] = 1
        return left

    def _worse(self, i: int, option: int) -> str | None:
        """None if the level can be as good as in the solution; or how certain the answer found is."""
        level, cost = self.levels[i], self.costs[i]
        if self._value(i) == level.value:
            return None
        self.left = self._with(self.before[i].left, option)
        self.programs.kept = list(self.before[i].kept)
        proof = Shadow.named(self.tied, self.left, cost, level.prices) if level.proven else None
        least = proof.bound if proof else level.value
        try:
            if self._value(i) > least and self.free.mean() <= PART:
                self.answer, _ = self.programs.whole(cost, self.left, self._columns(), self.answer)
                self._settle()
            if proof and self._value(i) == least > level.value:
                self.left = proof.narrowed()
                return PROVEN
            if self._value(i) > level.value:
                found = self._narrowly(i, proof) if proof else self._solved(i)
        except OutOfTime:
            return UNPROVEN
        value = self._value(i)
        if value == level.value:
            return None
        if found.bound == value:
            return PROVEN
        return SEARCHED if found.searched == value else UNPROVEN

    def _narrowly(self, i: int, proof: Shadow) -> Found:
        """The level for everybody. By its prices, what is dearer than the least by more than the gap is in no
        better answer than there is: so first for a small gap, which is enough if the answer is within it."""
        open_, who = self.left, self.tied.options.candidate
        for part in NARROW:
            gap = (self._value(i) - proof.bound) // part
            self.left = open_.copy()
            self.left.high[: self.tied.first_seat][proof.charged - proof.lowest[who] > gap] = 0
            try:
                found = self._solved(i)
            except Infeasible:
                continue
            if self._value(i) - proof.bound <= gap:
                return found
        self.left = open_
        return self._solved(i)

    def _solved(self, i: int) -> Found:
        self.programs.kept = list(self.before[i].kept)
        self.proving = all(one.proven for one in self.levels[:i])
        found = self.level(self.levels[i].name, self.costs[i])
        self._settle()
        return found

    def _calm(self) -> None:
        """Of the answers that are as good so far, one with the fewest moves; or the one that there is."""
        cost = np.zeros(self.tied.width, dtype=np.int64)
        cost[: self.tied.first_seat] = 1
        cost[self.held] = 0
        try:
            self.level(FEWEST, cost)
        except OutOfTime:
            return

    def _in_the_way(self, seconds: float) -> list[str]:
        """The rules of which one would have to go; none where that was not found out in time."""
        self.programs.until = time.monotonic() + seconds
        who = self.tied.options.candidate
        near = {
            row.rule
            for row in self.tied.rows
            if row.rule and self.concerned[who[row.column[row.column < self.tied.first_seat]]].any()
        }
        rules = self.conflict(near)
        return rules if time.monotonic() < self.programs.until else []


def answers(
    problem: Problem, solution: Solution, questions: list[tuple[str, str]], seconds: float
) -> Iterator[dict[str, Any]]:
    """For each candidate and slot what would be if she were there."""
    forced = Forced(problem, solution)
    for candidate, slot in questions:
        yield forced.ask(candidate, slot, seconds)


def main() -> None:
    """Read a problem, its solution and the questions, write what was found as it is found."""
    solution = Solution.from_json(sys.stdin.buffer.readline())
    questions = [(who, slot) for who, slot in json.loads(sys.stdin.buffer.readline())]
    problem = unpack(sys.stdin.buffer.read())
    for line in answers(problem, solution, questions, float(sys.argv[1])):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
