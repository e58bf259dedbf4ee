"""What is done to published placements by hand: withdrawn, moved, added. Each tells those concerned once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements import notices
from placements.actions import contacts, pins, rounds
from placements.locks import lock_for_placement
from placements.models import Candidate, Period, Placement, Round, Slot
from placements.models.placements import PLACEMENT_TRANSITIONS, EndReason, PlacementState
from placements.models.rounds import RoundState


class CannotPlace(DomainError):
    """The student cannot be placed there."""


class CannotEnd(DomainError):
    """The placement has ended already, or is completed."""


@contextmanager
def refused_by_database() -> Iterator[None]:
    """Turn what the database refuses, whoever came first, into a sentence."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None)
        if constraint == "slot_used_within_capacity":
            raise CannotPlace(_("Somebody else took the last place just now.")) from error
        if constraint in ("placement_no_overlap", "placement_one_per_candidate"):
            raise CannotPlace(
                _("The student already has a placement on some of these days.")
            ) from error
        raise


def away_from(placement: Placement, wanted: dt.date | None = None) -> dt.date | None:
    """The first day she is not there if it ends now: None if she has not begun.

    `wanted` is the day somebody has said. It lies in the stay so far, and after the last day she was there.
    """
    today = timezone.localdate()
    stay = placement.stay
    if not stay or stay[0] > today:
        return None
    noted = placement.attendance.aggregate(last=Max("day"))["last"]
    if wanted is None:
        return max(today, noted + dt.timedelta(days=1)) if noted else today
    if not stay[0] <= wanted <= today + dt.timedelta(days=1):
        raise CannotEnd(_("The day must lie between the first practice day and tomorrow."))
    if placement.attendance.filter(present=True, day__gte=wanted).exists():
        raise CannotEnd(_("She is noted as present on that day or later. Choose a later day."))
    return wanted


def late_start(period: Period) -> dt.date | None:
    """Her first day if the period has begun without her."""
    today = timezone.localdate()
    return today if period.days[0] < today else None


def end(
    placement: Placement, *, reason: str, by: User, first_day_away: dt.date | None = None
) -> None:
    """End a placement inside the caller's transaction, which has locked what it touches.

    The days after are hers no more: what was noted or reported of them goes.
    """
    if PlacementState.WITHDRAWN not in PLACEMENT_TRANSITIONS[placement.state]:
        raise CannotEnd(_("This placement has already ended."))
    left = away_from(placement, first_day_away)
    if left:
        placement.attendance.filter(day__gte=left).delete()
        placement.absences.filter(day__gte=left).delete()
    Placement.objects.filter(pk=placement.pk).update(
        state=PlacementState.WITHDRAWN,
        ended_at=Now(),
        ended_by=by,
        end_reason=reason,
        ended_from=left,
        version=F("version") + 1,
    )
    audit.record("placement.withdrawn", placement, by=by, reason=reason)


@transaction.atomic
def withdraw(
    placement: Placement,
    *,
    reason: str,
    leaves: bool,
    version: int,
    by: User,
    first_day_away: dt.date | None = None,
) -> Placement:
    """Take a placement back, or break it off on the way: then `first_day_away` says from when.

    `leaves`: the student leaves the round; else she needs a new place.
    """
    round, now = _locked(placement, version=version)
    end(now, reason=reason, by=by, first_day_away=first_day_away)
    if leaves:
        Candidate.objects.filter(pk=now.candidate_id).update(
            withdrawn_at=Now(), version=F("version") + 1
        )
    rounds.touch(round)
    tell("student_withdrawn", now, [now.slot])
    now.refresh_from_db()
    return now


@transaction.atomic
def move(placement: Placement, *, slot: Slot, version: int, by: User) -> Placement:
    """Move a student to another place by hand: the old placement ends, a new one begins."""
    round, now = _locked(placement, version=version, slots=[slot])
    if slot.pk == now.slot_id:
        raise CannotPlace(_("She is there already."))
    _check(now.candidate, slot)
    end(now, reason=EndReason.MOVED, by=by)
    new = place(now.candidate, slot, by=by)
    audit.record("placement.moved", new, by=by, was=str(now.pk))
    rounds.touch(round)
    contacts.let_in([new.slot.workplace_id], by=by)
    tell("student_moved", new, [now.slot, new.slot])
    return new


@transaction.atomic
def add(candidate: Candidate, *, slot: Slot, by: User) -> Placement:
    """Give a student of a published round a place by hand."""
    round, _slots = lock_for_placement(
        candidate.round_id, students=[candidate.student_id], slots=[slot.pk]
    )
    _check_published(round)
    candidate = Candidate.objects.select_related("student__user").get(pk=candidate.pk)
    _check(candidate, slot)
    new = place(candidate, slot, by=by)
    audit.record("placement.added", new, by=by)
    rounds.touch(round)
    contacts.let_in([new.slot.workplace_id], by=by)
    tell("student_placed", new, [new.slot])
    return new


def _locked(
    placement: Placement, *, version: int, slots: Iterable[Slot] = ()
) -> tuple[Round, Placement]:
    """The round and the placement as they are now, with everything the change touches locked."""
    round, _slots = lock_for_placement(
        placement.round_id,
        students=[placement.student_id],
        slots=[placement.slot_id, *(slot.pk for slot in slots)],
    )
    _check_published(round)
    now = Placement.objects.select_related(
        "candidate__student__user", "slot__workplace", "slot__period"
    ).get(pk=placement.pk)
    if now.version != version:
        raise Conflict(
            _("Somebody else has changed this placement since you opened it."), theirs=now
        )
    return round, now


def _check_published(round: Round) -> None:
    if round.state != RoundState.PUBLISHED:
        raise CannotPlace(_("Placements change only while the round is published."))


def _check(candidate: Candidate, slot: Slot) -> None:
    for fact in pins.check(candidate, slot, published=True):
        if fact.stops:
            raise CannotPlace(fact.text)


def place(candidate: Candidate, slot: Slot, *, by: User) -> Placement:
    """A new placement inside the caller's transaction, which has locked and checked."""
    rank = candidate.preferences.filter(workplace=slot.workplace_id).values_list("rank", flat=True)
    with refused_by_database(), transaction.atomic():
        return Placement.objects.create(
            round_id=candidate.round_id,
            candidate=candidate,
            student_id=candidate.student_id,
            school_id=candidate.school_id,
            slot=slot,
            period=slot.period,
            days=slot.period.days,
            starts_on=late_start(slot.period),
            rank=rank.first(),
            travel_minutes=pins.minutes(candidate, slot),
            pinned_by=by,
            created_by=by,
        )


def tell(kind: str, placement: Placement, slots: Iterable[Slot]) -> None:
    """The student, if students know yet, and the workplaces; a later change of the same is told again."""
    knows = placement.round.students_wait_until is None
    people = notices.to_students(kind, [placement.candidate] if knows else [])
    people += notices.to_workplaces(slot.workplace_id for slot in slots)
    notices.put(people, publication=f"{placement.pk}/{placement.version}")
