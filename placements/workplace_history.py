"""What has been between the schools and one workplace: pupils, answers, and when somebody last spoke."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OutboxMessage, OutboxState, User
from placements.models import Placement, Round, Slot, Visit, Workplace, WorkplaceNote
from placements.models.capacity import AnswerState
from placements.outgoing import TO_WORKPLACES


@dataclass(frozen=True)
class Year:
    """A school year, by the year it begins in, and how many pupils were there."""

    begins: int
    pupils: int

    @property
    def name(self) -> str:
        return f"{self.begins}/{self.begins + 1}"


@dataclass(frozen=True)
class Answered:
    """What the workplace answered in one round."""

    round: Round
    state: str
    reason: str
    on: dt.datetime | None
    places: int
    used: int


@dataclass(frozen=True)
class Touch:
    """The last time somebody was in touch, in one way."""

    how: str
    on: dt.date


@dataclass(frozen=True)
class History:
    years: list[Year]
    answers: list[Answered]
    touches: list[Touch]
    notes: list[WorkplaceNote]

    @property
    def most(self) -> int:
        return max((year.pupils for year in self.years), default=0)


def of(workplace: Workplace, user: User) -> History:
    """The rounds and visits are those she sees; pupils are counted, never named."""
    seen = WorkplaceNote.objects.visible_to(user)
    notes = list(seen.filter(workplace=workplace).select_related("written_by"))
    answers = _answers(workplace, user)
    return History(
        years=_years(workplace),
        answers=answers,
        touches=_touches(workplace, user, answers, notes),
        notes=notes,
    )


def school_year(day: dt.date) -> int:
    return day.year if day.month >= 8 else day.year - 1


def _years(workplace: Workplace) -> list[Year]:
    stays = Placement.objects.stays().filter(
        slot__workplace=workplace, student__manual_handling=False
    )
    counted = Counter(map(school_year, stays.values_list("period__start", flat=True)))
    return [Year(begins, counted[begins]) for begins in sorted(counted, reverse=True)]


def _answers(workplace: Workplace, user: User) -> list[Answered]:
    rows = (
        workplace.capacity_requests.filter(round__in=Round.objects.visible_to(user))
        .exclude(state=AnswerState.NOT_ASKED)
        .select_related("round")
        .order_by("-round__wishes_deadline", "pk")
    )
    sums = Slot.objects.filter(workplace=workplace).order_by().values_list("round")
    places = {pk: (n, used) for pk, n, used in sums.annotate(Sum("capacity"), Sum("used"))}
    return [
        Answered(
            row.round,
            row.state,
            row.get_reason_display() if row.reason else "",
            row.answered_at,
            *places.get(row.round_id, (0, 0)),
        )
        for row in rows
    ]


def _touches(
    workplace: Workplace, user: User, answers: list[Answered], notes: list[WorkplaceNote]
) -> list[Touch]:
    """The latest mail, answer, visit, call and note; the newest first."""
    addresses = list(workplace.contacts.filter(Q(ended_at=None)).values_list("email", flat=True))
    mail = OutboxMessage.objects.filter(
        kind__in=[*TO_WORKPLACES, "workplace_students"],
        recipient__in=addresses,
        state=OutboxState.SENT,
    ).aggregate(last=Max("sent_at"))["last"]
    visits = dict(
        Visit.objects.visible_to(user)
        .filter(placement__slot__workplace=workplace)
        .order_by()
        .values_list("kind")
        .annotate(Max("day"))
    )
    found: list[tuple[str, Any]] = [
        (_("Mail sent"), mail),
        (_("Answered"), max((a.on for a in answers if a.on), default=None)),
        (_("Visited"), visits.get(Visit.Kind.VISIT)),
        (_("Called"), visits.get(Visit.Kind.CALL)),
        (_("Note written"), notes[0].written_at if notes else None),
    ]
    touches = [
        Touch(how, timezone.localdate(on) if isinstance(on, dt.datetime) else on)
        for how, on in found
        if on
    ]
    return sorted(touches, key=lambda touch: touch.on, reverse=True)
