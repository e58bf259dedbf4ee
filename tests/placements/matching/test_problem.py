"""What a problem is, its one canonical form, and a sentence for everything that is not one."""

from __future__ import annotations

import copy
import json
import random
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from placements.matching import (
    Candidate,
    Pair,
    Pairs,
    Problem,
    ProblemError,
    Slot,
    Solution,
    SolutionError,
    lottery_weight,
    reading,
    solve,
)

from .instances import small_problems

FILE: dict[str, Any] = {
    "format": "praksisplass-problem/1",
    "seed": "2027 æøå",
    "policy": ["placed", "wishes:squared", "travel", "lottery"],
    "candidates": [
        {
            "id": "c1",
            "school": "A",
            "priority": 1,
            "person": "p1",
            "pinned": "s1",
            "previous": "s2",
            "lacks": ["laboratory"],
        },
        {"id": "c2"},
    ],
    "slots": [
        {
            "id": "s1",
            "capacity": 2,
            "site": "S",
            "region": "R",
            "period": "P",
            "minimum": 0,
            "offers": ["laboratory", "logistics"],
        },
        {"id": "s2", "capacity": 0},
    ],
    "pairs": [
        {"candidate": "c1", "slot": "s1", "rank": 1, "travel": 35, "priority": 1},
        {"candidate": "c2", "slot": "s1", "rank": None},
    ],
    "quotas": [],
}


def edited(path: str, value: Any) -> dict[str, Any]:
    """The file with one thing changed, or taken out if the value is ..."""
    data = copy.deepcopy(FILE)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target: Any = data
    for step in way:
        target = target[step]
    if value is ...:
        del target[last]
    elif isinstance(target, list) and last == len(target):
        target.append(value)
    else:
        target[last] = value
    return data


BAD: list[tuple[str, Any, str]] = [
    ("format", "praksisplass-problem/2", "format must be"),
    ("slots", ..., 'lacks the field "slots"'),
    ("candidates.1.id", ..., 'candidates[1] lacks the field "id"'),
    ("slots.1.capacity", ..., 'slots[1] lacks the field "capacity"'),
    ("pairs.0.slot", ..., 'pairs[0] lacks the field "slot"'),
    ("slots.1.capacity", -1, "slots[1].capacity must be a whole number from 0"),
    ("slots.1.capacity", 1.5, "slots[1].capacity must be a whole number"),
    ("slots.1.capacity", True, "slots[1].capacity must be a whole number"),
    ("slots.1.capacity", None, "slots[1].capacity must be a whole number"),
    ("slots.1.capacity", 10**40, "not a number of more than 30 digits"),
    ("pairs.0.rank", 0, "pairs[0].rank must be a whole number from 1"),
    ("pairs.0.rank", "1", "pairs[0].rank must be a whole number"),
    ("pairs.0.rank", 2**63, "pairs[0].rank must be a whole number"),
    ("pairs.0.travel", -5, "pairs[0].travel must be a whole number from 0"),
    ("pairs.0.priority", 0, "pairs[0].priority must be a whole number from 1"),
    ("candidates.0.priority", "high", "candidates[0].priority must be a whole number"),
    ("candidates.1.id", "c1", 'candidates[1].id "c1" is also that of candidates[0]'),
    ("slots.1.id", "s1", 'slots[1].id "s1" is also that of slots[0]'),
    ("pairs.2", {"candidate": "c1", "slot": "s1"}, 'pairs[2] repeats the pair of "c1" and "s1"'),
    ("pairs.0.candidate", "c9", 'pairs[0].candidate is "c9", not in candidates'),
    ("pairs.0.slot", "s9", 'pairs[0].slot is "s9", not in slots'),
    ("pairs.0.slot", ["s1"], "pairs[0].slot is a list, not in slots"),
    ("candidates.0.pinned", "s9", 'candidates[0].pinned is "s9", which is not in slots'),
    ("candidates.0.previous", "s9", 'candidates[0].previous is "s9", which is not in slots'),
    ("candidates.0.pinned", "s2", 'pinned to "s2" but has no pair there'),
    ("slots.0.capacity", 0, 'More candidates are pinned to "s1" than its capacity of 0'),
    ("candidates.0.id", "", "candidates[0].id must have from 1 to 200 characters"),
    ("candidates.0.id", 7, "candidates[0].id must be text, not 7"),
    ("candidates.0.id", "a\nb", "candidates[0].id holds a character that cannot be printed"),
    ("candidates.0.id", "\ud800", "candidates[0].id holds a character that cannot be printed"),
    ("candidates.0.lacks", "laboratory", "candidates[0].lacks must be a list"),
    ("candidates.0.lacks", ["x", "x"], "candidates[0].lacks names the same thing twice"),
    ("candidates.0.colour", "red", 'candidates[0] has a field "colour" that this engine does not'),
    ("candidates", {}, "candidates must be a list, not an object"),
    ("pairs.0", "c1-s1", 'pairs[0] must be an object, not "c1-s1"'),
    ("seed", "", "seed must have from 1"),
    ("policy", [], "policy must begin with"),
    ("policy", ["placed", "travel"], 'end with "lottery"'),
    ("policy", ["placed", "travel", "travel", "lottery"], "policy names the same level twice"),
    ("policy", ["placed", "justice", "lottery"], 'policy[1] is "justice", but the levels'),
    ("policy", ["placed", "calm", "lottery"], 'policy[1] is "calm"'),
    ("policy", ["placed", "stable", "lottery"], 'policy with "stable" must be'),
    ("policy", ["placed", "wishes:borda", "lottery"], 'policy[1] is "wishes:borda"'),
    ("quotas", {}, "quotas must be a list"),
    ("quotas", [{"at_most": 1}], 'quotas[0] lacks the field "slots"'),
    ("quotas", [{"slots": ["s1"], "at_most": -1}], "quotas[0].at_most must be a whole number"),
    ("quotas", [{"slots": "s1"}], "quotas[0].slots must be a list"),
    ("together", [["c1", "c9"]], 'together[0] names "c9", which is not in candidates'),
    ("apart", "c1", "apart must be a list"),
    ("overlaps", [["w1"]], "overlaps[0] must name two, not 1"),
    ("slots.0.id", "quota:1", 'slots[0].id may not begin with "quota:"'),
    ("slots.0.id", "waiting:1", 'slots[0].id may not begin with "waiting:"'),
]


def test_the_file_itself_is_fine() -> None:
    problem = Problem.from_json(FILE)
    assert problem.candidates[1] == Candidate("c2")
    assert problem.slots[0].offers == ("laboratory", "logistics")
    assert list(problem.each_pair()) == [Pair("c1", "s1", 1, 35, 1), Pair("c2", "s1")]


@pytest.mark.parametrize(("path", "value", "sentence"), BAD)
def test_refused_with_a_sentence_that_names_the_place(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        Problem.from_json(edited(path, value))
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"{", "The file is not JSON: "),
        (b"", "The file is not JSON: "),
        (b"[]", "The problem must be an object, not a list"),
        (b'"\xff"', "The file is not UTF-8 text: see byte 1"),
        (b'{"seed": NaN}', "The file holds NaN"),
        (b'{"seed": -Infinity}', "The file holds -Infinity"),
        (b'{"seed": "a", "seed": "b"}', 'has the field "seed" twice'),
        (b'{"seed": ' + b"9" * 5000 + b"}", "a number with too many digits"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_not_a_file_we_can_read(data: bytes, sentence: str) -> None:
    for kind, error in ((Problem, ProblemError), (Solution, SolutionError)):
        with pytest.raises(error) as refusal:
            kind.from_json(data)
        assert sentence.replace("problem", kind.__name__.lower()) in str(refusal.value)


def test_canonical_is_the_file_and_its_hash_is_the_files() -> None:
    for problem in small_problems(1, 200):
        data = problem.canonical()
        compact = json.dumps(
            problem.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        assert data == compact.encode()
        assert problem.sha256 == sha256(data).hexdigest()
        again = Problem.from_json(data)
        assert again.canonical() == data
        assert again.candidates == problem.candidates


def test_order_of_writing_says_nothing() -> None:
    draw, one = random.Random(2), Problem.from_json(FILE)
    for _ in range(10):
        shuffled = copy.deepcopy(FILE)
        for name in ("candidates", "slots", "pairs"):
            draw.shuffle(shuffled[name])
        shuffled["slots"][0].get("offers", []).reverse()
        assert Problem.from_json(shuffled).sha256 == one.sha256
    assert Problem.from_json(edited("pairs.0.travel", 36)).sha256 != one.sha256


def test_columns_are_the_same_problem_as_objects() -> None:
    people = [Candidate("b"), Candidate("a")]
    slots = [Slot("y", 1), Slot("x", 1)]
    objects = Problem(people, slots, [Pair("b", "x", 2, 7), Pair("a", "y", None, 3)])
    columns = Pairs.from_columns([0, 1], [1, 0], rank=[2, 0], travel=[7, 3])
    assert Problem(people, slots, columns).canonical() == objects.canonical()
    assert Problem(people, slots, objects.columns).canonical() != objects.canonical()


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"candidate": [2], "slot": [0]}, "pairs[0].candidate must be from 0 to 1, not 2"),
        ({"candidate": [0], "slot": [-1]}, "pairs[0].slot must be from 0 to 1, not -1"),
        ({"candidate": [0, 0], "slot": [1, 1]}, 'pairs[1] repeats the pair of "a" and "y"'),
        ({"candidate": [0], "slot": [0], "rank": [-1]}, "pairs[0].rank must be from 0"),
        ({"candidate": [0], "slot": [0, 1]}, "differ in length: see slot"),
    ],
)
def test_bad_columns_are_refused(columns: dict[str, list[int]], sentence: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        Problem(
            [Candidate("a"), Candidate("b")],
            [Slot("x", 1), Slot("y", 1)],
            Pairs.from_columns(**columns),
        )
    assert sentence in str(refusal.value)


def test_columns_of_fractions_are_refused() -> None:
    with pytest.raises(ProblemError, match="The column rank must be one row of whole numbers"):
        Pairs.from_columns([0], [0], rank=np.array([1.0]))


def test_the_lottery_can_be_drawn_with_other_tools() -> None:
    """printf 'seed\\nc1\\ns1' | sha256sum  ->  first eight digits, as a number, over four."""
    digits = sha256(b"seed\nc1\ns1").hexdigest()[:8]
    assert lottery_weight("seed", "c1", "s1") == int(digits, 16) // 4 < 2**30
    assert lottery_weight("seed", "c", "1s1") != lottery_weight("seed", "c1", "s1")


def test_a_solution_file_reads_back_the_same() -> None:
    for problem in small_problems(2, 100):
        solution = solve(problem)
        again = Solution.from_json(solution.canonical())
        assert again == solution
        assert again.canonical() == solution.canonical()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"assignments": [{"candidate": "a", "slot": "x"}] * 2}, "a second place"),
        ({"assignments": [{"candidate": "a"}]}, 'assignments[0] lacks the field "slot"'),
        ({"unplaced": [1]}, "unplaced[0] must be text"),
        ({"levels": [{}]}, 'levels[0] lacks the field "name"'),
        ({"extra": 1}, 'has a field "extra"'),
    ],
)
def test_a_solution_file_that_cannot_be_read(change: dict[str, Any], sentence: str) -> None:
    data = {**solve(Problem([], [])).to_json(), **change}
    with pytest.raises(SolutionError) as refusal:
        Solution.from_json(data)
    assert sentence in str(refusal.value)


ODD: list[dict[str, Any]] = [
    {"rank": None},
    {"rank": 0},
    {"rank": True},
    {"travel": -1},
    {"travel": 1.0},
    {"priority": 0},
    {"rank": 10_001},
    {"colour": 1},
    {"slot": "nowhere"},
    {"candidate": ["c1"]},
]


@pytest.mark.parametrize("odd", ODD)
def test_pairs_read_as_columns_are_refused_in_the_same_words_as_one_by_one(
    odd: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quick way gives up at whatever is odd, and says nothing itself."""
    data = copy.deepcopy(FILE)
    data["pairs"][-1].update(odd)
    assert reading._columns(data) is None

    def outcome() -> bytes | str:
        try:
            return Problem.from_json(data).canonical()
        except ProblemError as error:
            return str(error)

    both = outcome()
    monkeypatch.setattr(reading, "_columns", lambda data: None)
    assert outcome() == both


def test_pairs_read_as_columns_are_those_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [p for p in small_problems(11, 40) if len(p.columns)]
    quick = [Problem.from_json(p.to_json()) for p in problems]
    assert all(reading._columns(p.to_json()) is not None for p in problems)
    monkeypatch.setattr(reading, "_columns", lambda data: None)
    assert [p.canonical() for p in quick] == [
        Problem.from_json(p.to_json()).canonical() for p in problems
    ]
