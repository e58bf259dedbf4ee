"""Builds the demo county: schools, classes and students here, the rest by its neighbours."""

import datetime as dt
import random

from django.utils import timezone

from accounts.models import Membership, User
from accounts.policy import Role
from placements.demo import names
from placements.demo.cast import DOMAIN, Demo, ascii_name, build_cast, make_id, tie_cast
from placements.demo.workplaces import build_workplaces
from schools.models import (
    Clearance,
    County,
    Municipality,
    Programme,
    Requirement,
    School,
    SchoolBreak,
    SchoolClass,
    Student,
)

COUNTY_NUMBER = "50"

# (name, municipality, classes' letters, students per class, where they live and how often)
SCHOOLS = [
    ("Charlottenlund videregående skole", "5001", 22, {"5001": 80, "5031": 15, "5035": 5}),
    ("Tiller videregående skole", "5001", 22, {"5001": 75, "5028": 20, "5029": 5}),
    ("Byåsen videregående skole", "5001", 21, {"5001": 82, "5029": 10, "5028": 8}),
    (
        "Ole Vig videregående skole",
        "5035",
        19,
        {"5035": 60, "5031": 15, "5032": 10, "5036": 5, "5037": 10},
    ),
]


def build_county(today: dt.date) -> Demo:
    """Write the county and everybody in it."""
    demo = Demo(
        monday=today - dt.timedelta(days=today.weekday()),
        rng=random.Random(20261123),  # noqa: S311  # reproducible on purpose; guards nothing
        county=County.objects.current(today).get(number=COUNTY_NUMBER),
        municipalities={
            m.number: m for m in Municipality.objects.current(today).filter(county__number="50")
        },
        cast=build_cast(),
    )
    # Otherwise the sweeper would begin with the history that the demo is to show.
    County.objects.filter(pk=demo.county.pk).update(keep_months=60)
    _breaks(demo)
    _schools(demo)
    build_workplaces(demo)
    for year, level in [(0, 3), (0, 2), (-1, 3), (-2, 3)]:
        _students(demo, demo.school_year + year, level)
    tie_cast(demo)
    _clearances(demo)
    return demo


def _breaks(demo: Demo) -> None:
    for year in range(demo.school_year - 2, demo.school_year + 2):
        for name, (iso_year, week), days in [
            ("Høstferie", (year, 41), 5),
            ("Juleferie", (year, 52), 12),
            ("Vinterferie", (year + 1, 8), 5),
        ]:
            start = dt.date.fromisocalendar(iso_year, week, 1)
            SchoolBreak.objects.create(
                id=make_id("break", name, year),
                county=demo.county,
                name=name,
                start=start,
                end=start + dt.timedelta(days=days),
            )


def _draw_name(demo: Demo, taken: set[str]) -> tuple[str, str]:
    while True:
        given, family = demo.rng.choice(names.GIVEN), demo.rng.choice(names.FAMILY)
        if f"{given} {family}" not in taken:
            taken.add(f"{given} {family}")
            return given, family


def _schools(demo: Demo) -> None:
    for n, (name, number, _, _) in enumerate(SCHOOLS):
        short = name.split(" videregående")[0]
        demo.schools.append(
            School.objects.create(
                id=make_id("school", name),
                name=name,
                county=demo.county,
                municipality=demo.municipalities[number],
                contact_name=f"Praksiskoordinator, {short}",
                contact_phone=f"73 00 10 {n + 1:02d}",
                contact_email=f"praksis.{ascii_name(short)}@{DOMAIN}",
            )
        )


def _students(demo: Demo, year: int, level: int) -> None:
    """One class of the programme at each school; classes of years gone by have left."""
    programme = Programme.objects.get(code={2: "HSHES2----", 3: "HSHSE3----"}[level])
    gone = dt.date(year + 1, 6, 20) if year < demo.school_year else None
    students: list[Student] = []
    taken: set[str] = set()
    for school, (name, _, size, homes) in zip(demo.schools, SCHOOLS, strict=True):
        school_class = SchoolClass.objects.create(
            id=make_id("class", name, year, level),
            school=school,
            programme=programme,
            name={2: "2HEA", 3: "3HSA"}[level],
            school_year=year,
        )
        for n in range(size - (4 if gone else 0)):
            given, family = _draw_name(demo, taken)
            home = demo.rng.choices(list(homes), weights=list(homes.values()))[0]
            address = f"{ascii_name(given)}.{ascii_name(family)}.{year % 100}{level}@{DOMAIN}"
            students.append(
                Student(
                    id=make_id("student", name, year, level, n),
                    school=school,
                    school_class=school_class,
                    external_id=address,
                    given_name=given,
                    family_name=family,
                    email=address,
                    phone=_phone(f"4{demo.rng.randrange(10_000_000):07d}"),
                    municipality=demo.municipalities[home],
                    written_standard="nn" if demo.rng.random() < 0.08 else "nb",
                    left_at=gone,
                )
            )
    if not gone:
        _sign_up(students)
        # One student per level has a hidden address and is handled by hand, outside of everything.
        students[-1].manual_handling = True
    Student.objects.bulk_create(students)
    demo.students[(year, level)] = [student for student in students if not student.manual_handling]


def _sign_up(students: list[Student]) -> None:
    users = []
    for student in students:
        user = User(
            id=make_id("user", student.email),
            email=student.email,
            name=student.name,
            written_standard=student.written_standard,
        )
        user.set_unusable_password()
        student.user = user
        users.append(user)
    User.objects.bulk_create(users)
    Membership.objects.bulk_create(
        Membership(id=make_id("membership", user.email), user=user, role=Role.STUDENT)
        for user in users
    )


def _phone(digits: str) -> str:
    """Eight digits as they are written."""
    return f"{digits[:3]} {digits[3:5]} {digits[5:]}"


def _clearances(demo: Demo) -> None:
    """What current students have ready: most of it, as in November."""
    requirements = list(Requirement.objects.order_by("code"))
    seen_on = timezone.localdate() - dt.timedelta(days=20)
    rows = []
    for level in (2, 3):
        for student in demo.students[(demo.school_year, level)]:
            for requirement in requirements:
                status = demo.rng.choices(
                    ["cleared", "awaiting", "required"], weights=[70, 12, 18]
                )[0]
                cleared = status == "cleared"
                rows.append(
                    Clearance(
                        id=make_id("clearance", student.pk, requirement.code),
                        student=student,
                        requirement=requirement,
                        status=status,
                        seen_on=seen_on if cleared else None,
                        seen_by=demo.cast.school_coordinator if cleared else None,
                    )
                )
    Clearance.objects.bulk_create(rows)
