"""The secret address of a calendar, read by two parsers that are not ours, as a phone reads it."""

import datetime as dt

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import links
from accounts.models import AccessLog, AuditEvent
from placements.actions import answers, feeds, placements
from placements.models import CalendarFeed, Round
from schools.models import Student
from tests import factories as f

PAGE = "/calendar/"


def address(token):
    return reverse("calendar_feed", args=[token])


def read(token, **headers):
    """As a phone does: no cookie, nobody signed in."""
    return Client().get(address(token), headers=headers)


def events(token):
    answer = read(token)
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    other = list(vobject.readOne(answer.content.decode()).contents.get("vevent", []))
    assert [str(e["UID"]) for e in found] == [e.uid.value for e in other]
    assert [str(e["STATUS"]) for e in found] == [e.status.value for e in other]
    assert [e.start for e in found] == [e.dtstart.value for e in other]
    return found


def test_a_student_sees_her_own_days_and_nobody_elses(world, outsiders):
    slot = f.SlotFactory(period=world.period, workplace=f.WorkplaceFactory(name="Et annet sted"))
    f.PlacementFactory(candidate=world.waiting, slot=slot, created_by=world.coordinator)
    found = events(feeds.renew(by=world.student))
    assert [e.start.date() for e in found] == world.period.days
    assert {str(e["SUMMARY"]) for e in found} == {f"Praksis: {world.workplace.name}"}
    assert not AccessLog.objects.exists()


def test_a_contact_sees_when_but_not_who(world, outsiders):
    token = feeds.renew(by=world.workplace_contact)
    found = events(token)
    assert len(found) == len(world.period.days)
    assert {str(e["SUMMARY"]) for e in found} == {f"Elev i praksis: {world.workplace.name}"}
    assert {str(e["TRANSP"]) for e in found} == {"TRANSPARENT"}
    text = read(token).content.decode().replace("\r\n ", "")
    assert world.candidate.student.family_name not in text
    assert outsiders.canary not in text


def test_what_clients_need_to_follow_along(world):
    answer = read(feeds.renew(by=world.student))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    cal = Calendar.from_ical(answer.content)
    assert cal["METHOD"] == "PUBLISH"
    assert cal["REFRESH-INTERVAL"].dt == dt.timedelta(hours=6)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in answer.content
    assert b"X-PUBLISHED-TTL:PT6H" in answer.content
    assert str(cal["X-WR-CALNAME"]) == "Praksis"
    assert cal.walk("VTIMEZONE")[0]["TZID"] == "Europe/Oslo"


def test_an_unchanged_calendar_is_not_sent_again(world):
    token = feeds.renew(by=world.student)
    tag = read(token)["ETag"]
    again = read(token, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    answers.accept(world.placement, version=1, by=world.workplace_contact)
    assert read(token, if_none_match=tag).status_code == 200


def test_an_answer_raises_the_sequence_of_the_same_events(world):
    token = feeds.renew(by=world.student)
    before = events(token)
    answers.accept(world.placement, version=1, by=world.workplace_contact)
    after = events(token)
    assert [e["UID"] for e in before] == [e["UID"] for e in after]
    assert {e["SEQUENCE"] for e in before} == {1}
    assert {e["SEQUENCE"] for e in after} == {2}
    assert after[0]["LAST-MODIFIED"].dt >= before[0]["LAST-MODIFIED"].dt


def test_a_move_cancels_the_old_days_and_brings_the_new(world):
    token = feeds.renew(by=world.student)
    before = {str(e["UID"]) for e in events(token)}
    slot = f.SlotFactory(period=world.period, workplace=f.WorkplaceFactory(name="Nytt sted"))
    placements.move(world.placement, slot=slot, version=1, by=world.county_coordinator)
    found = events(token)
    old = [e for e in found if str(e["UID"]) in before]
    new = [e for e in found if str(e["UID"]) not in before]
    assert {str(e["STATUS"]) for e in old} == {"CANCELLED"}
    assert {str(e["STATUS"]) for e in new} == {"CONFIRMED"}
    assert {str(e["SUMMARY"]) for e in new} == {"Praksis: Nytt sted"}
    assert len(old) == len(new) == len(world.period.days)


def test_nothing_before_publication(world):
    token = feeds.renew(by=world.student)
    Round.objects.update(state="matching", published_at=None)
    assert events(token) == []
    Round.objects.update(state="published", published_at=timezone.now())
    assert events(token) != []


def test_who_is_handled_manually_has_no_days(world):
    token = feeds.renew(by=world.student)
    placements.withdraw(
        world.placement, reason="other", leaves=True, version=1, by=world.county_coordinator
    )
    Student.objects.filter(pk=world.candidate.student_id).update(manual_handling=True)
    assert events(token) == []


def test_it_is_in_her_own_language(world):
    world.student.written_standard = "en"
    world.student.save()
    (summary, *_) = [str(e["SUMMARY"]) for e in events(feeds.renew(by=world.student))]
    assert summary == f"Practice: {world.workplace.name}"


# --- the key --------------------------------------------------------------------------------------


def closed(token):
    answer = read(token)
    is_closed = answer.status_code == 410
    assert is_closed != (b"VCALENDAR" in answer.content)
    return is_closed


def test_only_the_hash_is_kept(world):
    token = feeds.renew(by=world.student)
    feed = CalendarFeed.objects.get()
    assert bytes(feed.token_hash) == links.hash_of(token)
    assert token not in str(AuditEvent.objects.values())


def test_a_new_address_closes_the_old(world):
    old = feeds.renew(by=world.student)
    assert not closed(old)
    new = feeds.renew(by=world.student)
    assert closed(old)
    assert not closed(new)
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize("how", ["stop", "expire", "inactive", "guess"])
def test_closed_addresses_say_nothing(world, how):
    token = feeds.renew(by=world.student)
    if how == "stop":
        assert feeds.stop(by=world.student)
        assert not feeds.stop(by=world.student)
    elif how == "expire":
        CalendarFeed.objects.update(expires_at=timezone.now())
    elif how == "inactive":
        type(world.student).objects.filter(pk=world.student.pk).update(is_active=False)
    else:
        token = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert closed(token)


def test_a_role_that_ends_takes_its_days_along(world):
    token = feeds.renew(by=world.workplace_contact)
    world.workplace_contact.memberships.update(ended_at=timezone.now())
    assert events(token) == []


def test_being_read_writes_nothing(world):
    token = feeds.renew(by=world.student)
    before = list(CalendarFeed.objects.values()), AuditEvent.objects.count()
    read(token)
    assert (list(CalendarFeed.objects.values()), AuditEvent.objects.count()) == before


# --- the page -------------------------------------------------------------------------------------


def test_she_gets_it_once_and_can_close_it(client, world):
    client.force_login(world.student)
    assert "Lag adressen min" in client.get(PAGE).content.decode()
    answer = client.post("/calendar/renew/")
    shown = answer.context["address"]
    assert f'value="{shown}"' in answer.content.decode()
    assert answer.context["webcal"].startswith("webcal://")
    assert not closed(shown.rsplit("/", 1)[1].removesuffix(".ics"))
    later = client.get(PAGE).content.decode()
    assert shown not in later
    assert "Steng adressen" in later
    client.post("/calendar/stop/")
    assert closed(shown.rsplit("/", 1)[1].removesuffix(".ics"))
    assert "Lag adressen min" in client.get(PAGE).content.decode()
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "calendar.renew",
        "calendar.stop",
    ]


def test_a_link_cannot_make_or_close_one(client, world):
    client.force_login(world.student)
    assert client.get("/calendar/renew/").status_code == 405
    assert client.get("/calendar/stop/").status_code == 405


def test_as_many_queries_for_many_as_for_few(world):
    token = feeds.renew(by=world.workplace_contact)

    def count():
        with CaptureQueriesContext(connection) as queries:
            found = events(token)
        return len(queries), len(found)

    few = count()
    for _ in range(4):
        student = f.StudentFactory(school_class=world.school_class)
        candidate = f.CandidateFactory(student=student, round=world.round)
        unit = f.WorkplaceFactory(parent=world.workplace)
        slot = f.SlotFactory(period=world.period, workplace=unit)
        f.PlacementFactory(candidate=candidate, slot=slot, created_by=world.coordinator)
    assert count() == (few[0], 5 * few[1])
