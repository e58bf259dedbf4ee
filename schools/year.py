"""A school year of a county as a picture: its months by week, its breaks and public holidays, and in words.

Geometry only: the template draws. From 1 August to 31 July.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import date_format

from schools.calendar import DAY, public_holidays, weekdays_between
from schools.models import County, SchoolBreak

COLUMN, LINE, LEFT, TOP = 23, 19, 20, 16
FIRST_MONTH = 8
SCHOOL_DAYS = range(1, 6)


@dataclass(frozen=True)
class Day:
    """One day of a month, where it stands and what it is."""

    number: int
    x: float
    y: float
    kind: str  # break, holiday, weekend, school

    @property
    def left(self) -> float:
        return self.x - COLUMN / 2 + 1

    @property
    def top(self) -> float:
        return self.y - LINE + 6


@dataclass(frozen=True)
class Month:
    first: dt.date
    weeks: list[tuple[int, int]]
    days: list[Day]
    weekdays: int

    width = LEFT + 7 * COLUMN
    box = (COLUMN - 2, LINE - 2)

    @property
    def height(self) -> int:
        return TOP + LINE * len(self.weeks)

    @property
    def heads(self) -> list[tuple[float, str]]:
        """The weekdays' first letters."""
        monday = dt.date(2024, 1, 1)
        return [
            (LEFT + COLUMN * (n + 0.5), date_format(monday + n * DAY, "l")[0].upper())
            for n in range(7)
        ]

    @property
    def name(self) -> str:
        return date_format(self.first, "F Y").capitalize()


@dataclass(frozen=True)
class Off:
    """A break or a holiday, for the table. `days`: how many weekdays it takes."""

    name: str
    first: dt.date
    last: dt.date
    weeks: str
    days: int
    pk: object = None  # of the break, that can be changed


def starts(on: dt.date) -> int:
    """The school year that the day is in."""
    return on.year if on.month >= FIRST_MONTH else on.year - 1


@dataclass(frozen=True)
class SchoolYear:
    county: County
    year: int

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, FIRST_MONTH, 1)

    @property
    def end(self) -> dt.date:
        return dt.date(self.year + 1, FIRST_MONTH, 1)

    @cached_property
    def holidays(self) -> dict[dt.date, str]:
        return public_holidays(self.start, self.end)

    @cached_property
    def breaks(self) -> list[SchoolBreak]:
        found = SchoolBreak.objects.filter(
            county=self.county, start__lt=self.end, end__gt=self.start
        )
        return list(found.order_by("start", "name"))

    @cached_property
    def in_breaks(self) -> set[dt.date]:
        return {d for b in self.breaks for d in weekdays_between(b.start, b.end, range(1, 8))}

    @property
    def months(self) -> list[Month]:
        numbers = [(self.year + (n > 12), (n - 1) % 12 + 1) for n in range(8, 20)]
        return [self._month(dt.date(year, month, 1)) for year, month in numbers]

    def kind(self, day: dt.date) -> str:
        if day in self.holidays:
            return "holiday"
        if day in self.in_breaks:
            return "break"
        return "school" if day.isoweekday() in SCHOOL_DAYS else "weekend"

    def _month(self, first: dt.date) -> Month:
        weeks, days, school = [], [], 0
        for n, week in enumerate(calendar.Calendar().monthdatescalendar(first.year, first.month)):
            y = TOP + LINE * (n + 1) - 5
            weeks.append((y, week[0].isocalendar().week))
            for column, day in enumerate(week):
                if day.month == first.month:
                    kind = self.kind(day)
                    school += kind == "school"
                    days.append(Day(day.day, LEFT + COLUMN * (column + 0.5), y, kind))
        return Month(first, weeks, days, school)

    @property
    def days_off(self) -> list[Off]:
        """Breaks and the holidays outside them, in order."""
        rows = [
            Off(
                b.name,
                b.start,
                b.end - DAY,
                _weeks(b.start, b.end - DAY),
                sum(d not in self.holidays for d in weekdays_between(b.start, b.end, SCHOOL_DAYS)),
                b.pk,
            )
            for b in self.breaks
        ]
        rows += [
            Off(name, day, day, _weeks(day, day), int(day.isoweekday() in SCHOOL_DAYS))
            for day, name in self.holidays.items()
        ]
        return sorted(rows, key=lambda row: (row.first, row.last))


def _weeks(first: dt.date, last: dt.date) -> str:
    one, other = first.isocalendar().week, last.isocalendar().week
    return str(one) if one == other else f"{one}–{other}"
