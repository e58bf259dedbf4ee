"""The people one can sign in as, and what a demo county is while it is built."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field

from accounts.models import Membership, User
from accounts.policy import Role
from placements.models import Contact, Workplace
from schools.models import County, Municipality, School, Student

NAMESPACE = uuid.UUID("5f0b7f6e-3d2a-5b0e-9a53-0d4c7c1f2e11")
DOMAIN = "demo.example"  # reserved by RFC 2606: nobody can own it


def make_id(*parts: object) -> uuid.UUID:
    """The same id for the same thing on every machine."""
    return uuid.uuid5(NAMESPACE, "/".join(str(part) for part in parts))


def ascii_name(text: str) -> str:
    """The name as it stands in an e-mail address."""
    return text.lower().translate(str.maketrans("æøåö -", "eoao..")).replace("..", ".")


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


def _person(key: str, name: str, role: Role, language: str = "nb") -> User:
    user = User.objects.create_user(
        f"{key}@{DOMAIN}",
        name,
        id=make_id("user", key),
        written_standard=language,
    )
    Membership.objects.create(id=make_id("membership", key), user=user, role=role)
    return user


def build_cast() -> Cast:
    """The people one can sign in as with one click, but for the student, who is one of the class."""
    return Cast(
        county_coordinator=_person("fylke", "Guro Sandmo", Role.COUNTY_COORDINATOR),
        school_coordinator=_person("koordinator", "Terje Aalberg", Role.SCHOOL_COORDINATOR),
        gp_contact=_person("legekontor", "Kari Nessvik", Role.WORKPLACE_CONTACT),
        hospital_contact=_person("sykehus", "Bente Kolstad", Role.WORKPLACE_CONTACT),
        administrator=_person("admin", "Arne Viklund", Role.ADMINISTRATOR),
    )


def tie_cast(demo: Demo) -> None:
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
