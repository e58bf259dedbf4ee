"""Mails to students about wishes: that they are open, and that hers are not sent."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import OutboxMessage
from accounts.outbox import Letter
from placements.emails.letters import for_need, letter
from placements.models import Candidate, Round
from placements.models.preferences import WishesState
from placements.outgoing import KINDS
from placements.templatetags.weeks import week


def _asked(message: OutboxMessage) -> Candidate | None:
    """The candidate, while her round takes wishes and she has not sent any."""
    return (
        Candidate.objects.taking_part()
        .unsent()
        .filter(pk=message.subject_id, student__left_at=None)
        .filter(round__in=Round.objects.taking_wishes())
        .select_related("student", "round")
        .first()
    )


def _deadline(round: Round) -> str:
    return _("The deadline is %(day)s at %(time)s.") % {
        "day": week(round.wishes_deadline),
        "time": f"{timezone.localtime(round.wishes_deadline):%H.%M}",
    }


@outbox.writes("wishes_opened", KINDS["wishes_opened"])
def opened(message: OutboxMessage) -> Letter | None:
    candidate = _asked(message)
    if candidate is None:
        return None
    return letter(
        candidate.student.given_name,
        for_need(_("Where would you like to practise?"), candidate),
        _("%(round)s is open for wishes. Choose up to %(most)d workplaces, the best first.")
        % {"round": candidate.round.name, "most": candidate.round.max_wishes},
        _deadline(candidate.round),
        link=reverse("preferences", args=[candidate.pk]),
        action=_("Choose wishes"),
    )


@outbox.writes("wishes_reminder", KINDS["wishes_reminder"])
def reminder(message: OutboxMessage) -> Letter | None:
    candidate = _asked(message)
    if candidate is None:
        return None
    begun = candidate.wishes_state == WishesState.DRAFT
    return letter(
        candidate.student.given_name,
        for_need(_("Remember to send your wishes"), candidate),
        _("Your wishes are saved but not sent. They count only when they are sent.")
        if begun
        else _("You have not chosen where you would like to practise yet."),
        _deadline(candidate.round),
        link=reverse("preferences", args=[candidate.pk]),
        action=_("Send the wishes") if begun else _("Choose wishes"),
    )
