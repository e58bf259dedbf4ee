"""The mail that lets a supervisor into one stay."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import links, outbox
from accounts.models import OutboxMessage
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Consent, SupervisorLink
from placements.models.agreements import Party
from placements.templatetags.weeks import day, weeks


@outbox.writes("supervisor_link", gettext_lazy("Link to a supervisor"))
def let_in(message: OutboxMessage) -> Letter | None:
    """Where and when; who it is about stands behind the link. Its token is made here, and kept nowhere."""
    found = SupervisorLink.objects.open().filter(pk=message.subject_id)
    link = found.select_related("placement__slot__workplace", "placement__period").first()
    if link is None:
        return None
    placement = link.placement
    written = letter(
        link.supervisor.name,
        _("You supervise a student at %(workplace)s, %(weeks)s")
        % {"workplace": placement.slot.workplace, "weeks": weeks(placement.period)},
        _(
            "By the link you see who is coming, note which days she was there, and give her feedback."
        ),
        _("You also agree to the practice agreement for the workplace.") if link.may_agree else "",
        _("The link is yours alone: do not pass it on. It works until %(day)s.")
        % {"day": day(link.expires_at)},
        link=reverse("supervisor_link", args=[links.renew(link)]),
        action=_("See the student"),
    )
    return Letter(written.template, written.context)  # what is kept of it has no key to anything


@outbox.writes("supervisor_agreement", gettext_lazy("Agreement waits for a supervisor"))
def reminded(message: OutboxMessage) -> Letter | None:
    """Like the contact she is reminded once. The link in this mail takes the place of the one before."""
    found = SupervisorLink.objects.open().filter(pk=message.subject_id, may_agree=True)
    link = found.select_related("placement__slot__workplace", "placement__period").first()
    agreed = Consent.objects.filter(party=Party.WORKPLACE)
    if link is None or not link.placement.occupies:
        return None
    if agreed.filter(agreement__placement=link.placement).exists():
        return None
    placement = link.placement
    written = letter(
        link.supervisor.name,
        _("The practice agreement waits for you"),
        _("A practice agreement for %(workplace)s, %(weeks)s, still lacks your answer.")
        % {"workplace": placement.slot.workplace, "weeks": weeks(placement.period)},
        _("Read it, and press “I agree”. It takes a minute. We remind you only this once."),
        _("The link is yours alone: do not pass it on. It takes the place of the one you had."),
        link=reverse("supervisor_link", args=[links.renew(link)]),
        action=_("See the student"),
    )
    return Letter(written.template, written.context)
