"""The mail to coordinators when a workplace requires something else than it did."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import outbox
from accounts.models import AuditEvent, OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Placement, Workplace
from schools.models import Requirement


@outbox.writes("requirements_changed", gettext_lazy("A workplace requires something else"))
def changed(message: OutboxMessage) -> Letter | None:
    """What came and what went with that change, and how many students it concerns."""
    coordinator = User.objects.filter(email=message.recipient, is_active=True).first()
    event = AuditEvent.objects.filter(
        verb="workplace.requirements",
        target_id=message.subject_id,
        detail__version=int(message.publication),
    ).first()
    if coordinator is None or event is None:
        return None
    seen = Workplace.objects.visible_to(coordinator).filter(pk=message.subject_id)
    workplace = seen.first()
    if workplace is None:
        return None
    coming = (
        Placement.objects.visible_to(coordinator)
        .occupying()
        .filter(slot__workplace=workplace, period__end__gt=timezone.localdate())
        .count()
    )
    told = ngettext(
        "%(n)d student has a place there that is not over. Look at what she has ready.",
        "%(n)d students have a place there that is not over. Look at what they have ready.",
        coming,
    )
    return letter(
        coordinator.get_short_name(),
        _("%(workplace)s requires something else now") % {"workplace": workplace},
        _said(_("Required from now on: %(names)s."), event.detail["added"]),
        _said(_("No longer required: %(names)s."), event.detail["removed"]),
        told % {"n": coming} if coming else _("Nobody has a place there just now."),
        link=reverse("workplace", args=[workplace.pk]),
        action=_("See the workplace"),
    )


def _said(sentence: str, codes: Iterable[str]) -> str:
    names = [one.name for one in Requirement.objects.filter(code__in=codes)]
    return sentence % {"names": ", ".join(sorted(names))} if names else ""
