"""Every explanation is exact: against trying it out."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from benchmarks.instances import local_round
from placements.matching import (
    Candidate,
    NotProvenError,
    Pair,
    Problem,
    Slot,
    explain,
    lottery_weight,
    market,
    solve,
)
from placements.matching.exchange import Exchange
from placements.matching.explain import Explainer, Reason, WishExplanation
from placements.matching.paths import Arcs, Paths

from .instances import Assignment, Oracle, small_problems


@pytest.mark.parametrize("seed", range(3))
def test_hall_sets_are_true_and_cover_the_unplaced(seed: int) -> None:
    found = 0
    for problem in small_problems(seed, 300):
        solution = solve(problem)
        halls = explain.unplaced(problem, solution)
        found += len(halls)
        check_disjoint(halls, solution.unplaced)
        for hall in halls:
            check_hall_set(problem, hall)
        for name in solution.unplaced:
            own = explain.hall_set(problem, solution, name)
            check_hall_set(problem, own)
            (whole,) = (hall for hall in halls if name in hall.candidates)
            assert set(own.candidates) <= set(whole.candidates)
    assert found > 100


def check_disjoint(halls: list[explain.HallSet], unplaced: list[str]) -> None:
    members = Counter(name for hall in halls for name in hall.candidates)
    slots = Counter(name for hall in halls for name in hall.slots)
    assert not members or max(members.values()) == 1
    assert not slots or max(slots.values()) == 1
    assert sorted(name for hall in halls for name in hall.unplaced) == unplaced


def check_hall_set(problem: Problem, hall: explain.HallSet) -> None:
    """All they may use is in the set, and it has `surplus` places too few."""
    pinned = {c.id: c.pinned for c in problem.candidates if c.pinned}
    for pair in problem.each_pair():
        if pair.candidate in hall.candidates and pinned.get(pair.candidate, pair.slot) == pair.slot:
            assert pair.slot in hall.slots
    places = sum(slot.capacity for slot in problem.slots if slot.id in hall.slots)
    assert hall.places == places
    assert hall.surplus == len(hall.candidates) - places == len(hall.unplaced) > 0


@pytest.mark.parametrize("seed", range(2))
def test_call_list_gains_against_adding_the_place(seed: int) -> None:
    seen = Counter[int]()
    for problem in small_problems(seed + 20, 400):
        solution = solve(problem)
        gains = {gain.slot: gain.gain for gain in explain.call_list(problem, solution)}
        assert set(gains) == {slot.id for slot in problem.slots}
        for slot in problem.slots:
            more = [
                dataclasses.replace(s, capacity=s.capacity + (s is slot)) for s in problem.slots
            ]
            helped = solve(dataclasses.replace(problem, slots=more))
            assert gains[slot.id] == len(solution.unplaced) - len(helped.unplaced)
            seen[gains[slot.id]] += 1
    assert min(seen[0], seen[1]) > 50


def test_prices_of_placed_are_the_gains() -> None:
    for problem in small_problems(31, 200):
        solution = solve(problem)
        if solution.levels[0].name == "placed":
            gains = {g.slot: g.gain for g in explain.call_list(problem, solution) if g.gain}
            assert solution.levels[0].prices == gains


@pytest.mark.parametrize("seed", range(4))
def test_forced_costs_and_chains_against_every_answer(seed: int) -> None:
    reasons = Counter[str]()
    for problem in small_problems(seed + 40, 250):
        oracle = Oracle(problem)
        ranked = oracle.ranked()
        explainer = Explainer(problem, solve(problem))
        for candidate in problem.candidates:
            told = explainer.candidate(candidate.id, also=[s.id for s in problem.slots])
            assert told.got == ranked[0][1][candidate.id]
            for wish in told.wishes:
                check_wish(oracle, ranked, candidate, wish)
                reasons[wish.reason] += 1
    stable = {Reason.ORDER, Reason.URGENT, Reason.LOWER}  # see test_stable.py
    tied = {Reason.RULE, Reason.UNKNOWN}  # see test_why_not.py
    everything = {*Reason} - {Reason.ALL_PINNED} - tied - stable
    assert min(reasons[reason] for reason in everything) > 5, reasons


def check_wish(
    oracle: Oracle,
    ranked: list[tuple[tuple[int, ...], Assignment]],
    candidate: Candidate,
    wish: WishExplanation,
) -> None:
    values, best = ranked[0]
    forced = next((each for each in ranked if each[1][candidate.id] == wish.slot), None)
    pair = oracle.pairs.get((candidate.id, wish.slot))
    assert wish.rank == (pair.rank if pair else None)
    ranks = [p.rank for p in oracle.pairs.values() if p.slot == wish.slot and p.rank]
    assert wish.wished == len(ranks)
    assert wish.wished_as_high == sum(rank <= (wish.rank or 10**6) for rank in ranks)
    if forced is None:
        assert wish.cost is None
        expected = Reason.NOT_ELIGIBLE if pair is None else wish.reason
        assert wish.reason == expected
        assert wish.reason in {
            Reason.NOT_ELIGIBLE,
            Reason.PINNED,
            Reason.CLOSED,
            Reason.ALL_PINNED,
        }
        return
    assert wish.cost is not None
    change = next(
        (name, after - before)
        for name, before, after in zip(oracle.names, values, forced[0], strict=True)
        if after != before
    )
    assert (wish.cost.level, wish.cost.amount) == change
    assert (wish.reason == Reason.LOTTERY) == (change[0] == "lottery")
    moved = {**best, candidate.id: wish.slot}
    for move in wish.chain:
        assert best[move.candidate] == move.origin
        moved[move.candidate] = move.destination
    assert moved == forced[1]
    if wish.weights is not None:
        assert wish.weights[1] - wish.weights[0] == wish.cost.amount > 0


@pytest.mark.parametrize(("schools", "policy"), [(0, None), (5, None), (3, "wishes:greedy")])
def test_all_at_once_and_compiled_the_same_as_one_by_one(
    schools: int, policy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search of one place serves all who hold it; both ways of searching give the same facts."""
    problem = local_round(600, seed=3, schools=schools, previous=0.3)
    if policy:
        problem = dataclasses.replace(problem, policy=["placed", "fairness", policy, "lottery"])
    solution = solve(problem)
    names = [candidate.id for candidate in problem.candidates]
    alone = Explainer(problem, solution)
    one_by_one = {name: alone.candidate(name, also=["s000001", "s000002"]) for name in names[:150]}
    asked = dict.fromkeys(names, ("s000001", "s000002"))
    searched = list[object]()
    monkeypatch.setattr(Exchange, "towards", _noted(Exchange.towards, searched))
    plain = {told.candidate: told for told in Explainer(problem, solution).candidates(asked)}
    places = {solution.assignments.get(name) for name in names}
    assert len(searched) <= len(places) + schools < len(names)  # each school waits by itself
    searched.clear()
    monkeypatch.setattr(market, "FEW", 0)
    fast = {told.candidate: told for told in Explainer(problem, solution).candidates(asked)}
    assert fast == plain
    assert not searched
    assert one_by_one == {name: plain[name] for name in one_by_one}
    assert sum(len(told.wishes) for told in fast.values()) > 900


def _noted(search: Callable[..., object], seen: list[object]) -> Callable[..., object]:
    def noted(exchange: Exchange, goal: int, wanted: Iterable[int]) -> object:
        seen.append(goal)
        return search(exchange, goal, wanted)

    return noted


def test_what_64_bits_do_not_hold_is_not_compiled() -> None:
    def into(most: int) -> list[Arcs]:
        return [Arcs(np.array([1]), np.array([0]), np.array([[most], [1]])) for _ in range(2)]

    assert Paths.of(into(2**50)) is not None
    assert Paths.of(into(2**61)) is None


def test_negative_control_the_checks_above_can_fail() -> None:
    people = [Candidate("a"), Candidate("b"), Candidate("c")]
    pairs = [Pair("a", "x", 1), Pair("b", "x", 1), Pair("b", "y", 2), Pair("c", "y", 1)]
    problem = Problem(people, [Slot("x", 1), Slot("y", 1)], pairs)
    solution = solve(problem)
    (hall,) = explain.unplaced(problem, solution)
    for wrong in (
        {"slots": hall.slots[:1]},
        {"candidates": hall.candidates[:1]},
        {"surplus": hall.surplus + 1},
    ):
        with pytest.raises(AssertionError):
            check_hall_set(problem, dataclasses.replace(hall, **wrong))
    oracle = Oracle(problem)
    candidate = next(c for c in people if c.id in solution.unplaced)
    (wish, *_) = explain.candidate(problem, solution, candidate.id).wishes
    check_wish(oracle, oracle.ranked(), candidate, wish)
    assert wish.cost is not None
    for wrong in (
        {"cost": dataclasses.replace(wish.cost, amount=wish.cost.amount + 1)},
        {"chain": ()},
        {"wished": wish.wished + 1},
    ):
        with pytest.raises(AssertionError):
            check_wish(oracle, oracle.ranked(), candidate, dataclasses.replace(wish, **wrong))


def test_higher_wishes_only_unless_asked() -> None:
    """What she ranked lower, or equal, needs no explanation; if unplaced, every wish does."""
    people = [Candidate("a"), Candidate("b")]
    slots = [Slot("x", 1), Slot("y", 1), Slot("z", 1)]
    pairs = [
        Pair("a", "x", 1),
        Pair("b", "x", 1),
        Pair("b", "y", 2),
        Pair("b", "z", 2),
    ]
    problem = Problem(people, slots, pairs)
    solution = solve(problem)
    told = explain.candidate(problem, solution, "b")
    assert [(wish.slot, wish.reason) for wish in told.wishes] == [("x", Reason.FULL)]
    assert told.wishes[0].cost == explain.Cost("placed", 1)
    assert told.rank == 2
    with pytest.raises(KeyError):
        explain.candidate(problem, solution, "nobody")


def test_the_lottery_is_shown_with_its_weights() -> None:
    people = [Candidate("a"), Candidate("b")]
    problem = Problem(people, [Slot("x", 1)], [Pair("a", "x", 1), Pair("b", "x", 1)], seed="5")
    solution = solve(problem)
    (loser,) = solution.unplaced
    (winner,) = solution.assignments
    (wish,) = explain.candidate(problem, solution, loser).wishes
    assert wish.reason == Reason.LOTTERY
    assert wish.chain == (explain.Move(winner, "x", None),)
    assert wish.weights == (
        lottery_weight("5", winner, "x"),
        lottery_weight("5", loser, "x"),
    )


def test_all_places_held_by_pins() -> None:
    people = [Candidate("a", pinned="x"), Candidate("b")]
    problem = Problem(people, [Slot("x", 1)], [Pair("a", "x"), Pair("b", "x", 1)])
    (wish,) = explain.candidate(problem, solve(problem), "b").wishes
    assert (wish.reason, wish.cost) == (Reason.ALL_PINNED, None)


def test_only_what_is_proven_is_explained() -> None:
    problem = Problem([Candidate("a")], [Slot("x", 1)], [Pair("a", "x", 1)])
    solution = solve(problem)
    left_out = dataclasses.replace(solution, assignments={}, unplaced=["a"])
    for refused in (
        dataclasses.replace(solution, problem_sha256="0" * 64),
        left_out,
        dataclasses.replace(
            solution, levels=[dataclasses.replace(x, proven=False) for x in solution.levels]
        ),
    ):
        with pytest.raises(NotProvenError):
            explain.candidate(problem, refused, "a")
    with pytest.raises(NotProvenError):
        explain.unplaced(problem, left_out)
    assert explain.unplaced(problem, solution) == []
    assert explain.candidate(problem, solution, "a").got == "x"
