"""The one reminder about a practice agreement: somebody is missing, or nobody has begun."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Agreement, Contact, Placement
from placements.models.agreements import Party
from placements.models.placements import OCCUPYING, PlacementQuerySet
from placements.outgoing import KINDS
from placements.templatetags.weeks import weeks


@outbox.writes("agreement_waiting", KINDS["agreement_waiting"])
def waiting(message: OutboxMessage) -> Letter | None:
    """Where and when; who it is about stands behind the sign-in, but for the student herself."""
    agreement = (
        Agreement.objects.filter(
            pk=message.subject_id,
            completed_at=None,
            placement__state__in=OCCUPYING,
            placement__student__manual_handling=False,
        )
        .exclude(consents__party=message.publication)
        .select_related("placement__student", "placement__slot__workplace", "placement__period")
        .first()
    )
    if agreement is None:
        return None
    return _letter(
        message,
        agreement.placement,
        _("A practice agreement for %(workplace)s, %(weeks)s, still lacks your answer."),
    )


@outbox.writes("agreement_missing", KINDS["agreement_missing"])
def missing(message: OutboxMessage) -> Letter | None:
    return unbegun(message, timezone.localdate())


def unbegun(message: OutboxMessage, today: dt.date) -> Letter | None:
    """Nobody has agreed yet, and practice begins soon or has begun: one mail about all of a round."""
    rows = _whose(message, today).select_related("student", "slot__workplace", "period", "round")
    found = list(rows.order_by("period__start", "pk"))
    if not found:
        return None
    first = found[0]
    begun = first.period.start <= today
    if len(found) == 1:
        sentence = (
            _("Practice at %(workplace)s, %(weeks)s, has begun, and nobody has agreed yet.")
            if begun
            else _("Practice begins soon at %(workplace)s, %(weeks)s, and nobody has agreed yet.")
        )
        return _letter(message, first, sentence)
    sentence = (
        _("In %(round)s practice has begun, and nobody has agreed yet for %(n)s students.")
        if begun
        else _("In %(round)s practice begins soon, and nobody has agreed yet for %(n)s students.")
    )
    of_school = message.publication == Party.SCHOOL
    link = reverse("placements", args=[first.round_id]) + "?agreement=missing"
    return letter(
        _name(message, first),
        _("Practice agreements wait for you"),
        sentence % {"round": first.round, "n": len(found)},
        _("Each takes a minute: read it, and press “I agree”. We remind you only this once."),
        link=link if of_school else reverse("my_students"),
        action=_("See which"),
    )


def _whose(message: OutboxMessage, today: dt.date) -> PlacementQuerySet:
    """The placement it was written about; to others than the student, all such of theirs in the round."""
    all_ = Placement.objects.filter(agreement=None, student__manual_handling=False)
    about = Q(pk=message.subject_id, state__in=OCCUPYING)
    round = Placement.objects.filter(pk=message.subject_id).values("round")
    if message.publication == Party.SCHOOL:
        user = User.objects.filter(email=message.recipient).first()
        theirs = Q(pk__in=Placement.objects.visible_to(user).values("pk")) if user else Q(pk=None)
    elif message.publication == Party.WORKPLACE:
        answering = Contact.objects.current().filter(email__iexact=message.recipient)
        tops = answering.values("workplace")
        theirs = (
            Q(slot__workplace__in=tops)
            | Q(slot__workplace__parent__in=tops)
            | Q(slot__workplace__parent__parent__in=tops)
        )
    else:
        return all_.filter(about)
    due = Q(period__start__lte=today + dt.timedelta(days=14), period__end__gt=today)
    return all_.filter(about | (theirs & due & Q(round__in=round, state__in=OCCUPYING)))


def _letter(message: OutboxMessage, placement: Placement, sentence: str) -> Letter:
    return letter(
        _name(message, placement),
        _("The practice agreement waits for you"),
        sentence % {"workplace": placement.slot.workplace, "weeks": weeks(placement.period)},
        _("Read it, and press “I agree”. It takes a minute. We remind you only this once."),
        link=reverse("agreement", args=[placement.pk]),
        action=_("Read the agreement"),
    )


def _name(message: OutboxMessage, placement: Placement) -> str:
    if message.publication == Party.STUDENT:
        return placement.student.given_name
    if message.publication == Party.WORKPLACE:
        contact = Contact.objects.current().filter(email__iexact=message.recipient).first()
        return contact.name if contact else ""
    user = User.objects.filter(email=message.recipient).first()
    return user.get_short_name() if user else ""
