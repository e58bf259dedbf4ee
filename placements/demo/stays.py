"""Practice that is under way in the demo county: answered, noted, agreed on and visited, most of it."""

import datetime as dt
import random

from django.utils import timezone

from placements.actions import agreements
from placements.demo.cast import Demo
from placements.documents import facts
from placements.models import Attendance, Placement, Round, Visit
from placements.models.agreements import Party
from placements.models.placements import PlacementState
from placements.notices import contacts_of

AGREED = 20  # agreements of all three; each takes its time, and the demo starts fast


def build_stays(demo: Demo, round: Round) -> None:
    """As if it had been published on its day. Those one can sign in as still have something to answer."""
    rng = random.Random(f"stays {round.pk}")  # noqa: S311
    published = timezone.make_aware(dt.datetime.combine(round.publish_on, dt.time(9)))
    Placement.objects.for_round(round).occupying().update(created_at=published, starts_on=None)
    Round.objects.filter(pk=round.pk).update(published_at=published)
    stays = list(
        Placement.objects.for_round(round)
        .occupying()
        .select_related(*facts.RELATED, "student__user")
        .order_by("pk")
    )
    contacts = contacts_of({stay.slot.workplace_id for stay in stays})
    ours = {demo.cast.gp_contact, demo.cast.hospital_contact}
    noted: list[Attendance] = []
    agreed: list[Placement] = []
    for stay in stays:
        contact = next((c.user for c in contacts[stay.slot.workplace_id] if c.user), None)
        if contact is None or rng.random() < (0.5 if contact in ours else 0.1):
            continue
        Placement.objects.filter(pk=stay.pk).update(
            state=PlacementState.CONFIRMED,
            answered_at=published + dt.timedelta(days=rng.randint(1, 6)),
            answered_by=contact,
        )
        past = [day for day in stay.days if day < demo.monday]
        noted += [
            Attendance(placement=stay, day=day, present=rng.random() > 0.04, noted_by=contact)
            for day in past
        ]
        agreed.append(stay)
        if rng.random() < 0.25 and past:
            Visit.objects.create(
                placement=stay,
                day=rng.choice(past),
                kind=rng.choice(Visit.Kind.values),
                note="Alt går bra.",
                written_by=demo.cast.county_coordinator,
            )
    Attendance.objects.bulk_create(noted)
    for stay in agreed[:AGREED]:
        contact = next(c.user for c in contacts[stay.slot.workplace_id] if c.user)
        seal = agreements.seal(agreements.words(stay)[0])
        for party, by in (
            (Party.STUDENT, stay.student.user),
            (Party.WORKPLACE, contact),
            (Party.SCHOOL, demo.cast.county_coordinator),
        ):
            if by:
                agreements.agree(stay, party=party, sha256=seal, by=by)
