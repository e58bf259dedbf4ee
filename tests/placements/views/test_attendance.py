"""Day by day: written by the workplace, read by the student and her school, and no reason anywhere."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, AuditEvent
from placements.actions import attendance as actions
from placements.actions import placements as placing
from placements.actions.attendance import Mark
from placements.models import Attendance, Placement, Slot
from tests.placements.stay import DAY, going_on, today


@pytest.fixture
def stay(world):
    return going_on(world)


def page(placement, name="attendance"):
    return reverse(name, args=[placement.pk])


def noted(placement):
    return dict(placement.attendance.values_list("day", "present"))


def text_of(client, user, placement):
    client.force_login(user)
    response = client.get(page(placement))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_workplace_notes_days_and_corrects_one(client, world, stay):
    client.force_login(world.workplace_contact)
    first, second = stay.days[:2]
    client.post(
        page(stay, "attendance_note"), {f"day-{first}": "present", f"day-{second}": "absent"}
    )
    assert noted(stay) == {first: True, second: False}
    data = {f"day-{second}": "present", f"seen-{second}": 1}
    assert client.post(page(stay, "attendance_note"), data).status_code == 302
    assert noted(stay) == {first: True, second: True}
    assert stay.attendance.get(day=second).version == 2
    assert [
        e.detail for e in AuditEvent.objects.filter(verb="attendance.noted").order_by("id")
    ] == [
        {"days": 2},
        {"days": 1},
    ]


def test_one_button_for_all_the_days_not_noted(client, world, stay):
    Attendance.objects.create(
        placement=stay, day=stay.days[1], present=False, noted_by=world.coordinator
    )
    client.force_login(world.workplace_contact)
    data = {f"day-{stay.days[1]}": "absent", f"seen-{stay.days[1]}": 1, "rest": "present"}
    client.post(page(stay, "attendance_note"), data)
    so_far = [day for day in stay.days if day <= today()]
    assert noted(stay) == {day: day != stay.days[1] for day in so_far}


def test_the_same_day_written_by_two_is_shown_and_not_overwritten(client, world, stay):
    first, second = stay.days[:2]
    for day in (first, second):
        Attendance.objects.create(placement=stay, day=day, present=True, noted_by=world.coordinator)
    client.force_login(world.workplace_contact)
    data = {
        f"day-{first}": "absent",
        f"seen-{first}": 0,
        f"day-{second}": "present",
        f"seen-{second}": 0,
    }
    response = client.post(page(stay, "attendance_note"), data)
    assert response.status_code == 409
    assert len(response.context["rows"]) == 1  # they agree on the other day
    assert noted(stay) == {first: True, second: True}


def test_days_to_come_are_not_there_and_not_taken(client, world, stay):
    client.force_login(world.workplace_contact)
    tomorrow = today() + DAY
    assert f"day-{tomorrow}" not in client.get(page(stay)).content.decode()
    client.post(page(stay, "attendance_note"), {f"day-{tomorrow}": "present"})
    assert noted(stay) == {}
    with pytest.raises(actions.NoPracticeDay):
        actions.note(
            stay, marks={tomorrow: Mark(present=True, version=0)}, today=today(), by=world.student
        )


def test_student_and_school_see_it_and_cannot_write(client, world, stay, outsiders):
    Attendance.objects.create(
        placement=stay, day=stay.days[0], present=False, noted_by=world.coordinator
    )
    for user in (world.student, world.coordinator, world.county_coordinator):
        text = text_of(client, user, stay)
        assert "<dt>Fravær</dt><dd>1</dd>" in text
        assert "<form" not in text.split("<main", 1)[1]
        assert client.post(page(stay, "attendance_note")).status_code == 403
    assert AccessLog.objects.filter(view="attendance").count() == 2  # not when she looks herself
    for user in (outsiders.workplace_contact, outsiders.student, outsiders.coordinator):
        client.force_login(user)
        assert client.get(page(stay)).status_code == 404
    client.force_login(outsiders.workplace_contact)
    assert client.post(page(stay, "attendance_note")).status_code == 404


def test_the_page_asks_as_much_for_three_days_as_for_thirty(
    client, world, django_assert_num_queries
):
    stay = going_on(world, before=2)
    client.force_login(world.workplace_contact)
    client.get(page(stay))
    with transaction.atomic(), connection.execute_wrapper(counter := Counter()):
        client.get(page(stay))
    going_on(world, before=29)
    with django_assert_num_queries(counter.n):
        client.get(page(stay))


class Counter:
    n = 0

    def __call__(self, execute, *args):
        self.n += 1
        return execute(*args)


class TestTheDatabase:
    def refuses(self, name, act):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        assert caught.value.__cause__.diag.constraint_name == name

    def row(self, placement, day, by):
        return Attendance.objects.create(placement=placement, day=day, present=True, noted_by=by)

    def test_one_row_a_day(self, world, stay):
        self.row(stay, stay.days[0], world.coordinator)
        self.refuses(
            "attendance_once_a_day", lambda: self.row(stay, stay.days[0], world.coordinator)
        )

    def test_practice_days_only(self, world, stay):
        for day in (stay.days[0] - DAY, stay.days[-1] + DAY):
            self.refuses(
                "attendance_on_practice_day", lambda day=day: self.row(stay, day, world.coordinator)
            )

    def test_only_while_she_was_there(self, world, stay):
        Placement.objects.filter(pk=stay.pk).update(starts_on=stay.days[1])
        self.refuses(
            "attendance_on_practice_day", lambda: self.row(stay, stay.days[0], world.coordinator)
        )
        self.row(stay, stay.days[1], world.coordinator)

    def test_a_noted_day_cannot_be_taken_out_of_the_placement(self, world, stay):
        self.row(stay, stay.days[0], world.coordinator)
        self.refuses(
            "placement_keeps_noted_days",
            lambda: Placement.objects.filter(pk=stay.pk).update(starts_on=stay.days[1]),
        )


class TestAfterItHasEnded:
    def test_what_was_noted_stays_and_the_days_after_are_gone(self, client, world, stay):
        actions.note(
            stay,
            marks={stay.days[0]: Mark(present=True, version=0)},
            today=today(),
            by=world.student,
        )
        placing.withdraw(
            stay, reason="other", leaves=False, version=stay.version, by=world.county_coordinator
        )
        ended = Placement.objects.get(pk=stay.pk)
        assert ended.ended_from == today()
        assert ended.stay == [day for day in stay.days if day < today()]
        assert "<dt>Til stede</dt><dd>1</dd>" in text_of(client, world.student, stay)
        with pytest.raises(actions.NoPracticeDay):
            actions.note(
                ended,
                marks={today(): Mark(present=True, version=0)},
                today=today(),
                by=world.student,
            )

    def test_a_day_already_noted_is_hers(self, world, stay):
        actions.note(
            stay, marks={today(): Mark(present=True, version=0)}, today=today(), by=world.student
        )
        placing.withdraw(
            stay, reason="other", leaves=False, version=stay.version, by=world.county_coordinator
        )
        assert Placement.objects.get(pk=stay.pk).ended_from == today() + DAY

    def test_before_it_began_there_is_nothing(self, client, world):
        placing.withdraw(
            world.placement, reason="other", leaves=False, version=1, by=world.county_coordinator
        )
        assert Placement.objects.get(pk=world.placement.pk).ended_from is None
        client.force_login(world.student)
        assert client.get(page(world.placement)).status_code == 404

    def test_whoever_comes_later_begins_later(self, world, stay):
        slot = Slot.objects.get(pk=world.slot.pk)
        new = placing.add(world.waiting, slot=slot, by=world.county_coordinator)
        assert Placement.objects.get(pk=new.pk).stay == [d for d in stay.days if d >= today()]


def test_not_shown_before_the_first_day(client, world):
    client.force_login(world.workplace_contact)
    text = client.get(page(world.placement)).content.decode()
    assert "Første praksisdag er man. 8. feb. 2027 (uke 6)" in text
    assert timezone.localdate() < world.period.start


def test_linked_from_where_people_are(client, world, stay):
    link = f'href="{page(stay)}"'
    for user, path in [
        (world.workplace_contact, "/my-students/"),
        (world.student, "/my-practice/"),
        (world.coordinator, reverse("placement", args=[stay.pk])),
    ]:
        client.force_login(user)
        assert link in client.get(path).content.decode(), path
