"""A placement of nobody, for looking at a text before it is used. Nothing of it is ever saved."""

from __future__ import annotations

import datetime as dt

from placements.documents.facts import Facts
from placements.models import Attendance, Contact, Period, Placement, Round, Slot, Workplace
from schools.models import County, Municipality, School, SchoolClass, Student


def facts(language: str, county: County, school: School | None) -> Facts:
    """Kari Nordmann at Fjordgløtt legesenter, four weeks from Monday 8 February 2027."""
    town = Municipality(name="Fjordvik", county=county)
    school = school or School(
        name="Fjordvik videregående skole",
        contact_name="Ola Nordmann",
        contact_phone="55 55 00 00",
        contact_email="ola.nordmann@example.no",
        county=county,
    )
    first = dt.date(2027, 2, 8)
    days = [first + dt.timedelta(days=n) for n in range(26) if n % 7 < 5]
    period = Period(
        start=first, end=days[-1] + dt.timedelta(days=1), weekdays=[1, 2, 3, 4, 5], days=days
    )
    workplace = Workplace(
        name="Fjordgløtt legesenter",
        municipality=town,
        address="Strandgata 1",
        phone="55 55 55 55",
        meet_at="Spør etter Berit i resepsjonen",
    )
    student = Student(
        given_name="Kari",
        family_name="Nordmann",
        school=school,
        school_class=SchoolClass(name="3HSA", school=school),
        written_standard=language,
    )
    placement = Placement(
        round=Round(name="2026/27", county=county),
        student=student,
        school=school,
        period=period,
        slot=Slot(workplace=workplace, period=period),
        days=days,
    )
    return Facts(
        placement,
        Contact(workplace=workplace, name="Berit Hansen", written_standard=language),
        noted=tuple(Attendance(day=day, present=n != 2) for n, day in enumerate(days[:7])),
        supervisors=("Berit Hansen",),
    )
