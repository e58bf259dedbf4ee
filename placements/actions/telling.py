"""Published in two steps: workplaces first, students later. Until then it can all be taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Min, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import notices
from placements.actions import rounds
from placements.actions.placements import end
from placements.locks import lock_for_placement, lock_round
from placements.models import Candidate, MatchingRun, Placement, Round
from placements.models.placements import EndReason
from placements.models.rounds import RoundState
from placements.models.runs import RunState


class CannotTell(DomainError):
    """Students of this round do not wait to be told, or cannot wait so long."""


def check(round: Round, until: dt.datetime) -> None:
    """Students hear of their places after now, and before anybody's practice begins."""
    if until <= timezone.now():
        raise CannotTell(_("Choose a time that is still to come."))
    first = round.slots.offered().aggregate(first=Min("period__start"))["first"]
    if first and timezone.localdate(until) >= first:
        raise CannotTell(_("Choose a day before the practice begins."))


@transaction.atomic
def tell(round: Round, *, by: User | None) -> int:
    """Let students see their places now and write to each, also those without. Gives how many."""
    now = lock_round(round.pk)
    if now.students_wait_until is None:
        return 0
    if by is None and not _due().filter(pk=now.pk).exists():
        return 0  # somebody has chosen another day while the sweeper waited for its turn
    taking_part = Candidate.objects.for_round(now).taking_part().select_related("student__user")
    placed = Placement.objects.for_round(now).occupying().values("candidate")
    told = notices.to_students("student_placed", taking_part.filter(pk__in=placed))
    told += notices.to_students("student_waiting", taking_part.exclude(pk__in=placed))
    notices.put(told, publication=str(_published(now).pk))
    Round.objects.filter(pk=now.pk).update(students_wait_until=None, students_told_at=Now())
    audit.record("round.students_told", now, by=by, via="" if by else "sweeper", told=len(told))
    return len(told)


def tell_due() -> int:
    """Those whose time has come."""
    due = list(_due().order_by("students_wait_until"))
    for round in due:
        tell(round, by=None)
    return len(due)


def _due() -> QuerySet[Round]:
    """By the database's clock."""
    return Round.objects.filter(students_wait_until__lte=Now())


@transaction.atomic
def postpone(round: Round, until: dt.datetime, *, by: User) -> None:
    """Another time, sooner or later."""
    now = _waiting(round)
    check(now, until)
    Round.objects.filter(pk=now.pk).update(students_wait_until=until)
    audit.record("round.students_wait", now, by=by, until=until.isoformat())


@transaction.atomic
def recall(round: Round, *, by: User) -> None:
    """Take all of it back while no student knows: the round is matched anew, workplaces are told."""
    now = _waiting(round)
    held = list(Placement.objects.for_round(now).occupying().select_related("slot", "round"))
    lock_for_placement(
        now.pk,
        students=[placement.student_id for placement in held],
        slots=[placement.slot_id for placement in held],
    )
    for placement in held:
        end(placement, reason=EndReason.RECALLED, by=by)
    run = _published(now)
    MatchingRun.objects.filter(pk=run.pk).update(state=RunState.SUPERSEDED)
    Round.objects.filter(pk=now.pk).update(
        state=RoundState.MATCHING, published_at=None, students_wait_until=None
    )
    rounds.touch(now)
    audit.record("round.recalled", now, by=by, run=str(run.pk), ended=len(held))
    told = notices.to_workplaces(placement.slot.workplace_id for placement in held)
    notices.put(told, publication=f"{run.pk}/recalled")


def _waiting(round: Round) -> Round:
    now = lock_round(round.pk)
    if now.students_wait_until is None:
        raise CannotTell(_("The students of this round know of their places already."))
    return now


def _published(round: Round) -> MatchingRun:
    return MatchingRun.objects.for_round(round).get(state=RunState.PUBLISHED)
