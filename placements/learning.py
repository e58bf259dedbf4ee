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
        self.all = set(LearningArea.objects.values_list("code", flat=True))
        offered = Workplace.objects.filter(pk__in=set(table.slots["workplace"]))
        self.offers = _sets(offered.values_list("pk", "learning_areas__code"))
        been = (
            Placement.objects.filter(student__in=set(table.candidates["student"]))
            .filter(state__in=[*OCCUPYING, PlacementState.COMPLETED])
            .exclude(round=round)
        )
        self.met = _sets(been.values_list("student", "slot__workplace__learning_areas__code"))

    def lacks(self, student: UUID) -> tuple[str, ...]:
        return tuple(sorted(self.all - self.met.get(student, set())))


def _sets(rows: Iterable[tuple[UUID, str | None]]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for pk, code in rows:
        if code:
            found.setdefault(pk, set()).add(code)
    return found
