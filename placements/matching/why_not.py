"""Why not there, where prices alone do not tell: she is forced to the slot, and the round solved again
with her there (`forced`, in a process of its own)."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .bounded import GRACE, Process
from .errors import NotProvenError
from .facts import Asked, CandidateExplanation, Cost, Facts, Move, Reason, WishExplanation
from .packed import pack
from .policies import LOTTERY
from .problem import Problem
from .solution import UNPROVEN, Solution

SECONDS = 20.0  # for one question
LOADING = 30.0  # and so long until the first, on a machine that has much to do

Question = tuple[str, str]


class Plain(Facts):
    """What can be said without solving anything: UNKNOWN wherever she might be."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        if solution.problem_sha256 != problem.sha256:
            raise NotProvenError("The solution belongs to another problem.")
        super().__init__(problem, solution)
        self._decided = Counter(candidate.pinned for candidate in problem.candidates)

    def candidates(self, asked: Mapping[str, Iterable[str]]) -> Iterator[CandidateExplanation]:
        for name, also in asked.items():
            one = self._asked(name, also)
            yield self._told(one, [self._plain(one, slot) for slot in one.slots])

    def _without_cost(self, asked: Asked, slot: int) -> Reason:
        about, mine = self.problem.slots[slot], self.problem.candidates[asked.who].pinned
        if slot in asked.ranks and mine is None and self._decided[about.id] < about.capacity:
            return Reason.UNKNOWN
        return super()._without_cost(asked, slot)


class Forcing(Facts):
    """What `first` knows, and the rest found out; slower by far."""

    def __init__(self, problem: Problem, solution: Solution, first: Facts) -> None:
        super().__init__(problem, solution)
        self.first = first
        self._full = Counter(solution.assignments.values())

    def candidates(
        self,
        asked: Mapping[str, Iterable[str]],
        *,
        should_stop: Callable[[], bool] = lambda: False,
        seconds: float = SECONDS,
    ) -> Iterator[CandidateExplanation]:
        """One after the other, as they are found out. `seconds` are for one wish."""
        told = list(self.first.candidates(asked))
        questions = [
            (each.candidate, wish.slot)
            for each in told
            for wish in each.wishes
            if wish.reason == Reason.UNKNOWN
        ]
        found = self._answers(questions, should_stop, seconds)
        for each in told:
            wishes = [
                self._found(each, wish, next(found)) if wish.reason == Reason.UNKNOWN else wish
                for wish in each.wishes
            ]
            yield replace(each, wishes=tuple(wishes))

    def _answers(
        self, questions: list[Question], should_stop: Callable[[], bool], seconds: float
    ) -> Iterator[Mapping[str, Any]]:
        """In their order. A process that hangs at one is killed, and another one goes on after it."""
        while questions:
            data = [self.solution.canonical(), b"\n", json.dumps(questions).encode(), b"\n"]
            loading = LOADING
            with Process("forced", seconds, [*data, pack(self.problem)]) as process:
                while questions:
                    # Time runs while it works at an answer, and once more at the rules in the way.
                    deadline = time.monotonic() + 2 * seconds + GRACE + loading
                    line, loading = process.line(deadline, should_stop), 0.0
                    questions = questions[1:]
                    yield line or {"status": UNPROVEN}
                    if line is None:
                        break

    def _found(
        self, each: CandidateExplanation, wish: WishExplanation, answer: Mapping[str, Any]
    ) -> WishExplanation:
        status, moves = answer["status"], answer.get("moves")
        if moves is None:
            rules = tuple(answer.get("rules", ()))
            reason = Reason.RULE if "rules" in answer else Reason.UNKNOWN
            return replace(wish, reason=reason, rules=rules, status=status)
        chain = tuple(Move(*move) for move in moves)
        if "level" not in answer:
            return replace(wish, chain=chain, rules=(), status=status)
        full = self._full[wish.slot] >= wish.capacity
        cost = Cost(answer["level"], answer["amount"])
        reason, weights = Reason.FULL if full else Reason.OUTWEIGHED, None
        if cost.level == LOTTERY:
            hers = Move(each.candidate, each.got, wish.slot)
            reason, weights = Reason.LOTTERY, self._weights((hers, *chain))
        facts = replace(wish, reason=reason, cost=cost, chain=chain, weights=weights)
        return replace(facts, rules=(), status=status)
