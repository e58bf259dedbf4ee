"""What is done to one student: ticked off, kept away from a workplace, taken out of the lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements.actions import rounds
from placements.models import Candidate, Conflict, Round, Workplace
from placements.models.rounds import RoundState
from schools.models import Clearance, ClearanceStatus, Requirement, Student


class HasPlacement(DomainError):
    """She has a published placement, which somebody must withdraw first."""


@transaction.atomic
def tick_off(
    student: Student,
    *,
    statuses: Mapping[Requirement, str],
    seen_on: dt.date,
    by: User,
) -> int:
    """Set the status of each requirement ("" means it does not concern her). Returns how many changed."""
    concerned = _lock(student)
    now = {c.requirement_id: c for c in Clearance.objects.filter(student=student)}
    changed = 0
    for requirement, status in statuses.items():
        clearance = now.get(requirement.pk)
        if status == (clearance.status if clearance else ""):
            continue
        changed += 1
        if not status:
            Clearance.objects.filter(student=student, requirement=requirement).delete()
        else:
            cleared = status == ClearanceStatus.CLEARED
            Clearance.objects.update_or_create(
                student=student,
                requirement=requirement,
                defaults={
                    "status": status,
                    "seen_on": seen_on if cleared else None,
                    "seen_by": by if cleared else None,
                },
            )
        audit.record("clearance.tick", student, by=by, requirement=requirement.code, status=status)
    if changed:
        _touch(concerned)
    return changed


@transaction.atomic
def add_conflict(student: Student, *, workplace: Workplace, by: User) -> Conflict:
    """Keep the student away from a workplace. Why is nobody's business, so it is not asked."""
    concerned = _lock(student)
    conflict, made = Conflict.objects.get_or_create(
        student=student, workplace=workplace, defaults={"registered_by": by}
    )
    if made:
        _touch(concerned)
        audit.record("conflict.add", conflict, by=by)
    return conflict


@transaction.atomic
def remove_conflict(conflict: Conflict, *, by: User) -> None:
    concerned = _lock(conflict.student)
    audit.record("conflict.remove", conflict, by=by)
    Conflict.objects.filter(pk=conflict.pk).delete()
    _touch(concerned)


@transaction.atomic
def handle_manually(student: Student, *, by: User) -> None:
    """Take her out of every list, round and search; from now on people do it on paper."""
    concerned = _lock(student)
    if student.placements.occupying().filter(round__state=RoundState.PUBLISHED).exists():
        raise HasPlacement(
            _(
                "The student has a published placement. Withdraw it first, so that the workplace is told."
            )
        )
    Candidate.objects.filter(student=student, round__in=concerned).update(
        withdrawn_at=timezone.now(), pinned_slot=None, pinned_by=None, pinned_at=None
    )
    Student.objects.filter(pk=student.pk).update(manual_handling=True)
    _touch(concerned)
    audit.record("student.handle_manually", student, by=by)


def _lock(student: Student) -> list[Round]:
    """The rounds she is in that are not over, locked, and then herself."""
    ids = (
        Candidate.objects.filter(student=student)
        .exclude(round__state=RoundState.CLOSED)
        .values_list("round_id", flat=True)
    )
    locked = list(
        Round.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    )
    Student.objects.select_for_update(no_key=True).get(pk=student.pk)
    return locked


def _touch(concerned: list[Round]) -> None:
    for round in concerned:
        rounds.touch(round)
