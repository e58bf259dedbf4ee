"""Weeks and practice days as a Norwegian school counts them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import holidays

from schools.models import County, SchoolBreak

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class DayOff:
    """A weekday inside a period without practice, and why."""

    day: dt.date
    name: str


def public_holidays(start: dt.date, end: dt.date) -> dict[dt.date, str]:
    """The public holidays in `[start, end)` with their Norwegian names."""
    years = range(start.year, end.year + 1)
    return {
        day: name
        for day, name in sorted(holidays.country_holidays("NO", years=years, language="no").items())
        if start <= day < end
    }


def weekdays_between(start: dt.date, end: dt.date, weekdays: Iterable[int]) -> list[dt.date]:
    """The dates in `[start, end)` that fall on the ISO weekdays (1 = Monday)."""
    wanted = set(weekdays)
    return [
        start + i * DAY
        for i in range((end - start).days)
        if (start + i * DAY).isoweekday() in wanted
    ]


def days_off(county: County, start: dt.date, end: dt.date, weekdays: Iterable[int]) -> list[DayOff]:
    """The days in the period that are no practice days: public holidays and the county's breaks."""
    off = public_holidays(start, end)
    breaks = SchoolBreak.objects.filter(county=county, start__lt=end, end__gt=start)
    for school_break in breaks:
        for day in weekdays_between(school_break.start, school_break.end, range(1, 8)):
            off.setdefault(day, school_break.name)
    return [DayOff(day, off[day]) for day in weekdays_between(start, end, weekdays) if day in off]


def practice_days(
    county: County, start: dt.date, end: dt.date, weekdays: Iterable[int]
) -> list[dt.date]:
    """The actual practice days: the weekdays of the period without the days off."""
    wanted = list(weekdays)
    off = {day_off.day for day_off in days_off(county, start, end, wanted)}
    return [day for day in weekdays_between(start, end, wanted) if day not in off]
