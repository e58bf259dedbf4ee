"""What is done to a round's lots: sealed before the wishes are in, opened by the first run."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements.locks import lock_round
from placements.models import Lottery, Round
from placements.models.lottery import rules_of
from placements.models.rounds import RoundState

BEFORE = (RoundState.DRAFT, RoundState.COLLECTING, RoundState.OPEN)


class CannotSeal(DomainError):
    """The lots are sealed already, or it is too late."""


class CannotDraw(DomainError):
    """The event that the lots hang on has no outcome yet, or has one already."""


@transaction.atomic
def seal(round: Round, *, by: User, event: str = "") -> Lottery:
    """Draw a secret and publish its hash, together with the rules and the event that is to come."""
    now = lock_round(round.pk)
    if Lottery.objects.filter(round=now).exists():
        raise CannotSeal(_("The lots of this round are sealed already."))
    if now.state not in BEFORE or now.wishes_deadline <= timezone.now() or now.runs.exists():
        raise CannotSeal(_("Lots are sealed before the deadline for wishes. It has passed."))
    event = " ".join(event.split())
    lottery = Lottery(
        round=now,
        rules=rules_of(now, event),
        event=event,
        secret=secrets.token_hex(32),
        committed_by=by,
    )
    lottery.commitment = sha256(lottery.sealed.encode()).hexdigest()
    lottery.save(force_insert=True)
    audit.record("lottery.sealed", now, by=by, commitment=lottery.commitment)
    return lottery


def seal_if_open(round: Round, *, by: User) -> None:
    """Wishes open with sealed lots. A round that was matched before there were such lots stays as it is."""
    if not Lottery.objects.filter(round=round).exists() and not round.runs.exists():
        seal(round, by=by)


@transaction.atomic
def note_outcome(round: Round, outcome: str, *, by: User) -> Lottery:
    """Write down how the public event went. Once: what is written cannot be changed."""
    now = lock_round(round.pk)
    lottery = Lottery.objects.filter(round=now).first()
    outcome = " ".join(outcome.split())
    if lottery is None or not lottery.event:
        raise CannotDraw(_("The lots of this round do not wait for any event."))
    if not lottery.waits_for_outcome:
        raise CannotDraw(_("The outcome is written down already, and stays as it is."))
    if now.state != RoundState.MATCHING:
        raise CannotDraw(_("The outcome is written down when the wishes are in."))
    if not outcome:
        raise CannotDraw(_("Write the outcome of the event."))
    Lottery.objects.filter(pk=lottery.pk).update(outcome=outcome)
    audit.record("lottery.outcome", now, by=by)
    lottery.refresh_from_db()
    return lottery


def open_seed(round: Round, *, by: User) -> str:
    """The seed of every run of the round, opened if it was not. The caller has locked the round."""
    lottery = Lottery.objects.filter(round=round).first()
    if lottery is None:
        return str(round.pk)
    if lottery.waits_for_outcome:
        raise CannotDraw(
            _("The lots hang on an event: %(event)s. Write down its outcome first.")
            % {"event": lottery.event}
        )
    if lottery.revealed_at is None:
        Lottery.objects.filter(pk=lottery.pk).update(revealed_at=Now())
        audit.record("lottery.opened", round, by=by, seed=lottery.seed)
    return lottery.seed
