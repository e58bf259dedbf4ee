"""What ties the students of a round to each other: quotas, groups, pairs, and needs of one student."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import rules
from placements.actions.rounds import touch
from placements.locks import lock_round
from placements.models import Candidate, Pairing, Preference, Quota, Round, Slot

MOST_NEEDS = 3


class CannotTie(DomainError):
    """This cannot be decided for the round."""


def _open(round: Round) -> Round:
    now = lock_round(round.pk)
    if now.state not in rules.CHANGEABLE:
        raise CannotTie(_("The round is published: this counts no more."))
    return now


@transaction.atomic
def add_quota(quota: Quota, *, by: User) -> Quota:
    """Keep some places for a school's students, or let it have no more than some."""
    now = _open(quota.round)
    try:
        with transaction.atomic():
            quota.save(force_insert=True)
    except IntegrityError as error:
        raise CannotTie(_("There is such a quota already. Remove it first.")) from error
    touch(now)
    audit.record("quota.added", quota, by=by, round=str(now.pk))
    return quota


@transaction.atomic
def remove_quota(quota: Quota, *, by: User) -> None:
    now = _open(quota.round)
    audit.record("quota.removed", quota, by=by, round=str(now.pk))
    quota.delete()
    touch(now)


@transaction.atomic
def set_minimum(slot: Slot, minimum: int, *, by: User) -> None:
    """Let the place take so many students or nobody; 0 or 1: any number."""
    now = _open(slot.round)
    locked = Slot.objects.select_for_update(no_key=True).get(pk=slot.pk)
    if minimum > locked.capacity:
        raise CannotTie(
            _("%(workplace)s has fewer places than that: %(capacity)d.")
            % {"workplace": slot.workplace, "capacity": locked.capacity}
        )
    locked.minimum = 0 if minimum < 2 else minimum
    locked.save(update_fields=["minimum"])
    touch(now)
    audit.record("slot.minimum", locked, by=by, minimum=locked.minimum)


@transaction.atomic
def pair(kind: str, one: Candidate, other: Candidate, *, by: User) -> Pairing:
    """Let two students be at one place, or never at one workplace at one time."""
    now = _open(one.round)
    if one.student_id == other.student_id:
        raise CannotTie(_("Choose two different students."))
    one, other = sorted((one, other), key=lambda candidate: candidate.pk.int)
    try:
        with transaction.atomic():
            made = Pairing.objects.create(round=now, kind=kind, one=one, other=other)
    except IntegrityError as error:
        raise CannotTie(
            _("Something is decided for these two already. Remove it first.")
        ) from error
    touch(now)
    audit.record("pairing.added", made, by=by, kind=kind, one=str(one.pk), other=str(other.pk))
    return made


@transaction.atomic
def unpair(pairing: Pairing, *, by: User) -> None:
    now = _open(pairing.round)
    audit.record("pairing.removed", pairing, by=by, kind=pairing.kind)
    pairing.delete()
    touch(now)


@transaction.atomic
def add_need(first: Candidate, *, by: User) -> Candidate:
    """One more place for a student in the round, with the same wishes: another workplace, other days."""
    now = _open(first.round)
    hers = Candidate.objects.for_round(now).filter(student=first.student_id)
    if hers.taking_part().count() >= MOST_NEEDS:
        raise CannotTie(_("Nobody can need more than three places in one round."))
    need = Candidate.objects.create(
        round=now,
        student=first.student,
        school=first.school,
        need=hers.aggregate(last=Max("need"))["last"] + 1,
        priority=first.priority,
        no_car=first.no_car,
        step_free=first.step_free,
        wishes_state=first.wishes_state,
        wishes_sent_at=first.wishes_sent_at,
        wishes_sent_by=first.wishes_sent_by,
    )
    Preference.objects.bulk_create(
        Preference(candidate=need, workplace_id=workplace, rank=rank)
        for workplace, rank in first.preferences.values_list("workplace", "rank")
    )
    touch(now)
    audit.record("candidate.need_added", need, by=by, need=need.need)
    return need


@transaction.atomic
def remove_need(candidate: Candidate, *, by: User) -> None:
    """Undo `add_need`. What has become a proposal or a placement cannot be removed so."""
    now = _open(candidate.round)
    if candidate.need == 1:
        raise CannotTie(_("This is her first place. She can leave the round instead."))
    if candidate.placements.exists():
        raise CannotTie(_("She has had a placement for this already."))
    audit.record("candidate.need_removed", candidate, by=by, need=candidate.need)
    Candidate.objects.filter(pk=candidate.pk).update(
        withdrawn_at=Now(),
        pinned_slot=None,
        pinned_by=None,
        pinned_at=None,
        version=F("version") + 1,
    )
    touch(now)
