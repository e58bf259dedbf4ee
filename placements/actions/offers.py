"""A workplace offers places, shows that the address is its own, and a coordinator says yes or no."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.links import hash_of
from accounts.models import Membership, User
from accounts.policy import Role
from placements.actions import capacity, notes, workplaces
from placements.models import Contact, Offer, Round, Workplace
from placements.models.offers import OfferState

UNVERIFIED_LASTS = dt.timedelta(days=7)
DECLINED_LASTS = dt.timedelta(days=400)  # a school year, and the summer after it
NOTE_LENGTH = 500


class AlreadyDecided(Conflict):
    """Somebody else was first."""


@transaction.atomic
def write(offer: Offer) -> Offer:
    """Keep what a stranger has written, and ask by mail whether the address is hers. Nobody sees it yet."""
    offer.save(force_insert=True)
    audit.record("offer.written", offer, by=None, via="page")
    _mail("offer_verify", offer)
    return offer


def find(token: str) -> Offer | None:
    """The offer that the link in the mail belongs to, unless it has waited too long."""
    found = Offer.objects.filter(token_hash=hash_of(token)).select_related("municipality__county")
    offer = found.first()
    too_old = timezone.now() - UNVERIFIED_LASTS
    if offer and offer.verified_at is None and offer.created_at < too_old:
        return None
    return offer


@transaction.atomic
def verify(offer: Offer) -> None:
    """She who reads the address's mail has said that she wrote it: its county's coordinators are told."""
    verified = Offer.objects.filter(
        pk=offer.pk, verified_at=None, created_at__gte=timezone.now() - UNVERIFIED_LASTS
    ).update(verified_at=timezone.now())
    if not verified:
        return
    audit.record("offer.verified", offer, by=None, via="link")
    for user in coordinators(offer):
        outbox.enqueue(
            "offer_received",
            recipient=user.email,
            language=user.written_standard,
            subject_id=offer.pk,
        )


def coordinators(offer: Offer) -> list[User]:
    """Those who may decide on it: of the county itself, and of its schools."""
    county = offer.municipality.county_id
    active = Membership.objects.current().filter(user__is_active=True)
    of_county = active.filter(role=Role.COUNTY_COORDINATOR, user__counties=county)
    of_schools = active.filter(role=Role.SCHOOL_COORDINATOR, user__schools__county=county)
    ids = {*of_county.values_list("user", flat=True), *of_schools.values_list("user", flat=True)}
    return list(User.objects.filter(pk__in=ids).order_by("email"))


@transaction.atomic
def confirm(
    offer: Offer, *, workplace: Workplace | None, round: Round | None, by: User
) -> tuple[Workplace, bool]:
    """Take it into the register, as itself or as the workplace it is already, and ask it in the round.

    Returns the workplace, and whether it was asked.
    """
    now = _undecided(offer)
    if workplace is None:
        workplace = workplaces.create(
            Workplace(
                name=now.name,
                kind=now.kind,
                organisation_number=now.organisation_number or None,
                municipality=now.municipality,
                address=now.address,
                phone=now.phone,
            ),
            requirements=[],
            learning_areas=[],
            by=by,
        )
    elif not workplace.active:
        Workplace.objects.filter(pk=workplace.pk).update(active=True, version=F("version") + 1)
        audit.record("workplace.update", workplace, by=by)
    contact = workplace.contacts.filter(ended_at=None, email__iexact=now.email).first()
    if contact is None:
        workplaces.add_contact(
            Contact(
                workplace=workplace,
                name=now.contact_name,
                email=now.email,
                phone=now.phone,
                written_standard=now.language,
            ),
            by=by,
        )
    elif not contact.confirmed:
        Contact.objects.filter(pk=contact.pk).update(confirmed=True)
        audit.record("contact.confirmed", contact, by=by)
    _decide(now, OfferState.CONFIRMED, by=by, workplace=workplace)
    notes.add(workplace, text=_as_note(now, by), by=by)
    _mail("offer_confirmed", now)
    asked = capacity.ask(round, workplaces=[workplace], by=by)[0] if round else 0
    return workplace, bool(asked)


@transaction.atomic
def decline(offer: Offer, *, reason: str, by: User) -> None:
    """Say no, with the reason that she who offered is told."""
    now = _undecided(offer)
    if not reason.strip():
        raise DomainError(_("Write why, in a sentence. It is sent to whoever offered."))
    _decide(now, OfferState.DECLINED, by=by, reason=reason.strip())
    _mail("offer_declined", now)


def forget_old(at: dt.datetime | None = None) -> int:
    """Delete what nobody has verified, and in time what was declined; return how many there were."""
    now = at or timezone.now()
    unverified = Offer.objects.filter(verified_at=None, created_at__lt=now - UNVERIFIED_LASTS)
    declined = Offer.objects.filter(state=OfferState.DECLINED, decided_at__lt=now - DECLINED_LASTS)
    return unverified.delete()[0] + declined.delete()[0]


def _undecided(offer: Offer) -> Offer:
    """The offer as it is now, locked."""
    rows = Offer.objects.select_for_update(of=("self",)).select_related("municipality__county")
    now = rows.get(pk=offer.pk)
    if now.verified_at is None:
        raise DomainError(_("The link in the mail has not been opened yet."))
    if now.state != OfferState.NEW:
        raise AlreadyDecided(_("Somebody else has answered this offer already."), theirs=now)
    return now


def _decide(
    offer: Offer,
    state: OfferState,
    *,
    by: User,
    workplace: Workplace | None = None,
    reason: str = "",
) -> None:
    Offer.objects.filter(pk=offer.pk).update(
        state=state, decided_at=timezone.now(), decided_by=by, workplace=workplace, reason=reason
    )
    audit.record(f"offer.{state}", offer, by=by, workplace=str(workplace.pk) if workplace else None)


def _as_note(offer: Offer, by: User) -> str:
    """What was offered, where the next coordinator finds it."""
    with translation.override(by.written_standard):
        offered = ngettext(
            "Offered %(n)d place by itself", "Offered %(n)d places by itself", offer.places
        ) % {"n": offer.places}
    said = [offered, *filter(None, (offer.when, offer.message))]
    return ". ".join(text.strip().rstrip(".") for text in said)[:NOTE_LENGTH]


def _mail(kind: str, offer: Offer) -> None:
    outbox.enqueue(kind, recipient=offer.email, language=offer.language, subject_id=offer.pk)
