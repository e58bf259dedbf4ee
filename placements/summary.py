"""What a run achieves, in numbers: worked out once from the frozen problem and its solution.

Ids and counts only. Names are looked up when the page is shown, for whoever may see them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, NotRequired, TypedDict

import numpy as np

from placements import matching
from placements.models import Candidate, Round
from placements.repair import Alternative

# Enough for a morning on the telephone; the rest is in the downloaded file.
CALLS = 12


@dataclass(frozen=True)
class Held:
    """One pair that a solution chose."""

    candidate: str
    slot: str
    rank: int | None
    travel: int


class Level(TypedDict):
    name: str
    value: int
    bound: int | None
    proven: bool
    searched: NotRequired[bool]  # the bound is what a search has found, not what prices prove


class Group(TypedDict):
    """A school or a class: how many of its students are placed, and how many got their first wish."""

    id: str
    of: int
    placed: int
    first: int
    unplaced: int


class Shortage(TypedDict):
    """`candidates` can only use `slots`, which have too few `places`: `surplus` are left over."""

    candidates: list[str]
    slots: list[str]
    places: int
    surplus: int
    unplaced: list[str]


class Call(TypedDict):
    """One more place at `slot` lets `gain` more in; `reach` of the unplaced could go there straight."""

    slot: str
    gain: int
    reach: int


class Beside(TypedDict):
    """What the standard rules would do with the same round."""

    placed: int
    ranks: list[tuple[int, int]]
    outside: int
    travel: dict[str, int] | None


class Summary(TypedDict):
    candidates: int
    places: int
    placed: int
    ranks: list[tuple[int, int]]  # (wish, how many got it), each wish up to the last
    outside: int  # placed outside the list she sent
    without_wishes: int  # placed, and had sent none
    travel: dict[str, int] | None  # median, longest, total; None when nobody is placed
    schools: list[Group]
    classes: list[Group]
    levels: list[Level]
    proven: bool
    shortages: list[Shortage]
    calls: list[Call]
    moved: int | None  # None when the run starts from nothing
    pinned: int
    repairs: NotRequired[list[Alternative]]  # of a repair: what fewer moves would do
    imagined: NotRequired[list[dict[str, Any]]]  # of a what-if: who goes where no place is yet
    best: NotRequired[Beside]  # where workplaces choose, or rules tie students: what it costs
    status: NotRequired[str]  # as in the solution; older runs have only `proven`


def summarise(
    round: Round,
    problem: matching.Problem,
    solution: matching.Solution,
    best: matching.Solution | None = None,
    *,
    pinned: int = 0,
) -> Summary:
    """What the run's page shows. Whom there is no place for, is asked of `best` if that is given: it
    places as many as can be."""
    most = best or solution
    chosen = held(problem, solution)
    with_wishes = _with_wishes(problem)
    ranks, outside = _wishes(chosen, with_wishes)
    unranked = sum(not pair.rank for pair in chosen)
    schools, classes = _groups(round, problem, chosen)
    summary = Summary(
        candidates=len(problem.candidates),
        places=sum(slot.capacity for slot in problem.slots),
        placed=len(chosen),
        ranks=ranks,
        outside=outside,
        without_wishes=unranked - outside,
        travel=_travel([pair.travel for pair in chosen]),
        schools=schools,
        classes=classes,
        levels=[
            Level(
                name=level.name,
                value=level.value,
                bound=level.bound if level.searched is None else level.searched,
                proven=level.proven,
                searched=level.searched is not None,
            )
            for level in solution.levels
        ],
        proven=solution.status == "proven",
        status=solution.status,
        shortages=_shortages(problem, most),
        calls=_calls(problem, most),
        moved=_moved(problem, solution),
        pinned=pinned,
    )
    if best is not None:
        there = held(problem, best)
        ranks, outside = _wishes(there, with_wishes)
        travel = _travel([pair.travel for pair in there])
        summary["best"] = Beside(placed=len(there), ranks=ranks, outside=outside, travel=travel)
    return summary


def _with_wishes(problem: matching.Problem) -> set[str]:
    wished = np.unique(problem.columns.candidate[problem.columns.rank > 0])
    return {problem.candidates[i].id for i in wished.tolist()}


def _wishes(chosen: Iterable[Held], with_wishes: set[str]) -> tuple[list[tuple[int, int]], int]:
    """How many got each wish up to the last, and how many are outside the list they sent."""
    counts = Counter(pair.rank for pair in chosen if pair.rank)
    outside = sum(not pair.rank and pair.candidate in with_wishes for pair in chosen)
    return [(rank, counts[rank]) for rank in range(1, max(counts, default=0) + 1)], outside


def held(problem: matching.Problem, solution: matching.Solution) -> list[Held]:
    """The pairs that the solution chose, in order of candidate."""
    columns = problem.columns
    chosen = np.full(len(problem.candidates), -1, dtype=np.int64)
    for candidate, slot in solution.assignments.items():
        chosen[problem.candidate_index[candidate]] = problem.slot_index[slot]
    at = np.flatnonzero(columns.slot == chosen[columns.candidate])
    rows = (columns.candidate[at], columns.slot[at], columns.rank[at], columns.travel[at])
    return [
        Held(problem.candidates[who].id, problem.slots[slot].id, rank or None, travel)
        for who, slot, rank, travel in zip(*(row.tolist() for row in rows), strict=True)
    ]


def _travel(minutes: list[int]) -> dict[str, int] | None:
    if not minutes:
        return None
    return {"median": int(median(minutes)), "longest": max(minutes), "total": sum(minutes)}


def _groups(
    round: Round, problem: matching.Problem, chosen: Iterable[Held]
) -> tuple[list[Group], list[Group]]:
    """Per school and per class, in no particular order."""
    rank = {pair.candidate: pair.rank for pair in chosen}
    rows = Candidate.objects.for_round(round).values_list("pk", "school", "student__school_class")
    schools: dict[str, list[str]] = defaultdict(list)
    classes: dict[str, list[str]] = defaultdict(list)
    for pk, school, school_class in rows:
        if str(pk) in problem.candidate_index:
            schools[str(school)].append(str(pk))
            classes[str(school_class)].append(str(pk))
    return _counted(schools, rank), _counted(classes, rank)


def _counted(members: Mapping[str, list[str]], rank: Mapping[str, int | None]) -> list[Group]:
    return [
        Group(
            id=name,
            of=len(people),
            placed=sum(who in rank for who in people),
            first=sum(rank.get(who) == 1 for who in people),
            unplaced=sum(who not in rank for who in people),
        )
        for name, people in members.items()
    ]


def _shortages(problem: matching.Problem, solution: matching.Solution) -> list[Shortage]:
    """Closed slots are left out: nobody can use a place that is not there."""
    open_slots = {slot.id for slot in problem.slots if slot.capacity}
    return [
        Shortage(
            candidates=list(hall.candidates),
            slots=[slot for slot in hall.slots if slot in open_slots],
            places=hall.places,
            surplus=hall.surplus,
            unplaced=list(hall.unplaced),
        )
        for hall in matching.explain.unplaced(problem, solution)
    ]


def _calls(problem: matching.Problem, solution: matching.Solution) -> list[Call]:
    """Where one more place lets one more in; those that most of the unplaced can reach come first."""
    columns = problem.columns
    without = np.zeros(len(problem.candidates), dtype=np.bool_)
    without[[problem.candidate_index[name] for name in solution.unplaced]] = True
    near = columns.slot[without[columns.candidate]]
    reach = np.bincount(near, minlength=len(problem.slots))
    calls = [
        Call(slot=gain.slot, gain=gain.gain, reach=int(reach[problem.slot_index[gain.slot]]))
        for gain in matching.explain.call_list(problem, solution)
        if gain.gain
    ]
    return sorted(calls, key=lambda call: (-call["gain"], -call["reach"], call["slot"]))[:CALLS]


def _moved(problem: matching.Problem, solution: matching.Solution) -> int | None:
    before = {c.id: c.previous for c in problem.candidates if c.previous}
    if not before:
        return None
    return sum(solution.assignments.get(who) != slot for who, slot in before.items())
