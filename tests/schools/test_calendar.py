"""Weeks, holidays and breaks: 2026 has a week 53, and Easter moves."""

import datetime as dt

from schools import calendar
from schools.models import SchoolBreak
from tests import factories as f

MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]


def test_holidays_and_breaks_are_taken_out(db):
    county = f.CountyFactory()
    other = f.CountyFactory()
    SchoolBreak.objects.create(
        county=county, name="Vinterferie", start=dt.date(2027, 2, 22), end=dt.date(2027, 2, 27)
    )
    start, end = dt.date(2027, 2, 8), dt.date(2027, 3, 29)  # to Easter Monday
    ours = calendar.practice_days(county, start, end, MONDAY_TO_FRIDAY)
    theirs = calendar.practice_days(other, start, end, MONDAY_TO_FRIDAY)
    assert len(theirs) == 7 * 5 - 2  # Maundy Thursday and Good Friday
    assert len(ours) == len(theirs) - 5
    assert dt.date(2027, 3, 25) not in theirs
    names = {day_off.name for day_off in calendar.days_off(county, start, end, MONDAY_TO_FRIDAY)}
    assert names == {"Vinterferie", "Skjærtorsdag", "Langfredag"}


def test_two_weekdays_over_new_year(db):
    days = calendar.practice_days(
        f.CountyFactory(), dt.date(2026, 12, 21), dt.date(2027, 1, 11), [2, 5]
    )
    assert days == [
        dt.date(2026, 12, 22),
        dt.date(2026, 12, 29),  # week 53
        dt.date(2027, 1, 5),
        dt.date(2027, 1, 8),
    ]  # 25 December and 1 January are Fridays
