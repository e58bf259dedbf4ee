"""Workplaces that have offered places by themselves: one new, one that is known, one that was declined."""

import datetime as dt

from django.utils import timezone

from placements.demo.cast import DOMAIN, Demo, make_id
from placements.models import Contact, Offer


def build_offers(demo: Demo) -> None:
    known = Contact.objects.filter(workplace__name="Lade legesenter").select_related("workplace")
    lade = known.get()
    now = timezone.now()
    rows = [
        {
            "name": "Nidarø fysioterapi og helsehus",
            "kind": "other",
            "places": 2,
            "when": "Helst uke 6 til 9, aldri i vinterferien",
            "message": "Elevene får være med i mottaket, og lære timebok og oppgjør.",
            "contact_name": "Solveig Forbord",
            "email": f"post.nidaro@{DOMAIN}",
            "phone": "73 50 40 30",
        },
        {
            "name": lade.workplace.name,
            "kind": lade.workplace.kind,
            "places": 1,
            "when": "Når som helst etter påske",
            "contact_name": lade.name,
            "email": lade.email,
            "phone": lade.phone,
        },
        {
            "name": "Ila hudpleie",
            "kind": "other",
            "places": 1,
            "contact_name": "Maren Wold",
            "email": f"post.ila@{DOMAIN}",
            "state": "declined",
            "reason": "Elevene skal lære helsesekretærens oppgaver, og dem har dere dessverre få av.",
            "decided_at": now - dt.timedelta(days=10),
            "decided_by": demo.cast.county_coordinator,
        },
    ]
    for days, row in zip((1, 3, 12), rows, strict=True):
        written = now - dt.timedelta(days=days)
        Offer.objects.create(
            id=make_id("offer", row["name"]),
            municipality=demo.municipalities["5001"],
            created_at=written,
            verified_at=written + dt.timedelta(minutes=6),
            **row,
        )
