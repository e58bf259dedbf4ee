"""Mails to workplaces about how many students they can take."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxMessage
from accounts.outbox import Letter, writes
from placements.actions.capacity import mint_link
from placements.models import Contact, Round, Slot
from placements.models.rounds import RoundState
from placements.outgoing import KINDS


def _round_of(message: OutboxMessage) -> Round | None:
    return Round.objects.filter(pk=message.publication.split(" ")[0]).first()


def _question(message: OutboxMessage, *, reminder: bool) -> Letter | None:
    """The question with a fresh link, unless it has been answered or is too late meanwhile."""
    contact = (
        Contact.objects.current().filter(pk=message.subject_id).select_related("workplace").first()
    )
    round = _round_of(message)
    if contact is None or round is None:
        return None
    if round.state not in (RoundState.COLLECTING, RoundState.OPEN):
        return None
    if reminder and not round.capacity_requests.answered_for(contact).unanswered().exists():
        return None
    if round.capacity_deadline <= timezone.now():
        return None
    token = mint_link(round, contact)
    return Letter(
        "capacity_reminder" if reminder else "capacity_request",
        {
            "contact": contact,
            "round": round,
            "url": settings.SITE_URL + reverse("capacity_link", args=[token]),
        },
        path=reverse("my_workplaces"),
    )


@writes("capacity_request", KINDS["capacity_request"])
def request(message: OutboxMessage) -> Letter | None:
    return _question(message, reminder=False)


@writes("capacity_reminder", KINDS["capacity_reminder"])
def reminder(message: OutboxMessage) -> Letter | None:
    return _question(message, reminder=True)


@writes("capacity_receipt", KINDS["capacity_receipt"])
def receipt(message: OutboxMessage) -> Letter | None:
    """What was answered, and a link to change it."""
    contact = Contact.objects.filter(pk=message.subject_id).select_related("workplace").first()
    round = _round_of(message)
    if contact is None or round is None:
        return None
    answered = round.capacity_requests.answered_for(contact).values("workplace")
    slots = Slot.objects.filter(round=round, workplace__in=answered)
    return Letter(
        "capacity_receipt",
        {
            "contact": contact,
            "round": round,
            "offered": sum(slots.values_list("capacity", flat=True)),
            "url": settings.SITE_URL + reverse("capacity_link", args=[mint_link(round, contact)]),
        },
        path=reverse("my_workplaces"),
    )
