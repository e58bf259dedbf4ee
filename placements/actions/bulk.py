"""One thing done to many students, by the same rules as when it is done to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import User
from placements.actions import students
from placements.models import Candidate, Round
from placements.models.rounds import RoundState
from schools.models import Requirement, Student

MOST = 500


class TooMany(DomainError):
    """More rows than are changed in one go."""


def check(number: int) -> None:
    if number > MOST:
        raise TooMany(_("At most %d at a time. Choose more narrowly.") % MOST)


@transaction.atomic
def tick_off(
    pks: Collection[UUID], *, requirement: Requirement, status: str, seen_on: dt.date, by: User
) -> int:
    """Set one requirement's status for all of them; return how many changed.

    Everything is locked first, in the order everybody locks in: the rounds, then the students.
    """
    check(len(pks))
    rounds = (
        Candidate.objects.filter(student__in=pks)
        .exclude(round__state=RoundState.CLOSED)
        .values_list("round_id", flat=True)
    )
    list(Round.objects.select_for_update(no_key=True).filter(pk__in=list(rounds)).order_by("pk"))
    locked = Student.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    return sum(
        students.tick_off(student, statuses={requirement: status}, seen_on=seen_on, by=by)
        for student in list(locked)
    )
