"""Who lost last time comes first this time: priority carried over from the round before."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements.actions.rounds import touch
from placements.locks import lock_round
from placements.models import Candidate, Placement, Round
from placements.models.preferences import WishesState
from placements.models.rounds import RoundState

PAST = (RoundState.PUBLISHED, RoundState.CLOSED)
BEFORE = (RoundState.COLLECTING, RoundState.OPEN, RoundState.MATCHING)


class TooLate(DomainError):
    """A proposal has been made: whoever comes first was settled before."""


def lost_last_time(round: Round) -> QuerySet[Candidate]:
    """Who in the round went without a place, or without any of her wishes, the last time she took part."""
    earlier = (
        Candidate.objects.taking_part()
        .filter(
            student=OuterRef("student"),
            round__state__in=PAST,
            round__students_wait_until=None,  # she reads that she comes first, and so how it went
            round__wishes_deadline__lt=round.wishes_deadline,
        )
        .exclude(round=round)
        .order_by("-round__wishes_deadline", "need")
    )
    held = Placement.objects.occupying()
    return (
        Candidate.objects.for_round(round)
        .taking_part()
        .annotate(last=Subquery(earlier.values("pk")[:1]))
        .exclude(last=None)
        .filter(
            ~Q(last__in=held.values("candidate"))
            | Q(
                last__in=held.filter(rank=None, candidate__wishes_state=WishesState.SENT).values(
                    "candidate"
                )
            )
        )
    )


def can_change(round: Round) -> bool:
    return round.state in BEFORE and not round.runs.exists()


@transaction.atomic
def carry_over(round: Round, *, by: User) -> int:
    """Let everybody who lost last time come first. Returns how many came to it now."""
    now = _locked(round)
    who = lost_last_time(now).filter(priority=0)
    return _set(now, who, 1, by=by)


@transaction.atomic
def take_back(round: Round, *, by: User) -> int:
    """Let nobody come first."""
    now = _locked(round)
    return _set(now, Candidate.objects.for_round(now).exclude(priority=0), 0, by=by)


def _locked(round: Round) -> Round:
    now = lock_round(round.pk)
    if not can_change(now):
        raise TooLate(
            _(
                "Who comes first is settled before the first proposal, so that nobody can try it out."
            )
        )
    return now


def _set(round: Round, who: QuerySet[Candidate], priority: int, *, by: User) -> int:
    chosen = list(who.order_by("pk").values_list("pk", flat=True))
    if not chosen:
        return 0
    Candidate.objects.filter(pk__in=chosen).update(priority=priority, version=F("version") + 1)
    touch(round)
    audit.record(
        "round.priority", round, by=by, priority=priority, candidates=[str(pk) for pk in chosen]
    )
    return len(chosen)
