"""A placement as a calendar file: one event for each practice day, holidays left out.

The same day keeps its UID, and SEQUENCE is the placement's version, so that a calendar that reads the
file again corrects what it has instead of adding to it. A placement that has ended cancels its days.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vText

from placements.models import Placement

OSLO = ZoneInfo("Europe/Oslo")


def calendar(placement: Placement, *, host: str) -> bytes:
    """The file. `placement` with its slot's workplace, its municipality, and its period."""
    days = sorted(placement.days)
    cal = Calendar()
    cal.add("prodid", "-//Praksisplass//Praksisplass//NO")
    cal.add("version", "2.0")
    cal.add("method", "PUBLISH" if placement.occupies else "CANCEL")
    if days:
        cal.add_component(Timezone.from_tzinfo(OSLO, "Europe/Oslo", days[0], days[-1]))
    for day in days:
        cal.add_component(_event(placement, day, host))
    data: bytes = cal.to_ical()
    return data


def _event(placement: Placement, day: dt.date, host: str) -> Event:
    workplace, period = placement.slot.workplace, placement.period
    event = Event()
    event.add("uid", f"{placement.pk}-{day:%Y%m%d}@{host}")
    event.add("sequence", placement.version)
    event.add("dtstamp", _changed(placement))
    event.add("dtstart", dt.datetime.combine(day, period.starts_at, OSLO))
    event.add("dtend", dt.datetime.combine(day, period.ends_at, OSLO))
    event.add("summary", _("Practice: %(workplace)s") % {"workplace": workplace})
    event.add("location", vText(", ".join(filter(None, _where(placement)))))
    if workplace.meet_at:
        event.add("description", vText(workplace.meet_at))
    event.add("status", "CONFIRMED" if placement.occupies else "CANCELLED")
    return event


def _where(placement: Placement) -> tuple[str, ...]:
    workplace = placement.slot.workplace
    town = workplace.municipality.name
    return workplace.name, workplace.address, "" if town in workplace.address else town


def _changed(placement: Placement) -> dt.datetime:
    """When it last changed: the file is the same until the placement is not."""
    times = (placement.created_at, placement.answered_at, placement.ended_at)
    return max(time for time in times if time).astimezone(dt.UTC)
