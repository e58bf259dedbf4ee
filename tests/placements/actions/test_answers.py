"""A workplace says yes or no to a student."""

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from accounts import outbox
from accounts.errors import Conflict
from accounts.models import AuditEvent, Membership, OutboxMessage
from placements.actions import answers
from placements.models import Placement, Round
from tests import factories as f


def test_yes_confirms_and_keeps_the_place(world):
    placement = answers.accept(world.placement, version=1, by=world.workplace_contact)
    assert (placement.state, placement.version) == ("confirmed", 2)
    assert placement.answered_by == world.workplace_contact
    world.slot.refresh_from_db()
    assert world.slot.used == 1
    event = AuditEvent.objects.get(verb="placement.accepted")
    assert (event.actor, event.target_id) == (world.workplace_contact, placement.pk)
    assert not OutboxMessage.objects.exists()


def test_no_frees_the_place_and_tells_the_coordinators(world, outsiders):
    placement = answers.decline(
        world.placement, reason="too_many", version=1, by=world.workplace_contact
    )
    assert (placement.state, placement.end_reason) == ("declined", "too_many")
    assert placement.ended_by == world.workplace_contact
    world.slot.refresh_from_db()
    assert world.slot.used == 0
    told = OutboxMessage.objects.values_list("kind", "recipient", "subject_id")
    assert set(told) == {
        ("placement_declined", world.coordinator.email, placement.pk),
        ("placement_declined", world.county_coordinator.email, placement.pk),
    }
    assert AuditEvent.objects.get(verb="placement.declined").detail == {"reason": "too_many"}
    assert Round.objects.get(pk=world.round.pk).version == world.round.version + 1


def test_only_those_who_are_coordinators_now_are_told(world):
    Membership.objects.filter(user=world.coordinator).update(ended_at=world.round.published_at)
    colleague = f.UserFactory(role="student")
    world.school.coordinators.add(colleague)
    assert answers.coordinators_of(world.placement) == [world.county_coordinator]


def test_a_confirmed_student_can_still_be_declined_but_not_twice(world):
    answers.accept(world.placement, version=1, by=world.workplace_contact)
    answers.decline(world.placement, reason="other", version=2, by=world.workplace_contact)
    for again in (answers.accept, lambda *a, **k: answers.decline(*a, reason="other", **k)):
        with pytest.raises(answers.CannotAnswer):
            again(world.placement, version=3, by=world.workplace_contact)


def test_an_old_version_is_refused(world):
    answers.accept(world.placement, version=1, by=world.workplace_contact)
    with pytest.raises(Conflict) as caught:
        answers.decline(world.placement, reason="other", version=1, by=world.workplace_contact)
    assert caught.value.theirs.state == "confirmed"
    assert Placement.objects.get(pk=world.placement.pk).state == "confirmed"


def test_a_closed_round_takes_no_answers(world):
    Round.objects.filter(pk=world.round.pk).update(state="closed")
    with pytest.raises(answers.CannotAnswer):
        answers.accept(world.placement, version=1, by=world.workplace_contact)


def test_a_line_beside_the_reason_is_kept_for_the_coordinators_and_not_mailed(world):
    now = answers.decline(
        world.placement,
        reason="rebuilding",
        note="Vi bygger om til påske",
        version=1,
        by=world.workplace_contact,
    )
    assert (now.end_reason, now.end_note) == ("rebuilding", "Vi bygger om til påske")
    assert AuditEvent.objects.get(verb="placement.declined").detail == {"reason": "rebuilding"}
    outbox.deliver_due()
    assert len(mail.outbox) == 2
    assert not any("påske" in letter.body for letter in mail.outbox)


@pytest.mark.parametrize("guarded", [True, False])
def test_only_a_declined_place_has_a_line(world, guarded):
    """The database refuses it elsewhere; without the constraint (control) it would stand there."""
    written = Placement.objects.filter(pk=world.placement.pk)
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE placements_placement DROP CONSTRAINT placement_note_only_when_declined"
            )
        assert written.update(end_note="Noe") == 1
        return
    with (
        pytest.raises(IntegrityError, match="placement_note_only_when_declined"),
        transaction.atomic(),
    ):
        written.update(end_note="Noe")
