"""Mails about two students who would like each other's place."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Candidate, Swap
from placements.models.swaps import SwapState
from placements.outgoing import KINDS


@outbox.writes("swap_asked", gettext_lazy("Swap waits for a decision"))
def asked(message: OutboxMessage) -> Letter | None:
    """That somebody waits for an answer; who they are stands behind the sign-in."""
    coordinator = User.objects.filter(email=message.recipient, is_active=True).first()
    if coordinator is None:
        return None
    swap = (
        Swap.objects.visible_to(coordinator)
        .filter(pk=message.subject_id, state=SwapState.AGREED)
        .select_related("round")
        .first()
    )
    if swap is None:
        return None
    return letter(
        coordinator.get_short_name(),
        _("Two students would like to swap places"),
        _("Two students in %(round)s have agreed to swap places. They wait for your answer.")
        % {"round": swap.round.name},
        link=reverse("placements", args=[swap.round_id]) + "#swaps",
        action=_("See who, and decide"),
    )


@outbox.writes("swap_declined", KINDS["swap_declined"])
def declined(message: OutboxMessage) -> Letter | None:
    candidate = (
        Candidate.objects.taking_part()
        .select_related("student", "round")
        .filter(pk=message.subject_id)
        .first()
    )
    swap = Swap.objects.filter(pk=message.publication, state=SwapState.DECLINED).first()
    if candidate is None or swap is None:
        return None
    lines = [
        _("Your coordinator has said no to the swap in %(round)s. You keep the place you have.")
        % {"round": candidate.round.name}
    ]
    if swap.answer:
        lines.append(_("Why: %(answer)s") % {"answer": swap.answer})
    return letter(
        candidate.student.given_name,
        _("The swap was not approved"),
        *lines,
        link=reverse("my_practice"),
        action=_("See your place"),
    )
