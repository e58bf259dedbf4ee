"""What can be learnt where, and what each student has not met yet: the facts behind `breadth`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from placements.eligibility import Eligibility
from placements.models import LearningArea, Placement, Round, Workplace
from placements.models.placements import OCCUPYING, PlacementState


class Areas:
    """Learning areas: what each workplace offers, and what each student has not met yet.

    A student has met what was offered where she has been placed in other rounds.
    """

    def __init__(self, round: Round, table: Eligibility) -> None:
        self.all = frozenset(LearningArea.objects.values_list("code", flat=True))
        self._all_sorted = tuple(sorted(self.all))
        offered = Workplace.objects.filter(
            pk__in=set(table.slots["workplace"]), learning_areas__isnull=False
        )
        self.offers = _sets(offered.values_list("pk", "learning_areas__code"))
        been = (
            Placement.objects.filter(student__in=table.students)
            .filter(state__in=[*OCCUPYING, PlacementState.COMPLETED])
            .exclude(round=round)
        )
        self.met = _sets(been.values_list("student", "slot__workplace__learning_areas__code"))

    def lacks(self, student: UUID) -> tuple[str, ...]:
        met = self.met.get(student)
        return tuple(sorted(self.all - met)) if met else self._all_sorted


def _sets(rows: Iterable[tuple[UUID, str | None]]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for pk, code in rows:
        if code:
            found.setdefault(pk, set()).add(code)
    return found
