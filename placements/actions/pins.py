"""Placing by hand before publication: a pin that matching keeps, and what would follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements import travel
from placements.actions import rounds
from placements.eligibility import FIRM, Eligibility, Rule, own_slots
from placements.locks import lock_for_placement
from placements.models import Candidate, Placement, Round, Slot
from placements.models.rounds import RoundState
from schools.models import Clearance


class CannotPin(DomainError):
    """This student cannot be pinned to this place."""


@dataclass(frozen=True)
class Fact:
    """One thing that follows from putting a student at a place. `stops`: nobody may do it."""

    kind: str
    text: str
    stops: bool = False
    color: str = "info"


def check(candidate: Candidate, slot: Slot, *, published: bool = False) -> list[Fact]:
    """What would break, and what is good to know, before anything is done. The worst comes first.

    `published`: against the places that are taken, rather than those that are pinned.
    """
    slots = own_slots(candidate.round, slot.pk)
    table = Eligibility(candidate.round, only=[candidate.pk], slots=slots)
    if candidate.pk not in table.candidate_at:
        return [Fact("not_taking_part", _("She does not take part in this round."), stops=True)]
    facts = [*_room(candidate, slot, published=published)]
    if published:
        facts += _elsewhere(candidate, slot)
    for rule in table.rules_broken(candidate.pk, slot.pk):
        stops = rule in FIRM
        color = "danger" if stops else "warning"
        facts.append(Fact(rule, rule_text(rule), stops=stops, color=color))
    facts += [_wish(candidate, slot), _way(table.minutes(candidate.pk, slot.pk))]
    facts += _unready(candidate, slot)
    return sorted(facts, key=lambda fact: ["danger", "warning", "info"].index(fact.color))


def rule_text(rule: Rule) -> str:
    """Why the rules say no, to a coordinator."""
    return {
        Rule.PERIOD: _("She is to have practice in another period."),
        Rule.KIND: _("She is to have another kind of workplace."),
        Rule.CONFLICT: _("She must not be at this workplace (conflict of interest)."),
        Rule.STEP_FREE: _("She needs step-free access, and there is none."),
        Rule.CAR: _("It cannot be reached without a car, and she has none."),
        Rule.TRAVEL: _("It is further away than the round allows."),
        Rule.ROTATION: _("She has been there before."),
        Rule.ENDED: _("She had a place there, and it was declined or taken back."),
        Rule.OVERLAP: _("She has a placement elsewhere on some of these days."),
    }[rule]


def minutes(candidate: Candidate, slot: Slot) -> int:
    return travel.between(candidate.student.municipality, slot.workplace)


@transaction.atomic
def pin(candidate: Candidate, *, slot: Slot, version: int, by: User) -> Candidate:
    """Decide that matching must keep this student at this place."""
    round, now = _locked(candidate, version=version, slot=slot)
    for fact in check(now, slot):
        if fact.stops:
            raise CannotPin(fact.text)
    Candidate.objects.filter(pk=now.pk).update(
        pinned_slot=slot, pinned_by=by, pinned_at=Now(), version=F("version") + 1
    )
    audit.record("candidate.pinned", now, by=by, slot=str(slot.pk))
    rounds.touch(round)
    now.refresh_from_db()
    return now


@transaction.atomic
def unpin(candidate: Candidate, *, version: int, by: User) -> Candidate:
    """Leave the decision to matching again."""
    round, now = _locked(candidate, version=version)
    if now.pinned_slot_id is None:
        return now
    was = str(now.pinned_slot_id)
    Candidate.objects.filter(pk=now.pk).update(
        pinned_slot=None, pinned_by=None, pinned_at=None, version=F("version") + 1
    )
    audit.record("candidate.unpinned", now, by=by, was=was)
    rounds.touch(round)
    now.refresh_from_db()
    return now


def _locked(
    candidate: Candidate, *, version: int, slot: Slot | None = None
) -> tuple[Round, Candidate]:
    round, _slots = lock_for_placement(
        candidate.round_id,
        students=[candidate.student_id],
        slots=[slot.pk] if slot else [],
    )
    if round.state in (RoundState.DRAFT, RoundState.CLOSED):
        raise CannotPin(_("Nobody can be pinned in this round now."))
    now = Candidate.objects.select_related("student__municipality", "round").get(pk=candidate.pk)
    if now.version != version:
        raise Conflict(
            _("Somebody else has changed this student since you opened her."), theirs=now
        )
    return round, now


def _room(candidate: Candidate, slot: Slot, *, published: bool) -> list[Fact]:
    """Nothing, if there is room for her."""
    if not slot.capacity:
        return [
            Fact("closed", _("It offers no places in this period."), stops=True, color="danger")
        ]
    if published:
        taken = Placement.objects.filter(slot=slot).occupying().exclude(candidate=candidate).count()
        full = _("All its places are taken.")
    else:
        others = Candidate.objects.taking_part().filter(pinned_slot=slot)
        taken = others.exclude(pk=candidate.pk).count()
        full = _("Others are pinned to all its places.")
    return [Fact("full", full, stops=True, color="danger")] if taken >= slot.capacity else []


def _elsewhere(candidate: Candidate, slot: Slot) -> list[Fact]:
    """Her other practice in the round, if she has two. (Of other rounds the rules know.)"""
    hers = Placement.objects.occupying().filter(
        round=candidate.round_id, student=candidate.student_id
    )
    days = set(slot.period.days)
    for others in hers.exclude(candidate=candidate).values_list("days", flat=True):
        if days & set(others):
            return [Fact(Rule.OVERLAP, rule_text(Rule.OVERLAP), stops=True, color="danger")]
    return []


def _wish(candidate: Candidate, slot: Slot) -> Fact:
    ranks = candidate.preferences.filter(workplace=slot.workplace_id)
    rank = ranks.values_list("rank", flat=True).first()
    if rank is None:
        return Fact("unwished", _("It is not among her wishes."), color="warning")
    return Fact("wish", _("It is her wish number %(rank)d.") % {"rank": rank})


def _way(number: int) -> Fact:
    text = ngettext("About %d minute to get there.", "About %d minutes to get there.", number)
    return Fact("way", text % number)


def _unready(candidate: Candidate, slot: Slot) -> list[Fact]:
    """Requirements of the workplace that she has not cleared: to be shown, not a hindrance."""
    cleared = Clearance.objects.cleared().filter(student=candidate.student_id)
    left = slot.workplace.requirements.exclude(pk__in=cleared.values("requirement")).count()
    if not left:
        return []
    text = ngettext("%d requirement is not ready yet.", "%d requirements are not ready yet.", left)
    return [Fact("unready", text % left, color="warning")]
