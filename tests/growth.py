"""Many of everything that a list shows, put in at once: a county a hundred times as large as any there is."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.models import Invitation, OutboxMessage
from accounts.policy import Role
from placements import models as placements
from schools.models import Student
from tests import factories as f
from tests.cast import World

AT_ONCE = 1000


def grow(world: World, n: int) -> None:
    """`n` more of each thing in the world's own round, school and county."""
    students = _put(
        Student,
        n,
        lambda i: f.StudentFactory.build(
            school_class=world.school_class, municipality=world.school.municipality
        ),
    )
    candidates = _put(
        placements.Candidate,
        n,
        lambda i: placements.Candidate(student=students[i], round=world.round, school=world.school),
    )
    workplaces = _put(
        placements.Workplace,
        n,
        lambda i: f.WorkplaceFactory.build(municipality=world.school.municipality),
    )
    _put(
        placements.Contact,
        n,
        lambda i: placements.Contact(
            workplace=workplaces[i], name=f"Kontakt {i}", email=f"kontakt{i}@sted.example.no"
        ),
    )
    _put(
        placements.CapacityRequest,
        n,
        lambda i: placements.CapacityRequest(round=world.round, workplace=workplaces[i]),
    )
    slots = _put(
        placements.Slot,
        n,
        lambda i: placements.Slot(
            round=world.round, period=world.period, workplace=workplaces[i], capacity=2
        ),
    )
    _put(
        placements.Preference,
        n,
        lambda i: placements.Preference(candidate=candidates[i], workplace=workplaces[i], rank=1),
    )
    _put(
        placements.Placement,
        n // 2,
        lambda i: placements.Placement(
            candidate=candidates[i],
            slot=slots[i],
            round=world.round,
            student=students[i],
            school=world.school,
            period=world.period,
            days=world.period.days,
            rank=1,
            travel_minutes=20,
            created_by=world.county_coordinator,
        ),
    )
    now = timezone.now()
    people = (
        world.student,
        world.workplace_contact,
        world.coordinator,
        world.county_coordinator,
        world.administrator,
    )
    _put(
        OutboxMessage,
        n,
        lambda i: OutboxMessage(
            kind="student_placed",
            recipient=people[i % len(people)].email,
            subject_id=candidates[i].pk,
            subject="Nytt",
            text="Noe er nytt.",
            written_at=now,
        ),
    )
    _put(
        Invitation,
        n,
        lambda i: Invitation(
            email=f"ny{uuid.uuid4().hex}@example.no",
            name=f"Ny {i}",
            role=Role.SCHOOL_COORDINATOR,
            scope_id=world.school.pk,
            invited_by=world.coordinator,
            expires_at=now + dt.timedelta(days=9),
        ),
    )


def _put(model, n, make):
    rows = [make(i) for i in range(n)]
    for row in rows:
        for field in model._meta.concrete_fields:  # keys of things that were built, not fetched
            if field.is_relation and not field.primary_key and field.is_cached(row):
                setattr(row, field.name, getattr(row, field.name))
    return model.objects.bulk_create(rows, batch_size=AT_ONCE)
