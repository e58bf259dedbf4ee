"""A workplace requires something else than it did: those who must get it ready are told."""

import pytest
from django.core import mail

from accounts import outbox
from accounts.models import AuditEvent, OutboxMessage
from placements.actions import workplaces
from placements.models import Round
from tests import factories as f


@pytest.fixture
def police():
    return f.RequirementFactory(code="police", name_nb="Politiattest", name_en="Police certificate")


def require(world, *wanted, by):
    workplace = type(world.workplace).objects.get(pk=world.workplace.pk)
    workplaces.update(
        workplace, version=workplace.version, requirements=wanted, learning_areas=[], by=by
    )


def told():
    kind = OutboxMessage.objects.filter(kind="requirements_changed")
    return set(kind.values_list("recipient", flat=True))


def test_the_coordinators_of_rounds_under_way_are_told_and_nobody_else(world, outsiders, police):
    require(world, police, by=world.workplace_contact)
    assert told() == {world.coordinator.email, world.county_coordinator.email}
    event = AuditEvent.objects.get(verb="workplace.requirements")
    assert event.detail == {"version": 2, "added": ["police"], "removed": []}


def test_the_mail_says_what_came_what_went_and_how_many_it_concerns(world, police):
    old = f.RequirementFactory(name_nb="Tuberkuloseprøve")
    world.workplace.requirements.add(old)
    require(world, police, by=world.workplace_contact)
    outbox.deliver_due()
    letter = next(m for m in mail.outbox if m.to == [world.county_coordinator.email])
    assert "krever noe annet" in letter.subject
    for said in ("Politiattest", "Tuberkuloseprøve", "1 elev"):
        assert said in letter.body, said
    assert world.candidate.student.family_name not in letter.body


def test_who_did_it_is_not_told(world, police):
    require(world, police, by=world.county_coordinator)
    assert told() == {world.coordinator.email}


def test_the_same_requirements_and_other_changes_say_nothing(world, police):
    world.workplace.requirements.add(police)
    require(world, police, by=world.workplace_contact)
    assert told() == set()


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_before_and_after_a_round_nobody_is_told(world, police, state):
    published = world.round.published_at if state == "closed" else None
    Round.objects.filter(pk=world.round.pk).update(state=state, published_at=published)
    require(world, police, by=world.workplace_contact)
    assert told() == set()


def test_each_change_is_told(world, police):
    require(world, police, by=world.workplace_contact)
    require(world, by=world.workplace_contact)
    assert OutboxMessage.objects.filter(recipient=world.coordinator.email).count() == 2
