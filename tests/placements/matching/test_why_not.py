"""Why not there, with rules that are no flow: against all assignments that have her there."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from placements.matching import (
    NotProvenError,
    Problem,
    Quota,
    Slot,
    Solution,
    Stopped,
    bounded,
    explain,
    forced,
    lottery_weight,
    search,
    solve,
    why_not,
)
from placements.matching.explain import Reason, WishExplanation
from placements.matching.solver import without_rules

from .instances import Assignment, Oracle, legal_assignments
from .test_tied import POLICY, only, searched, searching, tangled
from .tied_instances import best, keeps_rules, tied_problems

Ranked = list[tuple[tuple[int, ...], Assignment]]


class Here(why_not.Forcing):
    """The same, asked in this process."""

    def _answers(self, questions: list[why_not.Question], *_: Any) -> Iterator[dict[str, Any]]:
        return forced.answers(self.problem, self.solution, questions, 60)


def drawn(seed: int, number: int) -> Iterator[tuple[Problem, Solution, Oracle, Ranked]]:
    """Those with rules that can be kept, with their best, and all answers that keep the rules."""
    for each in tied_problems(seed, number):
        if not each.rules or best(each) is None:
            continue
        solution, _ = searched(each)
        assert isinstance(solution, Solution)
        oracle = Oracle(each)
        legal = [a for a in legal_assignments(each) if keeps_rules(each, a)]
        ranked = sorted(((oracle.values(a), a) for a in legal), key=lambda one: one[0])
        yield each, solution, oracle, ranked


def test_every_slot_and_candidate_against_all_assignments() -> None:
    seen = Counter[object]()
    for each, solution, oracle, ranked in drawn(21, 450):
        quick = explain.quick(each, solution)
        told = Here(each, solution, quick)
        asked = {c.id: [slot.id for slot in each.slots] for c in each.candidates}
        for candidate in told.candidates(asked):
            for wish in candidate.wishes:
                check(oracle, ranked, candidate.candidate, wish)
                seen[wish.reason] += 1
                seen[wish.status, solution.status] += wish.cost is not None
        for before in quick.candidates(asked):
            seen["asked"] += sum(wish.reason == Reason.UNKNOWN for wish in before.wishes)
    wanted = {*Reason} - {Reason.ORDER, Reason.URGENT, Reason.LOWER, Reason.UNKNOWN}
    assert min(seen[reason] for reason in wanted) > 2, seen
    certain = [
        seen[one, other] for one in ("proven", "searched") for other in ("proven", "searched")
    ]
    assert min(certain) > 5, seen
    assert not seen[Reason.UNKNOWN]
    assert seen["asked"] > 300


def check(oracle: Oracle, ranked: Ranked, candidate: str, wish: WishExplanation) -> None:
    values, answer = ranked[0]
    hers = [(v, a) for v, a in ranked if a[candidate] == wish.slot]
    if not hers:
        assert (wish.cost, wish.chain) == (None, ())
        check_impossible(oracle, candidate, wish)
        return
    assert wish.cost is not None
    least = hers[0][0]
    first = next(i for i, value in enumerate(least) if value != values[i])
    assert (wish.cost.level, wish.cost.amount) == (
        oracle.names[first],
        least[first] - values[first],
    )
    assert (wish.reason == Reason.LOTTERY) == (wish.cost.level == "lottery")
    moved = {**answer, candidate: wish.slot}
    for move in wish.chain:
        assert answer[move.candidate] == move.origin
        moved[move.candidate] = move.destination
    as_good = [a for v, a in hers if v[: first + 1] == least[: first + 1]]
    assert moved in as_good
    if wish.weights is not None:
        assert moved == hers[0][1]
        assert wish.weights[1] - wish.weights[0] == wish.cost.amount > 0


def check_impossible(oracle: Oracle, candidate: str, wish: WishExplanation) -> None:
    """No answer has her there: since it is not one of hers or has no room, or since rules forbid it."""
    problem = oracle.problem
    assert wish.reason != Reason.UNKNOWN
    if wish.reason == Reason.NOT_ELIGIBLE:
        assert (candidate, wish.slot) not in oracle.pairs
    if wish.reason != Reason.RULE:
        assert wish.rules == ()
        return
    assert wish.rules
    free = [a for a in legal_assignments(problem) if a[candidate] == wish.slot]
    assert free
    needs = [mine for mine in problem.rules.people.values() if len(mine) > 2]
    if needs:
        return  # `only` cannot leave out one of three needs
    assert not any(keeps_rules(only(problem, list(wish.rules)), a) for a in free)
    for rule in wish.rules:
        rest = only(problem, [other for other in wish.rules if other != rule])
        assert any(keeps_rules(rest, a) for a in free)


def test_with_the_fewest_moves_where_she_was_forced() -> None:
    seen = Counter[int]()
    for each, solution, oracle, ranked in drawn(22, 250):
        values, answer = ranked[0]
        forcing = forced.Forced(each, solution)
        for candidate, slot in oracle.pairs:
            hers = [(v, a) for v, a in ranked if a[candidate] == slot != answer[candidate]]
            if not hers or any(c.pinned for c in each.candidates if c.id == candidate):
                continue
            told = forcing.ask(candidate, slot, 60)
            until = oracle.names.index(told["level"]) + 1
            assert hers[0][0][: until - 1] == values[: until - 1]
            as_good = [a for v, a in hers if v[:until] == hers[0][0][:until]]
            fewest = min(sum(a[c] != answer[c] for c in a) for a in as_good)
            if told["level"] != "lottery":
                assert 1 + len(told["moves"]) == fewest
                seen[fewest] += 1
    assert min(seen[n] for n in (1, 2, 3)) > 10, seen


def test_negative_control_a_wrong_explanation_is_caught() -> None:
    caught = Counter[str]()
    for each, solution, oracle, ranked in drawn(23, 120):
        told = Here(each, solution, explain.quick(each, solution))
        for candidate in told.candidates({c.id: () for c in each.candidates}):
            for wish in candidate.wishes:
                for name, wrong in mistakes(wish):
                    with pytest.raises(AssertionError):
                        check(oracle, ranked, candidate.candidate, wrong)
                    caught[name] += 1
    assert min(caught[name] for name in ("amount", "level", "chain", "rules", "possible")) > 5, (
        caught
    )


def mistakes(wish: WishExplanation) -> Iterator[tuple[str, WishExplanation]]:
    if wish.reason == Reason.RULE:
        yield "rules", dataclasses.replace(wish, rules=())
    if wish.cost is None:
        return
    more = dataclasses.replace(wish.cost, amount=wish.cost.amount + 1)
    yield "amount", dataclasses.replace(wish, cost=more)
    yield "level", dataclasses.replace(wish, cost=dataclasses.replace(wish.cost, level="nothing"))
    yield (
        "possible",
        dataclasses.replace(wish, cost=None, chain=(), weights=None, reason=Reason.RULE),
    )
    if wish.chain:
        move = wish.chain[0]
        still = dataclasses.replace(move, destination=move.origin)
        yield "chain", dataclasses.replace(wish, chain=(still, *wish.chain[1:]))


def a_few(problem: Problem, solution: Solution, number: int = 3) -> list[str]:
    """Candidates who wished for something higher than what they got."""
    plain = why_not.Plain(problem, solution)
    told = plain.candidates({c.id: () for c in problem.candidates})
    return [one.candidate for one in told if len(one.wishes) > 1][:number]


@pytest.fixture(scope="module")
def tied() -> tuple[Problem, Solution]:
    each = dataclasses.replace(tangled(100), policy=POLICY)
    return each, solve(each)


def test_in_its_own_process_the_same(tied: tuple[Problem, Solution]) -> None:
    each, solution = tied
    asked = dict.fromkeys(a_few(each, solution), ())
    told = list(explain.explainer(each, solution).candidates(asked))
    first = explain.quick(each, solution)
    assert told == list(Here(each, solution, first).candidates(asked))
    assert all(wish.reason != Reason.UNKNOWN for one in told for wish in one.wishes)
    with pytest.raises(NotProvenError):
        explain.quick(each, dataclasses.replace(solution, problem_sha256="0" * 64))


def test_a_search_that_hangs_is_killed_and_another_goes_on(
    tied: tuple[Problem, Solution], monkeypatch: pytest.MonkeyPatch
) -> None:
    each, solution = tied
    monkeypatch.setattr(why_not, "LOADING", 0.5)
    monkeypatch.setattr(bounded, "GRACE", 0.0)
    monkeypatch.setattr(why_not, "GRACE", 0.0)
    stopped = list[int]()

    def hang() -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until and not stopped:
            for pid in searching("forced"):
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
            time.sleep(0.005)

    thread = threading.Thread(target=hang)
    thread.start()
    (who,) = a_few(each, solution, 1)
    asking = explain.explainer(each, solution)
    assert isinstance(asking, why_not.Forcing)
    (told,) = asking.candidates({who: ()}, seconds=3)
    thread.join()
    first, *rest = told.wishes
    assert (first.reason, first.status, first.cost) == (Reason.UNKNOWN, "unproven", None)
    assert all(wish.reason != Reason.UNKNOWN for wish in rest)
    assert searching("forced") == []


def test_somebody_says_stop(tied: tuple[Problem, Solution]) -> None:
    each, solution = tied
    asking = explain.explainer(each, solution)
    assert isinstance(asking, why_not.Forcing)
    asked = dict.fromkeys(a_few(each, solution), ())
    with pytest.raises(Stopped):
        list(asking.candidates(asked, should_stop=lambda: bool(searching("forced"))))
    assert searching("forced") == []


def test_beyond_where_time_ran_out_nothing_is_claimed() -> None:
    """The first level was searched; whoever costs nothing at that has no reason yet."""
    each = dataclasses.replace(tangled(100), policy=POLICY)
    flow = without_rules(each)
    lines = list(search.search(each, flow, 60))[:1]
    solution = bounded.assembled(each, [level.name for level in flow.levels], lines)
    assert solution.status == "unproven"
    told = Here(each, solution, explain.quick(each, solution))
    wishes = [
        wish
        for one in told.candidates({c.id: () for c in each.candidates[:30]})
        for wish in one.wishes
    ]
    reached = {level.name for level in solution.levels[:1]}
    assert {wish.cost.level for wish in wishes if wish.cost} <= reached
    unknown = [wish for wish in wishes if wish.reason == Reason.UNKNOWN]
    assert unknown
    assert all(wish.status == "unproven" and wish.cost is None for wish in unknown)


def test_a_quota_in_words_that_can_be_checked_by_hand() -> None:
    """b would rather be at x, where one of school A at most may be; a has no other place."""
    from placements.matching import Candidate, Pair

    people = [Candidate("a", "A"), Candidate("b", "A"), Candidate("c", "B")]
    pairs = [Pair("a", "x", 1), Pair("b", "x", 1), Pair("b", "y", 2), Pair("c", "x", 1)]
    quota = Quota(("x",), "A", 0, 1)
    problem = Problem(people, [Slot("x", 2), Slot("y", 2)], pairs, quotas=[quota], policy=POLICY)
    solution = solve(problem)
    assert solution.assignments == {"a": "x", "b": "y", "c": "x"}
    (wish,) = explain.candidate(problem, solution, "b").wishes
    assert wish.cost == explain.Cost("placed", 1)
    assert wish.chain == (explain.Move("a", "x", None),)
    assert lottery_weight(problem.seed, "a", "x") > 0
