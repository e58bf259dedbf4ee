"""Learning areas offered in a round against those its students have not met: the gaps, in numbers.

What matching does about it is its level `breadth` (`learning.Areas` has the facts student by student).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from accounts.prepared import prepared
from placements.models import Candidate, LearningArea, Placement, Round, Slot
from placements.models.placements import OCCUPYING, PlacementState, told_of
from schools.models import Student

MET = [*OCCUPYING, PlacementState.COMPLETED]


@dataclass(frozen=True)
class Gap:
    """One learning area: places in the round where it is met, and students who have not met it before."""

    area: LearningArea
    places: int
    students: int

    @property
    def missing(self) -> int:
        return max(self.students - self.places, 0)


def gaps(round: Round, students: int | None = None) -> list[Gap]:
    """The widest first. A student has met what was offered where she has been placed in other rounds.

    `students`: how many take part, where that is known already.
    """
    everybody = students
    if everybody is None:
        everybody = sum(number for _round, number in _students(round.pk))
    places: dict[UUID, int] = dict(_places(round.pk))
    met: dict[UUID, int] = dict(_met(round.pk))
    found = [
        Gap(area, places.get(area.pk, 0), everybody - met.get(area.pk, 0))
        for area in LearningArea.objects.all()
    ]
    return sorted(found, key=lambda gap: (-gap.missing, gap.area.name))


def _taking_part(round: UUID) -> QuerySet[Any, Any]:
    return Candidate.objects.taking_part().filter(round=round).order_by().values("student")


@prepared
def _students(round: UUID) -> QuerySet[Any, Any]:
    one_round = _taking_part(round).values_list("round")
    counted: QuerySet[Any, Any] = one_round.annotate(Count("student", distinct=True))
    return counted


@prepared
def _places(round: UUID) -> QuerySet[Any, Any]:
    offered = Slot.objects.offered().filter(round=round).order_by()
    return offered.values_list("workplace__learning_areas").annotate(places=Sum("capacity"))


@prepared
def _met(round: UUID) -> QuerySet[Any, Any]:
    before = Placement.objects.filter(student__in=_taking_part(round), state__in=MET)
    met = before.exclude(round=round).order_by().values_list("slot__workplace__learning_areas")
    return met.annotate(students=Count("student", distinct=True))


@dataclass(frozen=True)
class Met:
    """One learning area of one student: where she has met it, or is to, the latest first."""

    area: LearningArea
    where: list[Placement]


def history(student: Student) -> list[Met]:
    """Each area with where she has met it: those not met yet stand last, with nothing."""
    been = (
        Placement.objects.filter(told_of(), student=student, state__in=MET)
        .select_related("slot__workplace", "period")
        .prefetch_related("slot__workplace__learning_areas")
        .order_by("-period__start", "pk")
    )
    where: dict[UUID, list[Placement]] = defaultdict(list)
    for placement in been:
        for area in placement.slot.workplace.learning_areas.all():
            where[area.pk].append(placement)
    rows = [Met(area, where[area.pk]) for area in LearningArea.objects.all()]
    return sorted(rows, key=lambda met: (not met.where, met.area.name))
