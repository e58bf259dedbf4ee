"""The cast itself: if the worlds were not full and apart, no test of leaks would mean anything."""

from accounts.models import User
from placements.models import Candidate, Placement, Round, Slot, Workplace
from schools.models import School, Student


def test_everybody_sees_her_own(world, outsiders):
    assert list(School.objects.visible_to(world.coordinator)) == [world.school]
    assert list(Round.objects.visible_to(world.coordinator)) == [world.round]
    assert list(Round.objects.managed_by(world.coordinator)) == []
    assert list(Round.objects.managed_by(world.county_coordinator)) == [world.round]
    assert set(Student.objects.visible_to(world.county_coordinator)) == {
        world.candidate.student,
        world.waiting.student,
    }
    assert list(Student.objects.visible_to(world.student)) == [world.candidate.student]
    assert list(Candidate.objects.visible_to(world.student)) == [world.candidate]
    assert list(Placement.objects.visible_to(world.workplace_contact)) == [world.placement]
    assert list(Workplace.objects.visible_to(world.workplace_contact)) == [world.workplace]
    assert list(Slot.objects.visible_to(world.workplace_contact)) == [world.slot]
    assert list(Placement.objects.visible_to(world.administrator)) == []


def test_slot_use_is_counted(world):
    world.slot.refresh_from_db()
    assert world.slot.used == 1


def test_ended_membership_ends_sight(world):
    world.coordinator.memberships.update(ended_at="2026-01-01T00:00:00Z")
    assert not School.objects.visible_to(User.objects.get(pk=world.coordinator.pk)).exists()
