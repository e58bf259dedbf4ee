"""Placements as a calendar: a file to add once, or a feed to follow. One event for each practice day.

The same day keeps its UID, and SEQUENCE is the placement's version, so that a calendar that reads the
file again corrects what it has instead of adding to it. A placement that has ended cancels its days.
The feed says to come again every six hours; clients that know no such words use their own clock.
"""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vText

from accounts.models import User
from placements.models import Placement

OSLO = ZoneInfo("Europe/Oslo")


AGAIN = dt.timedelta(hours=6)


def calendar(placement: Placement, *, host: str) -> bytes:
    """The file. `placement` with its slot's workplace, its municipality, and its period."""
    method = "PUBLISH" if placement.occupies else "CANCEL"
    return _whole(_empty(method), [placement], host, own=[True])


def feed(placements: Iterable[Placement], *, owner: User, host: str) -> bytes:
    """Everything that is `owner`'s: her own days, and days with students at her workplaces, unnamed."""
    rows = list(placements)
    cal = _empty("PUBLISH")  # an ended day is cancelled in its event: a feed as a whole never is
    cal.add("name", _("Practice"))
    cal.add("x-wr-calname", _("Practice"))
    cal.add("x-wr-timezone", "Europe/Oslo")
    cal.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    cal.add("x-published-ttl", "PT6H")
    return _whole(cal, rows, host, own=[row.student.user_id == owner.pk for row in rows])


def _empty(method: str) -> Calendar:
    cal = Calendar()
    cal.add("prodid", "-//Praksisplass//Praksisplass//NO")
    cal.add("version", "2.0")
    cal.add("method", method)
    return cal


def _whole(cal: Calendar, placements: list[Placement], host: str, *, own: list[bool]) -> bytes:
    days = sorted(day for placement in placements for day in placement.days)
    if days:
        cal.add_component(Timezone.from_tzinfo(OSLO, "Europe/Oslo", days[0], days[-1]))
    for placement, is_own in zip(placements, own, strict=True):
        for day in _shown(placement, cancels=cal["method"] == "CANCEL"):
            cal.add_component(_event(placement, day, host, is_own=is_own))
    data: bytes = cal.to_ical()
    return data


def _shown(placement: Placement, *, cancels: bool) -> list[dt.date]:
    """No day before she came; a file that cancels names only the days that fall away."""
    days = [day for day in placement.days if not placement.starts_on or day >= placement.starts_on]
    return [day for day in days if not (cancels and _holds(placement, day))]


def _holds(placement: Placement, day: dt.date) -> bool:
    """What was lived stays in the calendar, also when the rest was broken off."""
    return placement.occupies or (placement.ended_from is not None and day < placement.ended_from)


def _event(placement: Placement, day: dt.date, host: str, *, is_own: bool) -> Event:
    workplace, period = placement.slot.workplace, placement.period
    event = Event()
    event.add("uid", f"{placement.pk}-{day:%Y%m%d}@{host}")
    event.add("sequence", placement.version)
    event.add("dtstamp", _changed(placement))
    event.add("last-modified", _changed(placement))
    event.add("dtstart", dt.datetime.combine(day, period.starts_at, OSLO))
    event.add("dtend", dt.datetime.combine(day, period.ends_at, OSLO))
    text = _("Practice: %(workplace)s") if is_own else _("Student in practice: %(workplace)s")
    event.add("summary", text % {"workplace": workplace})
    event.add("location", vText(f"{workplace.name}, {workplace.where}"))
    if is_own and workplace.meet_at:
        event.add("description", vText(workplace.meet_at))
    if not is_own:
        event.add("description", vText(_("Sign in to see who is coming.")))
        event.add("transp", "TRANSPARENT")  # the contact is not busy because a student is there
    event.add("status", "CONFIRMED" if _holds(placement, day) else "CANCELLED")
    return event


def _changed(placement: Placement) -> dt.datetime:
    """When it last changed: the file is the same until the placement is not."""
    times = (placement.created_at, placement.answered_at, placement.ended_at)
    return max(time for time in times if time).astimezone(dt.UTC)
