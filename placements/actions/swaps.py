"""Two students swap places: one offers, the other agrees, a coordinator decides."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import DomainError
from accounts.links import hash_of
from accounts.models import User
from placements import notices
from placements.actions import contacts, placements, rounds
from placements.actions.answers import coordinators_of
from placements.actions.pins import Fact, check
from placements.locks import lock_for_placement, lock_round
from placements.models import Pairing, Placement, Quota, Round, Swap
from placements.models.placements import EndReason
from placements.models.rounds import RoundState
from placements.models.swaps import SwapState

LIVES = dt.timedelta(days=7)
# Said aloud and typed on a phone: no letter that looks or sounds like another. 31 ** 8 codes.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CannotSwap(DomainError):
    """These two cannot swap now; the text says why."""


def may(placement: Placement) -> bool:
    """Whether it can be swapped at all: it holds, and practice has not begun."""
    open_round = placement.round.state == RoundState.PUBLISHED
    return open_round and placement.occupies and placements.away_from(placement) is None


@transaction.atomic
def offer(placement: Placement, *, by: User) -> str:
    """Make a code for the place, which she shows the other. An earlier one of hers is called off."""
    round, _slots = lock_for_placement(placement.round_id, students=[placement.student_id])
    now = Placement.objects.select_related("round").get(pk=placement.pk)
    if not may(now):
        raise CannotSwap(_("This place cannot be swapped: it has ended, or practice has begun."))
    if Swap.objects.filter(Q(one=now) | Q(other=now), state=SwapState.AGREED).exists():
        raise CannotSwap(_("You have agreed on a swap already. Wait for the coordinator's answer."))
    Swap.objects.filter(one=now, state=SwapState.OFFERED).update(state=SwapState.WITHDRAWN)
    code = "".join(secrets.choice(ALPHABET) for _n in range(8))
    swap = Swap.objects.create(
        round=round, one=now, token_hash=hash_of(code), expires_at=timezone.now() + LIVES
    )
    audit.record("swap.offered", swap, by=by)
    return f"{code[:4]}-{code[4:]}"


def find(code: str, *, mine: Placement) -> Swap:
    """The open offer behind a code, for the owner of another place in the same round."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    swap = (
        Swap.objects.filter(
            token_hash=hash_of(typed),
            state=SwapState.OFFERED,
            expires_at__gt=timezone.now(),
            round=mine.round_id,
            one__student__manual_handling=False,
        )
        .exclude(one__student=mine.student_id)
        .select_related("one__slot__workplace__municipality", "one__period", "one__round")
        .first()
    )
    if swap is None:
        raise CannotSwap(
            _("No offer has this code. It lasts a week; ask for a new one, and look for a slip.")
        )
    return swap


def facts(mine: Placement, theirs: Placement) -> list[Fact]:
    """What follows for the owner of the first, at the place of the second, once that is free."""
    found = check(mine.candidate, theirs.slot, published=True)
    return [fact for fact in found if fact.kind != "full"] + _ties(mine, theirs)


def _ties(mine: Placement, theirs: Placement) -> list[Fact]:
    """What rules of the round it would bend. A coordinator may; the matching would not."""
    bent = []
    if mine.school_id != theirs.school_id:
        for quota in Quota.objects.filter(round=mine.round_id).exclude(school=None):
            if quota.school_id not in (mine.school_id, theirs.school_id):
                continue
            here = set(quota.slots().filter(pk__in=[mine.slot_id, theirs.slot_id]))
            if len(here) == 1:
                bent.append(_("It changes how many a school has of places with a quota."))
                break
    pairs = Pairing.objects.filter(Q(one=mine.candidate_id) | Q(other=mine.candidate_id))
    if pairs.exists():
        bent.append(_("She is one of a pair who are to be together, or apart."))
    return [Fact("tie", text, color="warning") for text in bent]


@transaction.atomic
def agree(swap: Swap, *, mine: Placement, by: User) -> Swap:
    """The other one agrees, and the coordinators are asked."""
    now, one, other = _locked(swap, mine)
    if now.state != SwapState.OFFERED or now.expires_at <= timezone.now():
        raise CannotSwap(_("The offer does not stand any more."))
    _possible(one, other)
    if Swap.objects.filter(Q(one=other) | Q(other=other), state=SwapState.AGREED).exists():
        raise CannotSwap(_("You have agreed on a swap already. Wait for the coordinator's answer."))
    Swap.objects.filter(one=other, state=SwapState.OFFERED).update(state=SwapState.WITHDRAWN)
    now.other, now.state, now.agreed_at = other, SwapState.AGREED, timezone.now()
    now.save(update_fields=["other", "state", "agreed_at"])
    audit.record("swap.agreed", now, by=by)
    for coordinator in _deciders(one):
        outbox.enqueue(
            "swap_asked",
            recipient=coordinator.email,
            language=coordinator.written_standard,
            subject_id=now.pk,
        )
    return now


@transaction.atomic
def withdraw(swap: Swap, *, by: User) -> None:
    """One of the two has changed her mind, before it is decided."""
    lock_round(swap.round_id)  # as whoever decides does: first the round, and not for ever
    now = Swap.objects.select_for_update(no_key=True).get(pk=swap.pk)
    if now.state not in (SwapState.OFFERED, SwapState.AGREED):
        raise CannotSwap(_("The swap has been decided already."))
    Swap.objects.filter(pk=now.pk).update(state=SwapState.WITHDRAWN)
    audit.record("swap.withdrawn", now, by=by)


@transaction.atomic
def approve(swap: Swap, *, by: User) -> None:
    """Both placements end, and each begins where the other was. All of it, or nothing."""
    now, one, other = _locked(swap, swap.other)
    if now.state != SwapState.AGREED:
        raise CannotSwap(_("The swap has been decided already, or called off."))
    _possible(one, other)
    placements.end(one, reason=EndReason.AGREED, by=by)
    placements.end(other, reason=EndReason.AGREED, by=by)
    new = [
        placements.place(one.candidate, other.slot, by=by),
        placements.place(other.candidate, one.slot, by=by),
    ]
    _decide(now, SwapState.DONE, by=by)
    audit.record("swap.approved", now, by=by, placements=[str(one.pk) for one in new])
    rounds.touch(one.round)
    contacts.let_in([place.slot.workplace_id for place in new], by=by)
    for place in new:
        placements.tell("student_moved", place, [place.slot])


@transaction.atomic
def decline(swap: Swap, *, answer: str, by: User) -> None:
    """It stays as it is; both are told, with the coordinator's words."""
    now, one, other = _locked(swap, swap.other)
    if now.state != SwapState.AGREED:
        raise CannotSwap(_("The swap has been decided already, or called off."))
    now.answer = answer
    _decide(now, SwapState.DECLINED, by=by)
    audit.record("swap.declined", now, by=by)
    told = notices.to_students("swap_declined", [one.candidate, other.candidate])
    notices.put(told, publication=str(now.pk))


def _decide(swap: Swap, state: str, *, by: User) -> None:
    swap.state, swap.decided_by, swap.decided_at = state, by, timezone.now()
    swap.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _locked(swap: Swap, other: Placement | None) -> tuple[Swap, Placement, Placement]:
    """The swap and both places as they are now, with everything it touches locked."""
    if other is None:
        raise CannotSwap(_("Nobody has agreed to this swap yet."))
    both = [swap.one, other]
    lock_for_placement(
        swap.round_id,
        students=[place.student_id for place in both],
        slots=[place.slot_id for place in both],
    )
    now = Swap.objects.select_for_update(no_key=True).get(pk=swap.pk)
    rows = Placement.objects.select_related(
        "round",
        "candidate__round",
        "candidate__student__user",
        "candidate__student__municipality",
        "slot__workplace",
        "slot__period",
        "period",
    ).in_bulk([place.pk for place in both])
    return now, rows[swap.one_id], rows[other.pk]


def _possible(one: Placement, other: Placement) -> None:
    """Both places hold, neither has begun, and each may be where the other is."""
    if not (may(one) and may(other)):
        raise CannotSwap(
            _("One of the places has changed, or practice has begun. Nothing is swapped.")
        )
    for mine, theirs in ((one, other), (other, one)):
        for fact in facts(mine, theirs):
            if fact.stops:
                raise CannotSwap(_("The rules do not allow it: %(why)s") % {"why": fact.text})


def _deciders(placement: Placement) -> list[User]:
    """Those of the student's coordinators who decide on the round."""
    return [
        one
        for one in coordinators_of(placement)
        if Round.objects.managed_by(one).filter(pk=placement.round_id).exists()
    ]
