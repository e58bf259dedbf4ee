"""Learning areas offered against needed, year by year: does the county as a whole teach all of it?

A school year's need is whoever took part in its rounds and had not met the area in an earlier year; what
is offered is the places of those rounds at workplaces that teach it. What a workplace teaches is as it
says now: earlier answers about it are not kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Min, Sum
from django.utils.translation import gettext as _

from placements.breadth import MET
from placements.charts import Chart
from placements.models import Candidate, LearningArea, Placement, Round, Slot
from placements.models.preferences import CandidateQuerySet
from placements.models.rounds import RoundState


def school_year(day: dt.date) -> int:
    return day.year if day.month >= 8 else day.year - 1


@dataclass(frozen=True)
class Year:
    """One area in one school year."""

    begins: int
    offered: int
    needed: int

    @property
    def name(self) -> str:
        return f"{self.begins}/{self.begins + 1}"

    @property
    def missing(self) -> int:
        return max(self.needed - self.offered, 0)


@dataclass(frozen=True)
class Row:
    """One area through the years, the newest first."""

    area: LearningArea
    years: list[Year]

    @property
    def now(self) -> Year:
        return self.years[0]

    @property
    def change(self) -> int:
        """How many more are missing than the year before; less than nothing is better."""
        return self.years[0].missing - self.years[1].missing if len(self.years) > 1 else 0

    @property
    def better_by(self) -> int:
        return max(-self.change, 0)


@dataclass(frozen=True)
class Years:
    rows: list[Row]  # the widest gap now first
    students: int  # who take part in the newest year

    @property
    def newest(self) -> str:
        return self.rows[0].now.name if self.rows and self.rows[0].years else ""

    @property
    def names(self) -> list[str]:
        return [year.name for year in self.rows[0].years] if self.rows else []

    @property
    def short(self) -> list[Row]:
        return [row for row in self.rows if row.now.missing]

    @property
    def chart(self) -> Chart:
        return Chart(
            title=_("Places that offer it, and students who have not met it, %(year)s")
            % {"year": self.newest},
            what=_("Learning area"),
            first=_("Places that offer it"),
            second=_("Students who have not met it"),
            rows=[(row.area.name, row.now.offered, row.now.needed) for row in self.rows],
        )


def of(rounds: Iterable[Round], candidates: CandidateQuerySet | None = None) -> Years:
    """In a fixed number of queries, however many rounds, students and areas there are.

    With `candidates`, the need is theirs alone; the places are still those of everybody in the rounds.
    """
    chosen = Round.objects.filter(pk__in=[round.pk for round in rounds])
    dated = chosen.exclude(state=RoundState.DRAFT).annotate(first=Min("periods__start"))
    year_of = {pk: school_year(first) for pk, first in dated.values_list("pk", "first") if first}
    areas = sorted(LearningArea.objects.all(), key=lambda area: area.name)
    if not year_of or not areas:
        return Years([], 0)
    offered = _offered(year_of)
    students, met = _students(year_of, candidates), _met(year_of)
    years = sorted(set(year_of.values()), reverse=True)
    rows = [
        Row(
            area,
            [
                Year(
                    year,
                    offered.get((year, area.pk), 0),
                    sum(met.get((student, area.pk), year) >= year for student in students[year]),
                )
                for year in years
            ],
        )
        for area in areas
    ]
    rows.sort(key=lambda row: -row.now.missing)  # alike ones stay in the order of their names
    return Years(rows, len(students[years[0]]))


def _offered(year_of: dict[UUID, int]) -> dict[tuple[int, UUID], int]:
    found: dict[tuple[int, UUID], int] = defaultdict(int)
    places = Slot.objects.filter(round__in=year_of, capacity__gt=0).order_by()
    sums = places.values_list("round", "workplace__learning_areas").annotate(Sum("capacity"))
    for round, area, count in sums:
        found[year_of[round], area] += count
    return found


def _students(
    year_of: dict[UUID, int], candidates: CandidateQuerySet | None
) -> dict[int, set[UUID]]:
    found: dict[int, set[UUID]] = defaultdict(set)
    theirs = Candidate.objects.all() if candidates is None else candidates
    taking_part = theirs.taking_part().filter(round__in=year_of).order_by()
    for round, student in taking_part.values_list("round", "student"):
        found[year_of[round]].add(student)
    return found


def _met(year_of: dict[UUID, int]) -> dict[tuple[UUID, UUID], int]:
    """In which school year each student met each area for the first time, wherever that was."""
    found: dict[tuple[UUID, UUID], int] = {}
    ours = Candidate.objects.filter(round__in=year_of).values("student")
    stays = Placement.objects.filter(student__in=ours, state__in=MET).order_by()
    areas = stays.exclude(slot__workplace__learning_areas=None)
    for student, area, first in areas.values_list(
        "student", "slot__workplace__learning_areas", "period__start"
    ):
        year, key = school_year(first), (student, area)
        found[key] = min(found.get(key, year), year)
    return found
