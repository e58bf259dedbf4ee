"""Mails about a workplace that offers places: to whoever wrote it, and to those who decide."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import outbox
from accounts.links import hash_of, new_token
from accounts.models import OutboxMessage, User
from accounts.outbox import Letter
from placements.emails.letters import letter
from placements.models import Offer
from placements.models.offers import OfferState
from placements.outgoing import KINDS


def _offer(message: OutboxMessage, state: OfferState) -> Offer | None:
    found = Offer.objects.filter(pk=message.subject_id, state=state)
    return found.select_related("municipality__county").first()


@outbox.writes("offer_verify", gettext_lazy("Is this your address? (offer)"))
def verify(message: OutboxMessage) -> Letter | None:
    """Mint the link as the mail is written: only its hash is ever kept, and it is in no list of messages."""
    offer = _offer(message, OfferState.NEW)
    if offer is None or offer.verified_at:
        return None
    token = new_token()
    Offer.objects.filter(pk=offer.pk).update(token_hash=hash_of(token))
    return Letter(
        "news",
        {
            "name": offer.contact_name,
            "subject": _("One click left: %(workplace)s offers practice places")
            % {"workplace": offer.name},
            "paragraphs": [
                _("Somebody, we hope you, has offered practice places at %(workplace)s.")
                % {"workplace": offer.name},
                _("Open the link and say that it was you. Then the coordinators are asked."),
                _("Was it not you? Do nothing, and it is all deleted after seven days."),
            ],
            "url": settings.SITE_URL + reverse("offer_verify", args=[token]),
            "action": _("Yes, it was me"),
        },
    )


@outbox.writes("offer_received", gettext_lazy("New offer of places"))
def received(message: OutboxMessage) -> Letter | None:
    """To a coordinator of its county."""
    offer = _offer(message, OfferState.NEW)
    user = User.objects.filter(email=message.recipient).first()
    if offer is None or user is None:
        return None
    return letter(
        user.get_short_name(),
        _("%(workplace)s offers practice places") % {"workplace": offer.name},
        ngettext(
            "%(workplace)s in %(municipality)s can take %(n)d student at a time, and waits for an answer.",
            "%(workplace)s in %(municipality)s can take %(n)d students at a time, and waits for an answer.",
            offer.places,
        )
        % {"workplace": offer.name, "municipality": offer.municipality, "n": offer.places},
        link=reverse("offer", args=[offer.pk]),
        action=_("See the offer"),
    )


@outbox.writes("offer_confirmed", KINDS["offer_confirmed"])
def confirmed(message: OutboxMessage) -> Letter | None:
    offer = _offer(message, OfferState.CONFIRMED)
    if offer is None:
        return None
    return letter(
        offer.contact_name,
        _("Welcome as a practice workplace, %(workplace)s!") % {"workplace": offer.name},
        _("Thank you for offering practice places. You are now among the workplaces in %(county)s.")
        % {"county": offer.county},
        _("When places are to be shared out, you get a mail that asks how many you can take."),
        link=reverse("home"),
        action=_("Read about Praksisplass"),
    )


@outbox.writes("offer_declined", KINDS["offer_declined"])
def declined(message: OutboxMessage) -> Letter | None:
    offer = _offer(message, OfferState.DECLINED)
    if offer is None:
        return None
    return letter(
        offer.contact_name,
        _("Thank you for offering practice places"),
        _("Thank you for offering places at %(workplace)s. It was kindly meant, and we noticed it.")
        % {"workplace": offer.name},
        _("The coordinators in %(county)s cannot use the places now. Their reason:")
        % {"county": offer.county},
        offer.reason,
        _("You are welcome to offer again later."),
        link=reverse("offer_write"),
        action=_("Offer practice places"),
    )
