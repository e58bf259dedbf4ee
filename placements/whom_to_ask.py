"""Whom each person asks for help: the people above her, and nobody she has no business with."""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import User
from accounts.policy import Role
from placements.models import Workplace
from schools.models import County, School, Student


class Group(NamedTuple):
    """A school or county, and who answers there: name, phone, e-mail."""

    name: str
    people: list[tuple[str, str, str]]


def of(user: User) -> list[Group]:
    roles = user.roles
    found: list[Group] = []
    if Role.STUDENT in roles:
        me = Student.objects.listable().filter(user=user)
        found += [_school(one) for one in School.objects.filter(students__in=me)]
    if Role.WORKPLACE_CONTACT in roles:
        here = Workplace.objects.answered_by(user)
        found += _counties(municipalities__workplaces__in=here)
    if Role.SCHOOL_COORDINATOR in roles:
        found += _counties(schools__coordinators=user)
    if roles & {Role.COUNTY_COORDINATOR, Role.ADMINISTRATOR}:
        admins = User.objects.filter(
            is_active=True, memberships__role=Role.ADMINISTRATOR, memberships__ended_at=None
        )
        found.append(Group("", [_person(one) for one in admins.distinct().order_by("name")]))
    return found


def _school(school: School) -> Group:
    """Whom it has named, else its coordinators."""
    if school.contact_name or school.contact_email:
        return Group(
            school.name, [(school.contact_name, school.contact_phone, school.contact_email)]
        )
    people = school.coordinators.filter(is_active=True).order_by("name")
    return Group(school.name, [_person(one) for one in people])


def _counties(**where: object) -> list[Group]:
    counties = County.objects.filter(**where).distinct().prefetch_related("coordinators")
    return [
        Group(
            county.name,
            sorted(_person(one) for one in county.coordinators.all() if one.is_active),
        )
        for county in counties
    ]


def _person(user: User) -> tuple[str, str, str]:
    return user.name, "", user.email
