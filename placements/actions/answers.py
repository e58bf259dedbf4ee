"""What a workplace says about a student who is to come: yes, or no with a reason."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.policy import Role
from placements.actions.placements import away_from
from placements.actions.rounds import touch
from placements.locks import lock_for_placement
from placements.models import Placement
from placements.models.placements import PlacementState
from placements.models.rounds import RoundState


class CannotAnswer(DomainError):
    """The placement has ended, or has been answered already."""


@transaction.atomic
def accept(placement: Placement, *, version: int, by: User) -> Placement:
    """The workplace expects the student."""
    now = _answer(placement, to=PlacementState.CONFIRMED, version=version, by=by)
    audit.record("placement.accepted", now, by=by)
    return now


@transaction.atomic
def decline(
    placement: Placement, *, reason: str, version: int, by: User, note: str = ""
) -> Placement:
    """The workplace cannot take the student: the place is free again and her coordinators are told.

    `reason` is a code; `note`, a line about the workplace, is for the coordinators' page alone.
    """
    now = _answer(
        placement,
        to=PlacementState.DECLINED,
        version=version,
        by=by,
        ended_at=timezone.now(),
        ended_by=by,
        end_reason=reason,
        end_note=note,
        ended_from=away_from(placement),
    )
    touch(now.round)
    audit.record("placement.declined", now, by=by, reason=reason)
    for coordinator in coordinators_of(now):
        outbox.enqueue(
            "placement_declined",
            recipient=coordinator.email,
            language=coordinator.written_standard,
            subject_id=now.pk,
        )
    return now


def coordinators_of(placement: Placement) -> list[User]:
    """Those who must find another place: the coordinators of her school, and of the county."""
    # One filter: role and end must be those of one and the same membership.
    found = User.objects.filter(
        Q(memberships__role=Role.SCHOOL_COORDINATOR, schools=placement.school_id)
        | Q(memberships__role=Role.COUNTY_COORDINATOR, counties=placement.round.county_id),
        memberships__ended_at=None,
        is_active=True,
    )
    return list(found.distinct().order_by("pk"))


def _answer(
    placement: Placement, *, to: PlacementState, version: int, by: User, **fields: Any
) -> Placement:
    """Write the workplace's answer on the version it looked at."""
    round, _slots = lock_for_placement(
        placement.round_id, students=[placement.student_id], slots=[placement.slot_id]
    )
    now = Placement.objects.select_related("round", "school").get(pk=placement.pk)
    if now.version != version:
        raise Conflict(_("The placement has been changed since you opened the page."), theirs=now)
    if round.state != RoundState.PUBLISHED or not now.can_become(to):
        raise CannotAnswer(_("This has been answered already, or the placement has ended."))
    Placement.objects.filter(pk=now.pk).update(
        state=to, version=F("version") + 1, answered_at=timezone.now(), answered_by=by, **fields
    )
    now.refresh_from_db()
    return now
