"""The three first things of each role, ticked off by what has been done and nothing else."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Role
from placements.models import (
    CalendarFeed,
    Candidate,
    CapacityRequest,
    Contact,
    Round,
    Workplace,
)
from placements.models.capacity import AnswerState
from placements.models.preferences import WishesState
from schools.models import Clearance, ClearanceStatus, County, School, SchoolBreak, Student


class Step(NamedTuple):
    title: Promise
    url: str
    done: bool
    about: UUID | None = None  # whose page it is, where the address names one


def of(user: User) -> list[Step]:
    """Hers, by the first of her roles; none once everything is done."""
    for role, steps in BY_ROLE.items():
        if role in user.roles:
            found = steps(user)
            return [] if all(step.done for step in found) else found
    return []


def _county(user: User) -> list[Step]:
    rounds = Round.objects.managed_by(user)
    asked = CapacityRequest.objects.filter(round__in=rounds)
    return [
        Step(
            _("Read the workplaces in, or add them"),
            "workplaces",
            Workplace.objects.visible_to(user).exists(),
        ),
        Step(_("Make a round: which schools, which weeks"), "round_new", rounds.exists()),
        Step(_("Ask the workplaces how many they can take"), "rounds", asked.exists()),
    ]


def _school(user: User) -> list[Step]:
    students = Student.objects.visible_to(user)
    cleared = Clearance.objects.filter(student__in=students, status=ClearanceStatus.CLEARED)
    return [
        Step(_("Read in the class list"), "roster", students.exists()),
        Step(_("Tick off what students have ready"), "students", cleared.exists()),
        Step(
            _("See the round your school takes part in"),
            "rounds",
            Round.objects.visible_to(user).exists(),
        ),
    ]


def _student(user: User) -> list[Step]:
    mine = set(Candidate.objects.filter(student__user=user).values_list("wishes_state", flat=True))
    waiting = Clearance.objects.filter(student__user=user).exclude(status=ClearanceStatus.CLEARED)
    return [
        Step(
            _("Send your wishes"),
            "my_practice",
            mine == {WishesState.SENT},
        ),
        Step(_("Have everything ready in time"), "my_practice", not waiting.exists()),
        Step(
            _("Put the practice in your calendar"),
            "my_calendar",
            CalendarFeed.objects.filter(user=user).exists(),
        ),
    ]


def _workplace(user: User) -> list[Step]:
    here = Workplace.objects.answered_by(user)
    asked = CapacityRequest.objects.filter(workplace__in=here, state=AnswerState.ASKED)
    others = Contact.objects.current().filter(workplace__in=here).exclude(user=user)
    bare = here.filter(active=True, meet_at="")
    first = bare.order_by("sort_key").first() or here.order_by("sort_key").first()
    page, about = ("our_workplace", first.pk) if first else ("my_workplaces", None)
    return [
        Step(_("Say how many students you can take"), "my_workplaces", not asked.exists()),
        Step(_("Write where students meet, and whom they ask for"), page, not bare.exists(), about),
        Step(_("Add a colleague who can answer too"), page, others.exists(), about),
    ]


def _administrator(_user: User) -> list[Step]:
    return [
        Step(
            _("Register the counties, and who coordinates them"),
            "admin:schools_county_changelist",
            County.objects.exclude(coordinators=None).exists(),
        ),
        Step(
            _("Register the schools"),
            "admin:schools_school_changelist",
            School.objects.exists(),
        ),
        Step(
            _("Register the school year's breaks"),
            "admin:schools_schoolbreak_changelist",
            SchoolBreak.objects.exists(),
        ),
    ]


BY_ROLE = {
    Role.COUNTY_COORDINATOR: _county,
    Role.SCHOOL_COORDINATOR: _school,
    Role.STUDENT: _student,
    Role.WORKPLACE_CONTACT: _workplace,
    Role.ADMINISTRATOR: _administrator,
}
