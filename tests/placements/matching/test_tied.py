"""Rules that tie candidates to each other: what contradicts itself, what is best, what is proven."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from benchmarks.instances import local_round
from placements.matching import (
    Candidate,
    Pair,
    Problem,
    ProblemError,
    Quota,
    Slot,
    Stopped,
    bounded,
    explain,
    search,
    solve,
    verify,
)
from placements.matching.solver import without_rules

from .instances import as_assignment
from .tied_instances import best, tied_problems

POLICY = ("placed", "wishes:squared", "lottery")
PEOPLE = [
    Candidate("a", "A", person="p"),
    Candidate("b", "A", person="p"),
    Candidate("c", "B"),
    Candidate("d", "B"),
]
SLOTS = [
    Slot("s1", 2, site="S", period="w1"),
    Slot("s2", 2, site="S", period="w2"),
    Slot("t1", 2, site="T", period="w1"),
]
PAIRS = [Pair(c.id, s.id, i + 1) for c in PEOPLE for i, s in enumerate(SLOTS)]


def problem(**rules: object) -> Problem:
    return dataclasses.replace(Problem(PEOPLE, SLOTS, PAIRS), **rules)


def pinned(**places: str) -> list[Candidate]:
    return [dataclasses.replace(c, pinned=places.get(c.id)) for c in PEOPLE]


def quota(*slots: str, school: str | None = None, least: int = 0, most: int | None = None) -> Quota:
    return Quota(slots, school, least, most)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"quotas": [quota("s9")]}, 'quotas[0] names "s9", which is not in slots.'),
        ({"quotas": [Quota(())]}, "quotas[0].slots is empty."),
        ({"quotas": [quota("s1", least=1, school="C")]}, 'no candidate is of "C"'),
        (
            {"quotas": [quota("s1", least=2, most=1)]},
            'quotas[0] wants at least 2 and at most 1 at "s1", which cannot both be.',
        ),
        ({"quotas": [quota("s1", "t1", least=5)]}, "there is room for 4 in all."),
        (
            {"quotas": [quota("s1", "s2", most=1), quota("s2", "t1", most=1)]},
            'quotas[0] (at most 1 at "s1", "s2") and quotas[1] (at most 1 at "s2", "t1") cross',
        ),
        (
            {"quotas": [quota("s1", most=1), quota("s1", "s2", school="A", most=1)]},
            "cross: they overlap, and neither is part of the other.",
        ),
        (
            {"quotas": [quota("s1", "s2", most=1), quota("s2", school="A", least=2)]},
            'quotas[1] wants at least 2 of "A" at "s2", but quotas[0] allows only at most 1',
        ),
        ({"together": [["a", "x"]]}, 'together[0] names "x", which is not in candidates.'),
        ({"apart": [["a", "a"]]}, 'apart[0] names "a" twice.'),
        ({"apart": [["a", "b", "c"]]}, "apart[0] must name two, not 3."),
        ({"apart": [["a", "c"], ["c", "a"]]}, 'apart has the pair "a" and "c" twice.'),
        (
            {"together": [["a", "c"], ["c", "d"]], "apart": [["d", "a"]]},
            'apart[0] keeps "a" and "d" apart, but together wants them at one place.',
        ),
        ({"together": [["a", "c"], ["b", "c"]]}, 'two needs of the person "p" at one place'),
        (
            {"together": [["a", "c"]], "candidates": pinned(a="s1", c="s2")},
            "they are pinned to different ones.",
        ),
        (
            {"apart": [["c", "d"]], "candidates": pinned(c="s1", d="s1")},
            '"c" and "d" are pinned to "s1" and "s1", which apart forbids.',
        ),
        (
            {"candidates": pinned(a="s1", b="t1")},
            '"a" and "b" are pinned to "s1" and "t1", which person forbids.',
        ),
        (
            {"slots": [dataclasses.replace(SLOTS[0], minimum=3), *SLOTS[1:]]},
            'The slot "s1" wants at least 3 or nobody, but has a capacity of 2.',
        ),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(
    rules: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ProblemError) as refusal:
        problem(**rules)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_the_place_named_is_the_one_in_the_file() -> None:
    """Not the one after everything was put in order."""
    with pytest.raises(ProblemError, match=r"^quotas\[1\] wants at least 3"):
        problem(quotas=[quota("t1", school="B", most=1), quota("s1", school="A", least=3)])


def test_rules_are_part_of_the_problem_whatever_the_order_they_are_written_in() -> None:
    one = problem(
        quotas=[quota("s2", "s1", most=2), quota("t1", school="A", most=0)],
        apart=[["c", "a"], ["a", "d"]],
        overlaps=[["w2", "w1"]],
    )
    other = problem(
        quotas=[quota("t1", school="A", most=0), quota("s1", "s2", most=2)],
        apart=[["a", "d"], ["a", "c"]],
        overlaps=[["w1", "w2"]],
    )
    assert one.sha256 == other.sha256 == Problem.from_json(one.canonical()).sha256
    assert one.sha256 != problem(apart=[["a", "d"]]).sha256
    assert b"quotas" not in problem().canonical()


def searched(each: Problem) -> tuple[object, list[str]]:
    """As `solve` does, but in this process: the solution, or the rules that cannot all be kept."""
    flow = without_rules(each)
    if bounded.keeps(each, flow):
        return flow, []
    lines = list(search.search(each, flow, 60)) if each.candidates else [{"conflict": ["nobody"]}]
    if "conflict" in lines[-1]:
        return None, lines[-1]["conflict"]
    return bounded.assembled(each, [level.name for level in flow.levels], lines), []


def test_every_mixture_of_rules_against_all_assignments() -> None:
    """Level by level and person by person the best of all that keep the rules; and if none does, it is
    said which rules cannot all be kept."""
    seen = {"proven": 0, "searched": 0, "conflict": 0}
    for each in tied_problems(11, 500):
        wanted, (found, conflict) = best(each), searched(each)
        if wanted is None:
            assert conflict
            seen["conflict"] += 1
            continue
        _, values, answer = wanted
        assert found is not None, conflict
        assert as_assignment(each, found.assignments) == answer
        assert tuple(level.value for level in found.levels) == values
        assert verify(each, found) == []
        assert found.status in ("proven", "searched")
        assert all(level.best for level in found.levels)
        seen[found.status] += 1
    assert min(seen.values()) >= 15, seen


def only(each: Problem, rules: list[str]) -> Problem:
    """The problem with just these rules, by the names that a conflict gives them."""
    return dataclasses.replace(
        each,
        quotas=[q for q in each.quotas if f"the quota of {q}" in rules],
        together=[(a, b) for a, b in each.together if f'"{a}" and "{b}" together' in rules],
        apart=[(a, b) for a, b in each.apart if f'"{a}" and "{b}" apart' in rules],
        slots=[
            s
            if f'"{s.id}" with at least {s.minimum} or nobody' in rules
            else dataclasses.replace(s, minimum=0)
            for s in each.slots
        ],
        candidates=[
            c
            if any(f'"{c.id}"' in rule and "one person" in rule for rule in rules)
            else dataclasses.replace(c, person=None)
            for c in each.candidates
        ],
    )


def test_the_rules_named_cannot_be_kept_and_none_of_them_could_be_left_out() -> None:
    several = 0
    for each in tied_problems(12, 1000):
        needs = [person for person, mine in each.rules.people.items() if len(mine) > 2]
        if not each.candidates or needs or best(each) is not None:
            continue
        _, conflict = searched(each)
        assert best(only(each, conflict)) is None
        for rule in conflict:
            assert best(only(each, [other for other in conflict if other != rule])) is not None
        several += len(conflict) > 1
    assert several > 3


def test_a_tree_of_quotas_is_proven_by_prices_alone() -> None:
    """Each school its share of each slot, and all their share of a site: still a flow."""
    plain = local_round(150, seed=4, schools=3)
    schools = sorted({c.school for c in plain.candidates if c.school})
    each = dataclasses.replace(
        plain,
        quotas=[Quota((slot.id,), school, 0, 1) for slot in plain.slots[:12] for school in schools],
    )
    assert not bounded.keeps(each, without_rules(each))
    solution = solve(each)
    assert verify(each, solution) == []
    assert solution.status == "proven"
    assert any("quota:" in name for level in solution.levels for name in level.prices)


def test_where_the_cheapest_moves_would_break_a_rule_others_are_looked_for() -> None:
    """b and c want the same place, and lots decide. But of school A only one may be there: then for b it
    is a who would have to go, and she has no other place."""
    people = [Candidate("a", "A"), Candidate("b", "A"), Candidate("c", "B")]
    pairs = [Pair("a", "x", 1), Pair("b", "x", 1), Pair("b", "y", 2), Pair("c", "x", 1)]
    pairs.append(Pair("c", "y", 2))
    slots = [Slot("x", 2), Slot("y", 2)]
    told = []
    for seed in range(8):
        free = Problem(people, slots, pairs, seed=str(seed), policy=POLICY)
        ruled = dataclasses.replace(free, quotas=[quota("x", school="A", most=1)])
        if bounded.keeps(ruled, without_rules(free)):
            (quick,) = explain.quick(ruled, solve(ruled)).candidate("b").wishes
            assert quick.reason == explain.Reason.UNKNOWN
            assert quick.rules == ('the quota of at most 1 of "A" at "x"',)
            for each in (free, ruled):
                (wish,) = explain.candidate(each, solve(each), "b").wishes
                assert wish.cost
                told.append((wish.reason, wish.cost.level, wish.chain))
    lots = (explain.Reason.LOTTERY, "lottery", (explain.Move("c", "x", "y"),))
    goes = (explain.Reason.FULL, "placed", (explain.Move("a", "x", None),))
    assert set(told) == {lots, goes}


def tangled(number: int = 300) -> Problem:
    plain = local_round(number, seed=2, schools=2)
    ids = [candidate.id for candidate in plain.candidates]
    return dataclasses.replace(
        plain,
        together=[(ids[i], ids[i + 1]) for i in range(0, 12, 2)],
        apart=[(ids[i], ids[i + 1]) for i in range(20, 60, 2)],
        slots=[dataclasses.replace(s, minimum=2 if s.capacity > 1 else 0) for s in plain.slots],
    )


def test_in_its_own_process_the_same_bytes_every_time() -> None:
    each, seen = tangled(), list[str]()
    first = solve(
        each, on_progress=lambda level, done, total: seen.append(f"{level} {done}/{total}")
    )
    assert verify(each, first) == []
    assert first.status == "searched"
    assert first.levels[0].proven
    assert first.canonical() == solve(each).canonical()
    assert seen[-1] == "lottery 7/7"


def test_what_was_not_reached_in_time_is_not_claimed() -> None:
    """The first three levels of the search, and then its time was up."""
    each = tangled()
    flow = without_rules(each)
    lines = list(search.search(each, flow, 60))[:3]
    solution = bounded.assembled(each, [level.name for level in flow.levels], lines)
    assert solution.status == "unproven"
    assert [level.best for level in solution.levels[:3]] == [True] * 3
    assert not any(level.best for level in solution.levels[3:])
    assert verify(each, solution) == []
    claimed = dataclasses.replace(solution, status="searched")
    assert verify(each, claimed)


def searching(module: str = "search") -> list[int]:
    """The searches that are running, whoever started them from here."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            mine = f"\nPPid:\t{os.getpid()}\n" in (path.parent / "status").read_text()
            if mine and f"placements.matching.{module}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_a_search_that_hangs_is_killed_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "GRACE", 1.0)

    def hang() -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for pid in searching():
                os.kill(pid, signal.SIGSTOP)
                return
            time.sleep(0.005)

    thread = threading.Thread(target=hang)
    thread.start()
    started = time.monotonic()
    with pytest.raises(ProblemError, match="No answer that keeps all the rules was found in 2 sec"):
        solve(tangled(), seconds=2)
    thread.join()
    assert time.monotonic() - started < 15
    assert searching() == []


def test_somebody_says_stop() -> None:
    asked = []

    def stop() -> bool:
        asked.append(searching())
        return bool(asked[-1])

    with pytest.raises(Stopped):
        solve(tangled(), should_stop=stop)
    assert asked[-1]
    assert searching() == []


def test_a_search_that_dies_is_no_answer() -> None:
    def kill(level: str, done: int, total: int) -> None:
        for pid in searching():
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(RuntimeError, match="The search ended with -9"):
        solve(tangled(), on_progress=kill)
