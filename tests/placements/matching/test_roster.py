"""The columns of a problem say what its candidates and slots say."""

from __future__ import annotations

from placements.matching import Candidate, Pair, Problem, Slot

PROBLEM = Problem(
    [
        Candidate("c2", school="B", priority=3, previous="s1", lacks=("x", "y")),
        Candidate("c1", school="B", pinned="s2", lacks=("x", "y")),
        Candidate("c3", school="A", priority=-1),
        Candidate("c4"),
    ],
    [Slot("s2", 4, offers=("y",)), Slot("s1", 0), Slot("s3", 2, offers=("y",))],
    [Pair("c1", "s2", rank=1), Pair("c2", "s1")],
)


def test_every_column_is_what_the_objects_say() -> None:
    roster, slots = PROBLEM.roster, [slot.id for slot in PROBLEM.slots]
    named = [None if i < 0 else slots[i] for i in roster.pinned]
    assert named == [candidate.pinned for candidate in PROBLEM.candidates]
    named = [None if i < 0 else slots[i] for i in roster.previous]
    assert named == [candidate.previous for candidate in PROBLEM.candidates]
    assert roster.priority.tolist() == [candidate.priority for candidate in PROBLEM.candidates]
    assert roster.capacity.tolist() == [slot.capacity for slot in PROBLEM.slots]


def test_what_many_share_is_numbered() -> None:
    number, schools = PROBLEM.roster.schools
    assert schools == ["", "A", "B"]
    assert [schools[i] or None for i in number] == [c.school for c in PROBLEM.candidates]
    number, areas = PROBLEM.roster.lacks
    assert [areas[i] for i in number] == [c.lacks for c in PROBLEM.candidates]
    assert len(areas) == 2
    number, areas = PROBLEM.roster.offers
    assert [areas[i] for i in number] == [*(s.offers for s in PROBLEM.slots), ()]


def test_nobody_has_no_columns() -> None:
    roster = Problem([], []).roster
    assert not len(roster.pinned)
    assert roster.schools[1] == []
    assert roster.offers[1] == [()]
