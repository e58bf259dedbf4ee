"""A row of everything, and an administrator who looks at it."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts import audit, links
from accounts.models import (
    AccessLog,
    AddressChange,
    Invitation,
    MessageChoice,
    OnceKey,
    OutboxMessage,
)
from accounts.policy import Role
from placements import models as placements
from placements.actions import lottery
from placements.actions.agreements import seal
from placements.models.reviews import CRITERIA, QUESTIONS
from schools import models as schools
from tests import factories as f


@pytest.fixture
def everything(world):
    """A world, and one row of each kind that the cast lacks."""
    student = world.candidate.student
    requirement = f.RequirementFactory()
    f.LearningAreaFactory()
    # No number of a real unit begins with 1.
    schools.RegisteredUnit.objects.create(number="123456785", name="Nidelva legesenter")
    f.SupervisorFactory(workplace=world.workplace)
    schools.SchoolBreak.objects.create(
        county=world.county, name="Høstferie", start=dt.date(2026, 9, 28), end=dt.date(2026, 10, 3)
    )
    schools.Clearance.objects.create(student=student, requirement=requirement)
    schools.Import.objects.create(
        kind="students",
        county=world.county,
        school=world.school,
        school_year=2026,
        created_by=world.coordinator,
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    placements.Question.objects.create(run=world.run, round=world.round, candidate=world.candidate)
    placements.RunPart.objects.create(run=world.run, number=0, problem=b"{}")
    placements.Bundle.objects.create(
        round=world.round, kind="letter", placements=[], asked_by=world.coordinator
    )
    placements.Conflict.objects.create(
        student=student, workplace=world.workplace, registered_by=world.coordinator
    )
    placements.Quota.objects.create(
        round=world.round, workplace=world.workplace, school=world.school, at_least=1
    )
    one, other = sorted((world.candidate, world.waiting), key=lambda who: who.pk.int)
    placements.Pairing.objects.create(round=world.round, kind="apart", one=one, other=other)
    placements.WorkplaceOrder.objects.create(
        round=world.round, candidate=world.candidate, workplace=world.workplace, order=1
    )
    placements.WorkplaceNote.objects.create(
        workplace=world.workplace, text="Ringte i uke 3", written_by=world.coordinator
    )
    f.OfferFactory(municipality=world.workplace.municipality)
    placements.SavedFilter.objects.create(
        user=world.coordinator, page="students", name="Uten klarering", query="cleared=no"
    )
    lottery.seal(f.RoundFactory(county=world.county), by=world.county_coordinator)
    links.mint(
        placements.CapacityLink,
        expires_at=timezone.now() + dt.timedelta(days=1),
        round=world.round,
        contact=world.contact,
    )
    links.mint(
        placements.CalendarFeed,
        expires_at=timezone.now() + dt.timedelta(days=1),
        user=world.student,
    )
    links.mint(
        placements.SupervisorLink,
        expires_at=timezone.now() + dt.timedelta(days=1),
        placement=world.placement,
        supervisor=world.workplace.supervisors.first(),
        email="veileder@example.no",
        sent_by=world.workplace_contact,
    )
    placements.DocumentText.objects.create(
        county=world.county,
        school=world.school,
        kind="letter",
        language="nb",
        body="Hei.",
        changed_by=world.coordinator,
    )
    placements.Swap.objects.create(
        round=world.round,
        one=world.placement,
        token_hash=b"s" * 32,
        expires_at=timezone.now() + dt.timedelta(days=7),
    )
    placements.BoardMove.objects.create(
        run=world.run,
        round=world.round,
        number=1,
        candidate=world.candidate,
        before=world.slot,
        reason="Bor nærmere et annet sted",
        made_by=world.coordinator,
    )
    placements.Absence.objects.create(placement=world.placement, day=world.placement.days[0])
    placements.Visit.objects.create(
        placement=world.placement,
        day=world.placement.days[0],
        kind="visit",
        note="Alt vel.",
        written_by=world.coordinator,
    )
    placements.Feedback.objects.create(
        placement=world.placement,
        **dict.fromkeys(CRITERIA, 3),
        words="Flink.",
        given_by=world.workplace_contact,
    )
    placements.Evaluation.objects.create(placement=world.placement, **dict.fromkeys(QUESTIONS, 4))
    agreement = placements.Agreement.objects.create(
        placement=world.placement, language="nb", text="Vi er enige.", sha256=seal("Vi er enige.")
    )
    placements.Consent.objects.create(
        agreement=agreement, party="student", name="Kari", agreed_by=world.student
    )
    placements.Attendance.objects.create(
        placement=world.placement,
        day=world.placement.days[0],
        present=True,
        noted_by=world.workplace_contact,
    )
    Invitation.objects.create(
        email="ny@example.no",
        name="Ny",
        role=Role.ADMINISTRATOR,
        invited_by=world.administrator,
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    AddressChange.objects.create(
        user=world.coordinator,
        email="ny.adresse@example.no",
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    OutboxMessage.objects.create(
        kind="invitation", recipient="ny@example.no", subject_id=uuid.uuid4()
    )
    MessageChoice.objects.create(user=world.coordinator, topic="absence", how="daily")
    OnceKey.objects.create(key=uuid.uuid4(), user=world.coordinator, location="/")
    audit.record("round.test", world.round, by=world.coordinator)
    AccessLog.objects.create(
        actor=world.coordinator, view="students", target_type="schools.student"
    )
    return world


@pytest.fixture
def as_admin(client, everything):
    client.force_login(everything.administrator)
    return client
