"""Learning areas offered in a round against those its students have not met: the gaps, in numbers.

What matching does about it is its level `breadth` (`learning.Areas` has the facts student by student).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from placements.models import LearningArea, Placement, Round, Slot
from placements.models.placements import OCCUPYING, PlacementState
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


def gaps(round: Round) -> list[Gap]:
    """The widest first. A student has met what was offered where she has been placed in other rounds."""
    students = round.candidates.taking_part().values("student")
    everybody = students.distinct().count()
    places = dict(
        Slot.objects.filter(round=round, capacity__gt=0)
        .order_by()
        .values_list("workplace__learning_areas")
        .annotate(places=Sum("capacity"))
    )
    met = dict(
        Placement.objects.filter(student__in=students, state__in=MET)
        .exclude(round=round)
        .order_by()
        .values_list("slot__workplace__learning_areas")
        .annotate(students=Count("student", distinct=True))
    )
    found = [
        Gap(area, places.get(area.pk, 0), everybody - met.get(area.pk, 0))
        for area in LearningArea.objects.all()
    ]
    return sorted(found, key=lambda gap: (-gap.missing, gap.area.name))


def unmet(student: Student) -> list[LearningArea]:
    """What she has not met where she has been, or is to be."""
    been = Placement.objects.filter(student=student, state__in=MET)
    areas = LearningArea.objects.exclude(workplaces__in=been.values("slot__workplace"))
    return sorted(areas, key=lambda area: area.name)
