"""Where to look for more places: the workplaces in reach of those who lack one, that offer nothing now.

In reach is in reach, also over the county's border: a student near it has a shorter way there than
across her own county. What lies over the border is shown by name and telephone, and its people when it
has been asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from django.db.models import Max, Min, Q, QuerySet

from accounts.models import User
from placements import matching, travel
from placements.columns import Flags, Ints
from placements.eligibility import Eligibility
from placements.imagined import as_offered
from placements.models import (
    Candidate,
    CapacityRequest,
    Contact,
    MatchingRun,
    Round,
    Slot,
    Workplace,
)
from placements.notices import contacts_of
from placements.openings import Openings
from placements.reasons import Reasons
from placements.report import summary_of
from placements.summary import Shortage

PAGE = 50
# Different sets of students whose exact gain is worked out before the list is put in its order. Those
# after them come in the order of how many they reach, and are worked out when they are shown.
ORDERED = 300
BLOCK = 250  # candidates at a time, so that a long list of workplaces fits in memory


@dataclass(frozen=True)
class Prospect:
    """A workplace, and what one place there, in each period, would do. `request` None: not asked yet."""

    workplace: Workplace
    gain: int  # so many more would be placed, exactly
    reach: int  # so many of those without a place could go there themselves
    nearest: int  # minutes for whoever of them has the shortest way
    request: CapacityRequest | None
    contacts: list[Contact]
    reachable: bool = True  # somebody there can be asked
    seen: bool = True  # False: another county's, that has not been asked


@dataclass(frozen=True)
class Search:
    """One shortage, and where to look: so many workplaces in all, and those of the page."""

    unplaced: list[Candidate]
    places: int
    students: int
    prospects: list[Prospect] = field(default_factory=list)
    found: int = 0


@dataclass
class _Row:
    """A workplace of one shortage, by its number among all; `gain` None: not worked out yet."""

    number: int
    groups: bytes
    reach: int
    nearest: int
    gain: int | None = None


@dataclass(frozen=True)
class Board:
    """A page of all the shortages' workplaces, one shortage after the other."""

    searches: list[Search]
    found: int  # workplaces on all pages together


def board(run: MatchingRun, user: User, page: int = 1) -> Board:
    """The workplaces that offer nothing in the round; in each shortage the most helpful first."""
    shortages = summary_of(run)["shortages"]
    if not shortages:
        return Board([], 0)
    reasons = Reasons(run)
    around = _Around(run, Openings(reasons.problem, reasons.most), shortages)
    return around.page(user, page)


def silent(round: Round) -> QuerySet[Workplace]:
    """Active workplaces that receive students, and offer no place in the round."""
    offering = Slot.objects.filter(round=round).offered().values("workplace")
    return Workplace.objects.active().filter(receives_students=True).exclude(pk__in=offering)


def in_reach(round: Round, people: Iterable[UUID] | None = None) -> QuerySet[Workplace]:
    """The silent ones in a square around where the candidates live; without `people`, all of the round."""
    candidates = Candidate.objects.for_round(round).taking_part()
    if people is not None:
        candidates = candidates.filter(pk__in=list(people))
    home = "student__municipality__"
    ends = candidates.aggregate(
        south=Min(f"{home}latitude"),
        north=Max(f"{home}latitude"),
        west=Min(f"{home}longitude"),
        east=Max(f"{home}longitude"),
    )
    if ends["south"] is None:
        return Workplace.objects.none()
    up = travel.kilometres(round.max_travel_minutes) / travel.KM_PER_DEGREE
    north = min(ends["north"] + up, 89.0)
    side = up / math.cos(math.radians(north))
    latitudes = (ends["south"] - up, north)
    longitudes = (ends["west"] - side, ends["east"] + side)
    unknown = Q(latitude=None) | Q(longitude=None)
    own = Q(latitude__range=latitudes, longitude__range=longitudes)
    centre = Q(municipality__latitude__range=latitudes, municipality__longitude__range=longitudes)
    return silent(round).filter((~unknown & own) | (unknown & centre))


class _Around:
    """Who may be where, if the silent workplaces had one place in each period; read once for a run."""

    def __init__(self, run: MatchingRun, openings: Openings, shortages: list[Shortage]) -> None:
        self.run = run
        self.openings = openings
        self.shortages = shortages
        people = {UUID(pk) for hall in shortages for pk in hall["candidates"]}
        found = in_reach(run.round, people).order_by("pk")
        self.workplaces = list(found.values_list("pk", flat=True))
        self.periods = list(run.round.periods.values_list("pk", flat=True))
        self.table = Eligibility(run.round, only=people, slots=as_offered(found, self.periods))
        self.allowed = self._allowed()
        if not run.round.outside_wishes:
            self.allowed &= self._wished()
        unplaced = {pk for hall in shortages for pk in hall["unplaced"]}
        people_left = Candidate.objects.filter(pk__in=unplaced).taking_part()
        self.names = {
            str(one.pk): one for one in people_left.named().order_by("student__sort_key", "pk")
        }
        self.gains: dict[tuple[int, bytes], int] = {}
        self.inside: dict[int, list[int]] = {}  # of each shortage: whom a new place could help

    def _allowed(self) -> Flags:
        """Candidate, slot: where no rule forbids it."""
        everybody, found = len(self.table), [np.zeros((0, len(self.table.slots)), np.bool_)]
        for first in range(0, everybody, BLOCK):
            found.append(self.table.allowed(first, min(first + BLOCK, everybody)))
        allowed: Flags = np.concatenate(found)
        return allowed

    def _wished(self) -> Flags:
        """Where the round keeps to the lists: those that wished for it, and those without wishes."""
        problem = self.openings.problem
        has = {problem.candidates[i].id for i in np.unique(_wishers(problem)).tolist()}
        found = np.array([[str(pk) not in has] for pk in self.table.candidates["pk"]], np.bool_)
        found = np.repeat(found, len(self.table.slots), axis=1)
        wisher, wished, _ = self.table.wishes
        found[wisher, wished] = True
        return found

    def page(self, user: User, page: int) -> Board:
        """So many rows, whichever shortages they are of; the other shortages are only counted."""
        found = [len(self._helpful(number)) for number in range(len(self.shortages))]
        pages = max(1, math.ceil(sum(found) / PAGE))
        page = max(1, min(page, pages))
        shown: dict[int, list[_Row]] = {}
        start = -(page - 1) * PAGE  # where the shortage's rows begin, counted from the page's first
        for number, many in enumerate(found):
            begun = start < PAGE or (page == pages and not many)
            if begun and (start >= 0 or start + many > 0):
                shown[number] = self._rows(number)[max(-start, 0) : PAGE - start]
            start += many
        for number, rows in shown.items():
            for row in rows:
                row.gain = self._gain(number, row.groups)
        numbers = {row.number for rows in shown.values() for row in rows}
        facts = _Facts(self.run.round, user, {self.workplaces[number] for number in numbers})
        searches = []
        for number, rows in shown.items():
            hall = self.shortages[number]
            prospects = [facts.prospect(self.workplaces[row.number], row) for row in rows]
            unplaced = set(hall["unplaced"])
            searches.append(
                Search(
                    unplaced=[one for pk, one in self.names.items() if pk in unplaced],
                    places=hall["places"],
                    students=len(hall["candidates"]),
                    prospects=prospects,
                    found=found[number],
                )
            )
        return Board(searches, sum(found))

    def _inside(self, number: int) -> dict[int, int]:
        """Whom a new place could help in the shortage: number in the problem -> row of the table."""
        index, row_of = self.openings.problem.candidate_index, self.table.candidate_at
        return {
            index[pk]: row_of[UUID(pk)]
            for pk in self.shortages[number]["candidates"]
            if UUID(pk) in row_of and index[pk] in self.openings.short
        }

    def _helpful(self, number: int) -> Ints:
        """The numbers of the workplaces where at least one of them could be."""
        may = self.allowed[list(self._inside(number).values())].any(axis=0)
        found: Ints = np.flatnonzero(
            may.reshape(len(self.workplaces), len(self.periods)).any(axis=1)
        )
        return found

    def _rows(self, number: int) -> list[_Row]:
        """Every workplace that would help in this shortage, in the order in which they are shown."""
        index, inside = self.openings.problem.candidate_index, self._inside(number)
        unplaced = map(index.__getitem__, self.shortages[number]["unplaced"])
        without = [inside[who] for who in unplaced if who in inside]
        self.inside[number] = list(inside)
        size = (len(self.workplaces), len(self.periods))
        may = self.allowed[list(inside.values())].reshape(len(inside), *size)
        near = self.allowed[without].reshape(len(without), *size).any(axis=2)
        minutes = np.array([self.table.travel(row, row + 1)[0] for row in without], np.int64)
        minutes = minutes.reshape(len(without), *size)[:, :, 0]
        reach = near.sum(axis=0)
        far = np.iinfo(np.int64).max
        nearest = np.where(near, minutes, far).min(axis=0, initial=far)
        rows = [
            _Row(n, may[:, n, :].tobytes(), int(reach[n]), int(nearest[n]) if reach[n] else 0)
            for n in self._helpful(number).tolist()
        ]
        return self._ordered(number, rows)

    def _ordered(self, number: int, rows: list[_Row]) -> list[_Row]:
        rows.sort(key=lambda row: (-row.reach, row.nearest, row.number))
        kinds: set[bytes] = set()
        for row in rows:
            if row.groups in kinds or len(kinds) < ORDERED:
                kinds.add(row.groups)
                row.gain = self._gain(number, row.groups)
        first = [row for row in rows if row.gain is not None]
        first.sort(key=lambda row: (-(row.gain or 0), -row.reach, row.nearest, row.number))
        return first + [row for row in rows if row.gain is None]

    def _gain(self, number: int, groups: bytes) -> int:
        """How many more would be placed. Workplaces that the same students can reach let in as many."""
        found = self.gains.get((number, groups))
        if found is None:
            people = self.inside[number]
            table = np.frombuffer(groups, np.bool_).reshape(len(people), len(self.periods))
            new = [[people[i] for i in np.flatnonzero(column).tolist()] for column in table.T]
            # One place that anybody short of one may have lets in one: that is what short means.
            found = self.openings.further(new) if sum(map(bool, new)) > 1 else int(any(new))
            self.gains[number, groups] = found
        return found


class _Facts:
    """What is told about the workplaces of a page."""

    def __init__(self, round: Round, user: User, shown: set[UUID]) -> None:
        chosen = Workplace.objects.filter(pk__in=shown)
        self.workplaces = chosen.select_related("municipality__county", "parent").in_bulk()
        self.seen = set(chosen.visible_to(user).values_list("pk", flat=True))
        asked = CapacityRequest.objects.filter(round=round, workplace__in=shown)
        self.asked = {request.workplace_id: request for request in asked}
        self.contacts = contacts_of(shown)

    def prospect(self, pk: UUID, row: _Row) -> Prospect:
        seen = pk in self.seen
        return Prospect(
            workplace=self.workplaces[pk],
            gain=row.gain or 0,
            reach=row.reach,
            nearest=row.nearest,
            request=self.asked.get(pk),
            contacts=self.contacts[pk] if seen else [],
            reachable=bool(self.contacts[pk]),
            seen=seen,
        )


def _wishers(problem: matching.Problem) -> Ints:
    wishers: Ints = problem.columns.candidate[problem.columns.rank > 0]
    return wishers
