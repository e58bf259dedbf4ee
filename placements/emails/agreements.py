"""The one reminder about a practice agreement: somebody is missing, or nobody has begun."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Agreement, Contact, Placement
from placements.models.agreements import Party
from placements.models.placements import OCCUPYING
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
    """Practice begins soon, and nobody has agreed yet."""
    placement = (
        Placement.objects.filter(
            pk=message.subject_id,
            agreement=None,
            state__in=OCCUPYING,
            student__manual_handling=False,
        )
        .select_related("student", "slot__workplace", "period")
        .first()
    )
    if placement is None:
        return None
    return _letter(
        message,
        placement,
        _("Practice begins soon at %(workplace)s, %(weeks)s, and nobody has agreed yet."),
    )


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
