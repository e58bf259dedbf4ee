"""A day she cannot come, what the school writes down, and a stay that is broken off."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import outbox
from accounts.models import OutboxMessage
from placements.actions import attendance
from placements.actions.attendance import Mark
from placements.models import Absence, Attendance, Candidate, Placement, Slot, Visit
from tests.placements.stay import DAY, going_on, today


@pytest.fixture
def stay(world):
    return going_on(world)


def page(placement, name):
    return reverse(name, args=[placement.pk])


class TestNotComingToday:
    def test_workplace_and_school_are_told_once(self, client, world, stay):
        client.force_login(world.student)
        assert "reason" not in client.get(page(stay, "absence")).content.decode()
        for _again in range(2):
            client.post(page(stay, "absence"), {"reason": "migrene"})
        absence = Absence.objects.get()
        assert absence.day == today()
        told = OutboxMessage.objects.filter(kind="absence_reported")
        assert {message.recipient for message in told} == {
            world.workplace_contact.email,
            world.coordinator.email,
        }
        for message in told:
            text = str(outbox.WRITERS[message.kind](message).context)
            assert world.workplace.name in text
            assert stay.student.family_name not in text
            assert "migrene" not in text

    def test_the_workplace_sees_it_beside_the_day(self, client, world, stay):
        Absence.objects.create(placement=stay, day=today())
        client.force_login(world.workplace_contact)
        assert "har meldt fravær" in client.get(page(stay, "attendance")).content.decode()
        client.post(page(stay, "attendance_note"), {"rest": "present"})
        assert not Attendance.objects.filter(day=today()).exists()  # chosen one by one
        assert Attendance.objects.count() == 3

    def test_only_on_a_practice_day(self, client, world):
        client.force_login(world.student)
        client.post(page(world.placement, "absence"))
        assert not Absence.objects.exists()
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Absence.objects.create(placement=world.placement, day=today())
        assert caught.value.__cause__.diag.constraint_name == "attendance_on_practice_day"

    def test_nobody_says_so_for_her(self, client, world, stay, outsiders):
        for user, status in [
            (world.workplace_contact, 403),
            (world.coordinator, 403),
            (outsiders.student, 404),
        ]:
            client.force_login(user)
            assert client.post(page(stay, "absence")).status_code == status
        assert not Absence.objects.exists()


class TestVisits:
    def test_the_school_alone_writes_and_reads(self, client, world, stay, outsiders):
        client.force_login(world.coordinator)
        form = client.get(page(stay, "visits")).context["form"]
        assert [value for value, _word in form["kind"].field.choices] == ["visit", "call"]
        data = {"day": today().isoformat(), "kind": "call", "note": "Trives godt"}
        client.post(page(stay, "visits"), data)
        assert "Trives godt" in client.get(page(stay, "visits")).content.decode()
        visit = Visit.objects.get()
        for user, status in [
            (world.student, 403),
            (world.workplace_contact, 403),
            (outsiders.coordinator, 404),
        ]:
            client.force_login(user)
            assert client.get(page(stay, "visits")).status_code == status
            assert client.post(page(visit, "visit_remove")).status_code == status
            assert not Visit.objects.visible_to(user).exists()
        client.force_login(world.coordinator)
        client.post(page(visit, "visit_remove"))
        assert not Visit.objects.exists()

    def test_not_before_it_has_happened(self, client, world, stay):
        client.force_login(world.coordinator)
        data = {"day": (today() + DAY).isoformat(), "kind": "visit"}
        assert "day" in client.post(page(stay, "visits"), data).context["form"].errors
        assert not Visit.objects.exists()


class TestBreakingOff:
    def break_off(self, client, world, stay, day, **more):
        client.force_login(world.county_coordinator)
        data = {
            "reason": "agreed",
            "after": "needs",
            "first_day_away": day.isoformat(),
            "version": stay.version,
        }
        return client.post(page(stay, "placement_withdraw"), {**data, **more})

    def test_days_after_are_free_and_the_student_waits(self, client, world, stay):
        by = world.workplace_contact
        marks = {stay.days[0]: Mark(present=True, version=0)}
        marks[stay.days[2]] = Mark(present=False, version=0)
        attendance.note(stay, marks=marks, today=today(), by=by)
        used = Slot.objects.get(pk=stay.slot_id).used
        assert self.break_off(client, world, stay, stay.days[1]).status_code == 302
        ended = Placement.objects.get(pk=stay.pk)
        assert (ended.state, ended.end_reason) == ("withdrawn", "agreed")
        assert ended.stay == stay.days[:1]
        assert list(ended.attendance.values_list("day", flat=True)) == stay.days[:1]
        assert Slot.objects.get(pk=stay.slot_id).used == used - 1
        waiting = Candidate.objects.taking_part().exclude(
            placements__state__in=["planned", "confirmed", "completed"]
        )
        assert waiting.filter(pk=stay.candidate_id).exists()
        assert OutboxMessage.objects.filter(kind="student_withdrawn").count() == 1

    def test_not_before_a_day_she_was_there(self, client, world, stay):
        marks = {stay.days[1]: Mark(present=True, version=0)}
        attendance.note(stay, marks=marks, today=today(), by=world.workplace_contact)
        response = self.break_off(client, world, stay, stay.days[1])
        assert "ført som til stede" in response.content.decode()
        assert Placement.objects.get(pk=stay.pk).occupies

    def test_not_far_ahead(self, client, world, stay):
        assert self.break_off(client, world, stay, today() + 2 * DAY).status_code == 200
        assert Placement.objects.get(pk=stay.pk).occupies

    def test_before_it_began_no_day_is_asked_for(self, client, world):
        client.force_login(world.county_coordinator)
        form = client.get(page(world.placement, "placement_withdraw")).context["form"]
        assert "first_day_away" not in form.fields
