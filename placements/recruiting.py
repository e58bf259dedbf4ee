"""Where to look for more places: the workplaces in reach of those who lack one, that offer nothing now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from placements import matching
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
from placements.openings import Openings
from placements.reasons import Reasons
from placements.report import summary_of
from placements.summary import Shortage

MOST = 60  # workplaces for each shortage whose exact gain is worked out, those most can reach first


@dataclass(frozen=True)
class Prospect:
    """A workplace, and what one place there, in each period, would do. `request` None: not asked yet."""

    workplace: Workplace
    gain: int  # so many more would be placed, exactly
    reach: int  # so many of those without a place could go there themselves
    nearest: int  # minutes for whoever of them has the shortest way
    request: CapacityRequest | None
    contacts: list[Contact]


@dataclass(frozen=True)
class Search:
    """One shortage, and where to look."""

    unplaced: list[Candidate]
    places: int
    students: int
    prospects: list[Prospect] = field(default_factory=list)
    more: int = 0  # in reach, but too far down the list to be worked out


def searches(run: MatchingRun) -> list[Search]:
    """For each shortage, the workplaces that offer nothing in the round, the most helpful first."""
    shortages = summary_of(run)["shortages"]
    if not shortages:
        return []
    reasons = Reasons(run)
    around = _Around(run, Openings(reasons.problem, reasons.most), shortages)
    return [around.search(hall) for hall in shortages]


def silent(round: Round) -> QuerySet[Workplace]:
    """Active workplaces of the county that receive students, and offer no place in the round."""
    offering = Slot.objects.filter(round=round).offered().values("workplace")
    return (
        Workplace.objects.active()
        .filter(receives_students=True, municipality__county=round.county_id)
        .exclude(pk__in=offering)
    )


class _Around:
    """Who may be where, if the silent workplaces had one place in each period; read once for a run."""

    def __init__(self, run: MatchingRun, openings: Openings, shortages: list[Shortage]) -> None:
        found = silent(run.round).select_related("municipality", "parent").order_by("pk")
        self.workplaces = list(found)
        self.openings = openings
        self.periods = list(run.round.periods.values_list("pk", flat=True))
        people = {UUID(pk) for hall in shortages for pk in hall["candidates"]}
        self.table = Eligibility(run.round, only=people, slots=as_offered(found, self.periods))
        self.allowed = self.table.allowed(0, len(self.table))
        if not run.round.outside_wishes:
            self.allowed &= self._wished()
        self.minutes = self.table.travel(0, len(self.table))
        self.asked = {r.workplace_id: r for r in CapacityRequest.objects.filter(round=run.round)}
        self.contacts: dict[UUID, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.current().filter(workplace__in=found).order_by("name"):
            self.contacts[contact.workplace_id].append(contact)
        unplaced = {pk for hall in shortages for pk in hall["unplaced"]}
        people_left = Candidate.objects.filter(pk__in=unplaced).taking_part()
        self.names = {
            str(one.pk): one
            for one in people_left.select_related("student__school_class").order_by(
                "student__sort_key", "pk"
            )
        }

    def _wished(self) -> Flags:
        """Where the round keeps to the lists: those that wished for it, and those without wishes."""
        problem = self.openings.problem
        has = {problem.candidates[i].id for i in np.unique(_wishers(problem)).tolist()}
        found = np.array([[str(pk) not in has] for pk in self.table.candidates["pk"]], np.bool_)
        found = np.repeat(found, len(self.table.slots), axis=1)
        wisher, wished, _ = self.table.wishes
        found[wisher, wished] = True
        return found

    def search(self, hall: Shortage) -> Search:
        index, row_of = self.openings.problem.candidate_index, self.table.candidate_at
        inside = {
            index[pk]: row_of[UUID(pk)]
            for pk in hall["candidates"]
            if UUID(pk) in row_of and index[pk] in self.openings.short
        }
        without = [inside[who] for who in map(index.__getitem__, hall["unplaced"]) if who in inside]
        found = []
        for n, workplace in enumerate(self.workplaces):
            columns = slice(n * len(self.periods), (n + 1) * len(self.periods))
            allowed = self.allowed[:, columns]
            groups = [[w for w, row in inside.items() if one[row]] for one in allowed.T]
            near = [row for row in without if allowed[row].any()]
            if any(groups):
                minutes = [int(self.minutes[row, columns].min()) for row in near]
                found.append((workplace, groups, len(near), min(minutes, default=0)))
        found.sort(key=lambda row: (-row[2], row[3], str(row[0].pk)))
        prospects = [
            Prospect(
                workplace=workplace,
                gain=self.openings.further(groups),
                reach=reach,
                nearest=nearest,
                request=self.asked.get(workplace.pk),
                contacts=self.contacts[workplace.pk],
            )
            for workplace, groups, reach, nearest in found[:MOST]
        ]
        prospects.sort(key=lambda p: (-p.gain, -p.reach, p.nearest, p.workplace.name))
        return Search(
            unplaced=[one for pk, one in self.names.items() if pk in set(hall["unplaced"])],
            places=hall["places"],
            students=len(hall["candidates"]),
            prospects=prospects,
            more=max(len(found) - MOST, 0),
        )


def _wishers(problem: matching.Problem) -> Ints:
    wishers: Ints = problem.columns.candidate[problem.columns.rank > 0]
    return wishers
