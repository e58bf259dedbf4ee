"""Reminders before a deadline: 14, 7 and 1 days ahead, each once, only to those who have not answered.

The dedupe key is the outbox's own: the same kind, person, thing and step is one row in the database, so
two sweepers, or a sweeper that begins again, tell nobody twice. Whoever answers before the mail is
written gets none: the writer asks once more.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxMessage
from placements.models import Candidate, CapacityRequest, Round
from placements.notices import contacts_of

STEPS = (1, 7, 14)


def step(deadline: dt.datetime, now: dt.datetime) -> int | None:
    """The nearest step we are within; None when it is too early, or too late.

    A round made five days ahead begins at the step of seven: nobody is told of both at once.
    """
    left = deadline - now
    if left <= dt.timedelta(0):
        return None
    return next((days for days in STEPS if left <= dt.timedelta(days=days)), None)


def remind_due(at: dt.datetime | None = None) -> int:
    """Put the reminders that are due in the outbox; return how many were new."""
    now = at or timezone.now()
    told = 0
    for round in Round.objects.taking_capacity(now):
        if days := step(round.capacity_deadline, now):
            told += _capacity(round, days, now)
    for round in Round.objects.taking_wishes(now):
        if days := step(round.wishes_deadline, now):
            told += _wishes(round, days, now)
    return told


@transaction.atomic
def _capacity(round: Round, days: int, now: dt.datetime) -> int:
    """Those asked before this step began: the question itself told the others of the deadline."""
    key = f"{round.pk} -{days} {timezone.localdate(round.capacity_deadline)}"
    begins = round.capacity_deadline - dt.timedelta(days=days)
    waiting = list(
        CapacityRequest.objects.filter(round=round, asked_at__lt=begins)
        .unanswered()
        .select_related("workplace")
    )
    found = contacts_of(request.workplace_id for request in waiting) if waiting else {}
    contacts = {contact.pk: contact for those in found.values() for contact in those}
    known = _told("capacity_reminder", key)
    new = [contact for pk, contact in sorted(contacts.items()) if pk not in known]
    for contact in new:
        outbox.enqueue(
            "capacity_reminder",
            recipient=contact.email,
            language=contact.language,
            subject_id=contact.pk,
            publication=key,
        )
    CapacityRequest.objects.filter(
        pk__in=[
            r.pk for r in waiting if {c.pk for c in found[r.workplace_id]} & {c.pk for c in new}
        ]
    ).update(reminded_at=now)
    return len(new)


@transaction.atomic
def _wishes(round: Round, days: int, now: dt.datetime) -> int:
    """Those whose round opened before this step began: the opening itself told the others."""
    key = f"-{days} {timezone.localdate(round.wishes_deadline)}"
    begins = round.wishes_deadline - dt.timedelta(days=days)
    just_told = OutboxMessage.objects.filter(kind="wishes_opened", created_at__gte=begins)
    new = list(
        Candidate.objects.for_round(round)
        .taking_part()
        .unsent()
        .filter(student__left_at=None)
        .exclude(student__email="")
        .exclude(pk__in=_told("wishes_reminder", key))
        .exclude(pk__in=just_told.values("subject_id"))
        .select_related("student__user")
        .order_by("pk")
    )
    for candidate in new:
        outbox.enqueue(
            "wishes_reminder",
            recipient=candidate.student.address,
            language=candidate.student.language,
            subject_id=candidate.pk,
            publication=key,
        )
    Candidate.objects.filter(pk__in=[candidate.pk for candidate in new]).update(reminded_at=now)
    return len(new)


def _told(kind: str, key: str) -> set[UUID]:
    return set(
        OutboxMessage.objects.filter(kind=kind, publication=key).values_list(
            "subject_id", flat=True
        )
    )
