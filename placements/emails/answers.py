"""The mail to coordinators when a workplace cannot take a student after all."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Placement
from placements.models.placements import PlacementState
from placements.outgoing import KINDS
from placements.templatetags.weeks import weeks


@outbox.writes("placement_declined", KINDS["placement_declined"])
def declined(message: OutboxMessage) -> Letter | None:
    """Which workplace, when and why; who it is about stands behind the sign-in."""
    placement = (
        Placement.objects.filter(
            pk=message.subject_id,
            state=PlacementState.DECLINED,
            student__manual_handling=False,
        )
        .select_related("slot__workplace", "period", "school", "round")
        .first()
    )
    coordinator = User.objects.filter(email=message.recipient, is_active=True).first()
    if placement is None or coordinator is None:
        return None
    return letter(
        coordinator.get_short_name(),
        _("A student needs a new place: %(workplace)s has said no")
        % {"workplace": placement.slot.workplace},
        _("%(workplace)s cannot take a student from %(school)s in %(weeks)s.")
        % {
            "workplace": placement.slot.workplace,
            "school": placement.school,
            "weeks": weeks(placement.period),
        },
        _("Reason: %(reason)s") % {"reason": placement.get_end_reason_display()},
        _("The place is free again. The student has none until you find one."),
        link=reverse("placements", args=[placement.round_id]),
        action=_("Find another place"),
    )
