"""A day the student cannot come, and what the school does to see how it goes."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import DomainError
from accounts.models import User
from accounts.policy import Role
from placements.actions.answers import coordinators_of
from placements.locks import locked_placement
from placements.models import Absence, Placement, Visit
from placements.notices import contacts_of


class NoPracticeToday(DomainError):
    """There is nowhere she should have been."""


class TooSoon(DomainError):
    """A log is of what has been."""


def report_absence(placement: Placement, *, today: dt.date, by: User) -> Absence:
    """She does not come today: workplace and school are told at once. Said twice is said once."""
    with locked_placement(placement.pk) as now:
        if not now.occupies or today not in now.stay:
            raise NoPracticeToday(_("You have no practice here today."))
        absence, is_new = Absence.objects.get_or_create(placement=now, day=today)
        if is_new:
            audit.record("absence.reported", now, by=by)
            for email, language in _told(now):
                outbox.enqueue(
                    "absence_reported", recipient=email, language=language, subject_id=absence.pk
                )
    return absence


def _told(placement: Placement) -> set[tuple[str, str]]:
    """Who answers for the workplace, and her own school's coordinators (the county's, if it has none)."""
    place = placement.slot.workplace_id
    people = {(contact.email, contact.language) for contact in contacts_of([place])[place]}
    at_school = User.objects.filter(
        Q(memberships__role=Role.SCHOOL_COORDINATOR, memberships__ended_at=None),
        schools=placement.school_id,
        is_active=True,
    ).distinct()
    coordinators = list(at_school) or coordinators_of(placement)
    return people | {(user.email, user.written_standard) for user in coordinators}


def log_visit(
    placement: Placement, *, day: dt.date, kind: str, note: str, today: dt.date, by: User
) -> Visit:
    if day > today:
        raise TooSoon(_("Write it down when it has happened."))
    with locked_placement(placement.pk) as now:
        visit = Visit.objects.create(placement=now, day=day, kind=kind, note=note, written_by=by)
        audit.record("visit.logged", now, by=by, kind=kind)
    return visit


def remove_visit(visit: Visit, *, by: User) -> None:
    """Written down by mistake."""
    with locked_placement(visit.placement_id) as now:
        removed, _rows = Visit.objects.filter(pk=visit.pk).delete()
        if removed:
            audit.record("visit.removed", now, by=by)
