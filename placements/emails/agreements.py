"""The one reminder about a practice agreement that somebody has not agreed to."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Agreement, Contact
from placements.models.agreements import Party
from placements.models.placements import OCCUPYING
from placements.templatetags.weeks import weeks


@outbox.writes("agreement_waiting")
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
    placement = agreement.placement
    return letter(
        _name(message, agreement),
        _("The practice agreement waits for you"),
        _("A practice agreement for %(workplace)s, %(weeks)s, still lacks your answer.")
        % {"workplace": placement.slot.workplace, "weeks": weeks(placement.period)},
        _("Read it, and press “I agree”. It takes a minute. We remind you only this once."),
        link=reverse("agreement", args=[placement.pk]),
        action=_("Read the agreement"),
    )


def _name(message: OutboxMessage, agreement: Agreement) -> str:
    if message.publication == Party.STUDENT:
        return agreement.placement.student.given_name
    if message.publication == Party.WORKPLACE:
        contact = Contact.objects.current().filter(email__iexact=message.recipient).first()
        return contact.name if contact else ""
    user = User.objects.filter(email=message.recipient).first()
    return user.get_short_name() if user else ""
