"""Builds the demo county: schools, classes, students, workplaces, and the cast that signs in."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Membership, User
from accounts.policy import Role
from placements.demo import names
from placements.demo.workplaces import (
    AREAS_BY_KIND,
    GP_OFFICES,
    HOSPITALS,
    OTHERS,
    REQUIREMENTS_BY_KIND,
)
from placements.models import Contact, LearningArea, Supervisor, Workplace
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

NAMESPACE = uuid.UUID("5f0b7f6e-3d2a-5b0e-9a53-0d4c7c1f2e11")
DOMAIN = "demo.example"  # reserved by RFC 2606: nobody can own it
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


def make_id(*parts: object) -> uuid.UUID:
    """The same id for the same thing on every machine."""
    return uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts))


@dataclass
class Cast:
    """The people one can sign in as."""

    county_coordinator: User
    school_coordinator: User
    gp_contact: User
    hospital_contact: User
    administrator: User


@dataclass
class Demo:
    """What has been built so far, and the one generator everything is drawn from."""

    monday: dt.date  # of the week it is built in
    rng: random.Random
    county: County
    municipalities: dict[str, Municipality]
    cast: Cast
    schools: list[School] = field(default_factory=list)
    students: dict[tuple[int, int], list[Student]] = field(default_factory=dict)
    workplaces: list[Workplace] = field(default_factory=list)

    @property
    def school_year(self) -> int:
        """The year in which the current school year began."""
        return self.monday.year if self.monday.month >= 7 else self.monday.year - 1


def build_county(today: dt.date) -> Demo:
    """Write the county and everybody in it."""
    demo = Demo(
        monday=today - dt.timedelta(days=today.weekday()),
        rng=random.Random(20261123),  # noqa: S311  # reproducible on purpose; guards nothing
        county=County.objects.current(today).get(number=COUNTY_NUMBER),
        municipalities={
            m.number: m for m in Municipality.objects.current(today).filter(county__number="50")
        },
        cast=_cast(),
    )
    # Otherwise the sweeper would begin with the history that the demo is to show.
    County.objects.filter(pk=demo.county.pk).update(keep_months=60)
    _breaks(demo)
    _schools(demo)
    _workplaces(demo)
    for year, level in [(0, 3), (0, 2), (-1, 3), (-2, 3)]:
        _students(demo, demo.school_year + year, level)
    _tie_cast(demo)
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


def _person(key: str, name: str, role: Role, language: str = "nb") -> User:
    user = User.objects.create_user(
        f"{key}@{DOMAIN}",
        name,
        id=make_id("user", key),
        written_standard=language,
    )
    Membership.objects.create(id=make_id("membership", key), user=user, role=role)
    return user


def _draw_name(demo: Demo, taken: set[str]) -> tuple[str, str]:
    while True:
        given, family = demo.rng.choice(names.GIVEN), demo.rng.choice(names.FAMILY)
        if f"{given} {family}" not in taken:
            taken.add(f"{given} {family}")
            return given, family


def ascii_name(text: str) -> str:
    """The name as it stands in an e-mail address."""
    return text.lower().translate(str.maketrans("æøåö -", "eoao..")).replace("..", ".")


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


def _workplaces(demo: Demo) -> None:
    parents: dict[str, Workplace] = {}
    for trust, hospital, number, units in HOSPITALS:
        if trust not in parents:
            parents[trust] = _workplace(demo, "hospital", trust, number, receives_students=False)
        parents[hospital] = _workplace(
            demo, "hospital", hospital, number, parent=parents[trust], receives_students=False
        )
        for unit in units:
            _workplace(demo, "hospital", f"{unit}, {hospital}", number, parent=parents[hospital])
    for name, number, north, east in GP_OFFICES:
        _workplace(demo, "gp_office", name, number, north, east)
    for kind, name, number, north, east in OTHERS:
        _workplace(demo, kind, name, number, north, east)


STREETS = ["Storgata", "Kirkegata", "Skolevegen", "Parkvegen", "Elvegata", "Bakkegata", "Fjordgata"]


def _address(municipality: Municipality, number: int) -> str:
    return f"{STREETS[number % len(STREETS)]} {number}, {municipality.centre}"


def _workplace(
    demo: Demo,
    kind: str,
    name: str,
    number: str,
    north: float = 0.0,
    east: float = 0.0,
    **fields: object,
) -> Workplace:
    rng = demo.rng
    municipality = demo.municipalities[number]
    workplace = Workplace.objects.create(
        id=make_id("workplace", name),
        kind=kind,
        name=name,
        municipality=municipality,
        latitude=municipality.latitude + north / 60,
        longitude=municipality.longitude + east / 60,
        address=_address(municipality, rng.randrange(1, 60)),
        phone=f"73 {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)}",
        meet_at="Meld deg i resepsjonen kl. 07.50 og si at du er praksiselev.",
        step_free=rng.random() < 0.85,
        needs_car=rng.random() < 0.06,
        **fields,
    )
    areas = AREAS_BY_KIND[kind]
    known = {area.code: area for area in LearningArea.objects.all()}
    workplace.learning_areas.set(known[code] for code in areas[: rng.randint(2, len(areas))])
    workplace.requirements.set(Requirement.objects.filter(code__in=REQUIREMENTS_BY_KIND[kind]))
    given, family = rng.choice(names.GIVEN), rng.choice(names.FAMILY)
    if not workplace.parent_id or workplace.receives_students is False:
        Contact.objects.create(
            id=make_id("contact", name),
            workplace=workplace,
            name=f"{given} {family}",
            email=f"post.{ascii_name(name.replace(',', ''))[:50].strip('.')}@{DOMAIN}",
            phone=workplace.phone,
        )
    if workplace.receives_students:
        given, family = rng.choice(names.GIVEN), rng.choice(names.FAMILY)
        Supervisor.objects.create(
            id=make_id("supervisor", name),
            workplace=workplace,
            name=f"{given} {family}",
            email=f"{ascii_name(given)}.{ascii_name(family)}@{DOMAIN}",
            phone=workplace.phone,
        )
        demo.workplaces.append(workplace)
    return workplace


def _cast() -> Cast:
    """The people one can sign in as with one click, but for the student, who is one of the class."""
    return Cast(
        county_coordinator=_person("fylke", "Guro Sandmo", Role.COUNTY_COORDINATOR),
        school_coordinator=_person("koordinator", "Terje Aalberg", Role.SCHOOL_COORDINATOR),
        gp_contact=_person("legekontor", "Kari Nessvik", Role.WORKPLACE_CONTACT),
        hospital_contact=_person("sykehus", "Bente Kolstad", Role.WORKPLACE_CONTACT),
        administrator=_person("admin", "Arne Viklund", Role.ADMINISTRATOR),
    )


def _tie_cast(demo: Demo) -> None:
    """Give each of the cast what is hers."""
    cast = demo.cast
    demo.county.coordinators.add(cast.county_coordinator)
    demo.schools[0].coordinators.add(cast.school_coordinator)
    for user, name in [
        (cast.gp_contact, "Sentrum legekontor"),
        (cast.hospital_contact, "St. Olavs hospital, Øya"),
    ]:
        Contact.objects.filter(workplace__name=name).update(
            user=user, name=user.name, email=user.email
        )
    # She gets her third wish in the round that waits to be matched: there is something to explain.
    current = demo.students[(demo.school_year, 3)]
    student = next((s for s in current if s.name == "Iben Løkken"), current[0])
    User.objects.filter(student=student).update(email=f"elev@{DOMAIN}")
    Student.objects.filter(pk=student.pk).update(email=f"elev@{DOMAIN}")


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
