"""The calendar file: right by the parser, and by a reading of RFC 5545 that shares nothing with it."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from placements import ics
from placements.actions import answers
from placements.models import Placement
from schools.models import SchoolBreak
from tests import factories as f

OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def placement(world):
    """Tuesdays and Wednesdays from before the change to summer time until after Easter."""
    SchoolBreak.objects.create(
        county=world.county,
        name="Vinterferie",
        start=dt.date(2027, 3, 1),
        end=dt.date(2027, 3, 6),
    )
    period = f.PeriodFactory(
        round=world.round, start=dt.date(2027, 2, 22), end=dt.date(2027, 4, 10), weekdays=[2, 3]
    )
    world.workplace.meet_at = "Spør etter Kari; ring på, gå inn\\ut. " + "Ærlig lang tekst. " * 8
    world.workplace.save()
    slot = f.SlotFactory(period=period, workplace=world.workplace)
    return f.PlacementFactory(
        candidate=world.waiting, slot=slot, created_by=world.county_coordinator
    )


def read(placement):
    return Calendar.from_ical(ics.calendar(placement, host="praksis.example.no"))


def test_one_event_for_each_practice_day_and_none_on_days_off(placement):
    days = [event.start.date() for event in read(placement).walk("VEVENT")]
    assert days == placement.days
    assert {day.isoweekday() for day in days} == {2, 3}
    assert dt.date(2027, 3, 2) not in days  # winter break
    assert len(days) == 12


def test_hours_are_those_of_norway_on_both_sides_of_summer_time(placement):
    events = read(placement).walk("VEVENT")
    first, last = events[0], events[-1]
    assert first.start == dt.datetime(2027, 2, 23, 8, 0, tzinfo=OSLO)
    assert first.start.astimezone(dt.UTC).hour == 7
    assert last.end == dt.datetime(2027, 4, 7, 15, 30, tzinfo=OSLO)
    assert last.end.astimezone(dt.UTC).hour == 13
    assert read(placement).walk("VTIMEZONE")[0]["TZID"] == "Europe/Oslo"


def test_names_stay_and_the_sequence_grows(placement, world):
    before = read(placement).walk("VEVENT")
    answers.accept(placement, version=1, by=world.workplace_contact)
    after = read(Placement.objects.get(pk=placement.pk)).walk("VEVENT")
    assert [e["UID"] for e in before] == [e["UID"] for e in after]
    assert len({e["UID"] for e in before}) == len(before)
    assert {e["SEQUENCE"] for e in before} == {1}
    assert {e["SEQUENCE"] for e in after} == {2}


def test_the_same_placement_gives_the_same_bytes(placement):
    assert ics.calendar(placement, host="h") == ics.calendar(placement, host="h")


def test_an_ended_placement_cancels_its_days(placement, world):
    answers.decline(placement, reason="other", version=1, by=world.workplace_contact)
    file = read(Placement.objects.get(pk=placement.pk))
    assert file["METHOD"] == "CANCEL"
    assert {event["STATUS"] for event in file.walk("VEVENT")} == {"CANCELLED"}


# --- RFC 5545, read strictly --------------------------------------------------------------------


def unfolded(data):
    """The content lines, or AssertionError: CRLF, 75 octets, no stray control characters."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in lines)
    return re.sub(r"\r\n[ \t]", "", data.decode()).split("\r\n")[:-1]


def violations(data):
    """What is wrong with the file, as sentences."""
    try:
        lines = unfolded(data)
    except AssertionError:
        return ["the lines are not as they should be"]
    events, wrong = nested(lines)
    for event in events:
        wrong += [f"{name} not once" for name in ONCE if [n for n, _ in event].count(name) != 1]
        wrong += [f"{name}: {rest}" for name, rest in event if not well_formed(name, rest)]
    return wrong


def nested(lines):
    """The events as lists of name and the rest of the line, and what is wrong with the nesting."""
    wrong, open_, events = [], [], []
    for line in lines:
        name = re.match(r"[A-Z][A-Z0-9-]*(?=[:;])", line)
        rest = line[name.end() :] if name else ""
        if line.startswith("BEGIN:"):
            open_.append(rest)
            events += [[]] if rest == ":VEVENT" else []
        elif line.startswith("END:"):
            wrong += [] if open_ and open_.pop() == rest else [f"{line} without its BEGIN"]
        elif not name:
            wrong.append(f"bad line {line}")
        elif open_[-1:] == [":VEVENT"]:
            events[-1].append((name.group(), rest))
    return events, wrong + [f"{name} is not closed" for name in open_]


LOCAL = r";TZID=Europe/Oslo:\d{8}T\d{6}"
TEXT = r":([^\\;,\x00-\x08]|\\[\\;,nN])*"
FORMS = {
    "DTSTART": LOCAL,
    "DTEND": LOCAL,
    "DTSTAMP": r":\d{8}T\d{6}Z",
    "SEQUENCE": r":\d+",
    "SUMMARY": TEXT,
    "LOCATION": TEXT,
    "DESCRIPTION": TEXT,
    "LAST-MODIFIED": r":\d{8}T\d{6}Z",
    "STATUS": ":(CONFIRMED|CANCELLED)",
}
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "STATUS")


def well_formed(name, rest):
    return re.fullmatch(FORMS.get(name, r"[:;].*"), rest) is not None


def test_the_file_is_strictly_right(placement, world):
    data = ics.calendar(placement, host="praksis.example.no")
    assert violations(data) == []
    assert Calendar.from_ical(data).walk("VEVENT")[0]["DESCRIPTION"] == world.workplace.meet_at


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b";TZID=Europe/Oslo", b""),
        (b"SEQUENCE:1\r\n", b""),
        (b"END:VCALENDAR\r\n", b""),
        (b"\r\nSTATUS:", b"\r\nSUMMARY:a,b\r\nSTATUS:"),
        (b"\r\n ", b""),
    ],
)
def test_the_strict_reading_does_notice(placement, old, new):
    data = ics.calendar(placement, host="praksis.example.no")
    assert old in data
    assert violations(data.replace(old, new))


def test_what_was_lived_stays_when_the_rest_is_broken_off(placement, world):
    placement.state, placement.ended_from = "withdrawn", placement.days[2]
    placement.starts_on = placement.days[1]
    alone = [event.start.date() for event in read(placement).walk("VEVENT")]
    assert alone == placement.days[2:]  # the file cancels, and names what falls away
    data = ics.feed([placement], owner=world.student, host="praksis.example.no")
    states = [str(event["status"]) for event in Calendar.from_ical(data).walk("VEVENT")]
    assert states == ["CONFIRMED", *["CANCELLED"] * (len(placement.days) - 2)]
