"""What a run achieves, in numbers: worked out once from the frozen problem and its solution.

Ids and counts only. Names are looked up when the page is shown, for whoever may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast

from placements import matching
from placements.columns import Flags, Ints
from placements.matching.explain import HallSet
from placements.models import Candidate, Round
from placements.repair import Alternative

# Enough for a morning on the telephone; the rest is in the downloaded file.
CALLS = 12


@dataclass(frozen=True, eq=False)
class Chosen:
    """The pairs that a solution chose, in order of candidate: columns, as in the problem."""

    candidate: Ints
    slot: Ints
    rank: Ints  # 0 where she did not wish for it
    travel: Ints


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
    chosen = pairs(problem, solution)
    wishers = _wishers(problem)
    ranks, outside = _wishes(chosen, wishers)
    schools, classes = _groups(round, problem, chosen)
    halls = matching.explain.unplaced(problem, most)
    summary = Summary(
        candidates=len(problem.candidates),
        places=sum(slot.capacity for slot in problem.slots),
        placed=len(chosen.candidate),
        ranks=ranks,
        outside=outside,
        without_wishes=int((chosen.rank == 0).sum()) - outside,
        travel=_travel(chosen.travel),
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
        shortages=_shortages(problem, halls),
        calls=_calls(problem, most, halls),
        moved=_moved(problem, solution),
        pinned=pinned,
    )
    if best is not None:
        there = pairs(problem, best)
        ranks, outside = _wishes(there, wishers)
        travel = _travel(there.travel)
        placed = len(there.candidate)
        summary["best"] = Beside(placed=placed, ranks=ranks, outside=outside, travel=travel)
    return summary


def pairs(problem: matching.Problem, solution: matching.Solution) -> Chosen:
    columns = problem.columns
    chosen = np.full(len(problem.candidates), -1, dtype=np.int64)
    for candidate, slot in solution.assignments.items():
        chosen[problem.candidate_index[candidate]] = problem.slot_index[slot]
    at = np.flatnonzero(columns.slot == chosen[columns.candidate])
    return Chosen(columns.candidate[at], columns.slot[at], columns.rank[at], columns.travel[at])


def _wishers(problem: matching.Problem) -> Flags:
    """Of each candidate, whether she has wishes."""
    found = np.zeros(len(problem.candidates), dtype=np.bool_)
    found[problem.columns.candidate[problem.columns.rank > 0]] = True
    return found


def _wishes(chosen: Chosen, wishers: Flags) -> tuple[list[tuple[int, int]], int]:
    """How many got each wish up to the last, and how many are outside the list they sent."""
    counts: list[int] = np.bincount(chosen.rank).tolist()
    outside = int((wishers[chosen.candidate] & (chosen.rank == 0)).sum())
    return list(enumerate(counts[1:], start=1)), outside


def _travel(minutes: Ints) -> dict[str, int] | None:
    if not len(minutes):
        return None
    return {
        "median": int(np.median(minutes)),
        "longest": int(minutes.max()),
        "total": int(minutes.sum()),
    }


def _groups(
    round: Round, problem: matching.Problem, chosen: Chosen
) -> tuple[list[Group], list[Group]]:
    """Per school and per class, in no particular order."""
    school, schools = problem.roster.schools
    rows = Candidate.objects.for_round(round).values_list(
        Cast("pk", TextField()), Cast("student__school_class", TextField())
    )
    class_of: dict[str, str] = dict(rows)
    each = [class_of.get(row.id) for row in problem.candidates]
    classes = sorted({name for name in each if name})
    number: dict[str | None, int] = {name: i for i, name in enumerate(classes)}
    group = np.array([number.get(name, -1) for name in each], dtype=np.int64)
    return _counted(school, schools, chosen), _counted(group, classes, chosen)


def _counted(group: Ints, groups: list[str], chosen: Chosen) -> list[Group]:
    """`group`: the number of each candidate's, -1 for one that is gone."""
    mine = group[chosen.candidate]
    of, placed, first = (
        np.bincount(some[some >= 0], minlength=len(groups)).tolist()
        for some in (group, mine, mine[chosen.rank == 1])
    )
    return [
        Group(id=id, of=of[i], placed=placed[i], first=first[i], unplaced=of[i] - placed[i])
        for i, id in enumerate(groups)
    ]


def _shortages(problem: matching.Problem, halls: list[HallSet]) -> list[Shortage]:
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
        for hall in halls
    ]


def _calls(
    problem: matching.Problem, solution: matching.Solution, halls: list[HallSet]
) -> list[Call]:
    """Where one more place lets one more in; those that most of the unplaced can reach come first."""
    columns = problem.columns
    without = np.zeros(len(problem.candidates), dtype=np.bool_)
    without[[problem.candidate_index[name] for name in solution.unplaced]] = True
    near = columns.slot[without[columns.candidate]]
    reach = np.bincount(near, minlength=len(problem.slots))
    calls = [
        Call(slot=gain.slot, gain=gain.gain, reach=int(reach[problem.slot_index[gain.slot]]))
        for gain in matching.explain.call_list(problem, solution, halls)
        if gain.gain
    ]
    return sorted(calls, key=lambda call: (-call["gain"], -call["reach"], call["slot"]))[:CALLS]


def _moved(problem: matching.Problem, solution: matching.Solution) -> int | None:
    before = {c.id: c.previous for c in problem.candidates if c.previous}
    if not before:
        return None
    return sum(solution.assignments.get(who) != slot for who, slot in before.items())
