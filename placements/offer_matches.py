"""Whether a workplace that offers places is one that we know, and who has offered the same before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from placements.models import Contact, Offer, Workplace
from schools.registers import counties_of


@dataclass(frozen=True)
class Match:
    """A workplace that is in the register already, and by what it was known."""

    workplace: Workplace
    why: Promise


@dataclass
class Known:
    """What is known of one offer's workplace; the surest match comes first."""

    workplaces: list[Match] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)


def known(offers: Iterable[Offer], user: User) -> dict[UUID, Known]:
    """For each offer, in the same few questions however many there are. Only of her own counties."""
    offers = list(offers)
    numbers = {offer.organisation_number for offer in offers} - {""}
    emails = {offer.email for offer in offers}
    names = {offer.name.lower() for offer in offers}
    here = Workplace.objects.filter(municipality__county__in=counties_of(user))
    contacts = Contact.objects.filter(ended_at=None).annotate(address=Lower("email"))
    people: dict[str, set[UUID]] = {}
    for address, pk in contacts.filter(address__in=emails, workplace__in=here).values_list(
        "address", "workplace"
    ):
        people.setdefault(address, set()).add(pk)
    found = list(
        here.annotate(lower=Lower("name"))
        .filter(
            Q(organisation_number__in=numbers)
            | Q(pk__in={pk for pks in people.values() for pk in pks})
            | Q(lower__in=names)
        )
        .select_related("municipality", "parent")
        .order_by("sort_key", "pk")
    )
    others = list(
        Offer.objects.visible_to(user)
        .filter(Q(organisation_number__in=numbers) | Q(email__in=emails))
        .select_related("municipality")
    )
    return {
        offer.pk: Known(
            _matches(offer, found, people.get(offer.email, set())),
            [other for other in others if other.pk != offer.pk and _alike(offer, other)],
        )
        for offer in offers
    }


def _matches(offer: Offer, found: list[Workplace], hers: set[UUID]) -> list[Match]:
    matches: dict[UUID, Match] = {}
    for why, fits in (
        (
            _("the same organisation number"),
            lambda w: (
                bool(w.organisation_number) and w.organisation_number == offer.organisation_number
            ),
        ),
        (_("the same e-mail address"), lambda w: w.pk in hers),
        (
            _("the same name in the same municipality"),
            lambda w: (
                w.municipality_id == offer.municipality_id and w.name.lower() == offer.name.lower()
            ),
        ),
    ):
        for workplace in filter(fits, found):
            matches.setdefault(workplace.pk, Match(workplace, why))
    return list(matches.values())


def _alike(offer: Offer, other: Offer) -> bool:
    same_number = bool(offer.organisation_number) and (
        offer.organisation_number == other.organisation_number
    )
    return same_number or offer.email == other.email
