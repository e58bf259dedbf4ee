"""The mail that says a student does not come today."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Absence, Contact
from placements.models.placements import OCCUPYING
from placements.templatetags.weeks import week


@outbox.writes("absence_reported", gettext_lazy("A student does not come"))
def absent(message: OutboxMessage) -> Letter | None:
    """Where and on which day; who it is stands behind the sign-in, and why is nowhere."""
    absence = (
        Absence.objects.filter(
            pk=message.subject_id,
            placement__state__in=OCCUPYING,
            placement__student__manual_handling=False,
        )
        .select_related("placement__slot__workplace", "placement__school")
        .first()
    )
    if absence is None:
        return None
    placement = absence.placement
    contact = Contact.objects.current().filter(email__iexact=message.recipient).first()
    user = User.objects.filter(email=message.recipient).first()
    return letter(
        contact.name if contact else user.get_short_name() if user else "",
        _("A student does not come today: %(workplace)s") % {"workplace": placement.slot.workplace},
        _("A student from %(school)s has said that she does not come to %(workplace)s %(day)s.")
        % {
            "school": placement.school,
            "workplace": placement.slot.workplace,
            "day": week(absence.day),
        },
        _("Please do not ask why by mail: the school follows it up with the student."),
        link=reverse("attendance", args=[placement.pk]),
        action=_("See who it is"),
    )
