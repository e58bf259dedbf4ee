"""What is deleted when it has been kept long enough: a round's details, and who a student was.

How long is the county's to say (`County.keep_months`). What is left says how it went, and of nobody in
particular: who of a round was placed where, at which wish and how far away, and what students thought of
the workplaces. A name is the last to go, when every round of hers has been through this.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    F,
    Func,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from accounts import audit, people
from accounts.models import Invitation, OutboxMessage, User
from accounts.policy import Role
from placements.models import (
    Absence,
    Agreement,
    Attendance,
    CalendarFeed,
    Candidate,
    Conflict,
    Consent,
    Feedback,
    MatchingRun,
    Pairing,
    Period,
    Placement,
    Preference,
    Question,
    Round,
    SupervisorLink,
    Swap,
    Visit,
    WorkplaceOrder,
)
from placements.models.runs import RunState
from schools.models import Clearance, Student

Rows = QuerySet[Any, Any]
MOST = 50  # in one sweep: the rest is due in the next, seconds later
FEWEST = 5  # of a class who live in one place, for the place to be told
DECIDED = (RunState.PUBLISHED, RunState.SUPERSEDED)


class Months(Func):
    """So many months, as a length of time: of the calendar, not of thirty days."""

    function = "make_interval"
    template = "%(function)s(months => %(expressions)s)"
    output_field = DurationField()


def _going(since: Any, county: str) -> Any:
    """When something goes that has been over `since` that day, by the county's months."""
    moment = Cast(since, DateTimeField()) + Months(F(f"{county}__keep_months"))
    return Cast(moment, DateTimeField())


def rounds() -> QuerySet[Round]:
    """Those with details left, and when those go: counted from the day after the last practice day."""
    periods = Period.objects.filter(round=OuterRef("pk")).order_by("-end")
    at_work = MatchingRun.objects.waiting().filter(round=OuterRef("pk"))
    found = Round.objects.filter(Exists(periods), ~Exists(at_work), forgotten_at=None)
    return found.annotate(goes_at=_going(Subquery(periods.values("end")[:1]), "county"))


def students() -> QuerySet[Student]:
    """Those who have left and are in no round with details, and when their names go.

    Whom no list has named for a whole school year after her class's has left too, though nobody said so.
    """
    unmentioned = Func(
        Cast(F("school_class__school_year") + 2, CharField()),
        template="make_date(CAST(%(expressions)s AS integer), 8, 1)",
        output_field=DateField(),
    )
    remembered = Candidate.objects.filter(student=OuterRef("pk"), round__forgotten_at=None)
    found = Student.objects.known().filter(~Exists(remembered))
    return found.annotate(goes_at=_going(Coalesce("left_at", unmentioned), "school__county"))


def details(chosen: QuerySet[Round]) -> list[Rows]:
    """The rows that go with the details of these rounds, in an order in which they can."""
    ids = chosen.order_by().values("pk")
    found: list[Rows] = [
        model._default_manager.filter(**{f"{way}__in": ids})
        for model, way in _DETAILS  # what says something of a person that the figures do not need
    ]
    proposals = MatchingRun.objects.filter(round__in=ids).exclude(state__in=DECIDED)
    return [*found, proposals]


_DETAILS: tuple[tuple[type[Model], str], ...] = (
    (Preference, "candidate__round"),
    (WorkplaceOrder, "round"),
    (Question, "round"),
    (Pairing, "round"),
    (Consent, "agreement__placement__round"),
    (Agreement, "placement__round"),
    (Attendance, "placement__round"),
    (Absence, "placement__round"),
    (Visit, "placement__round"),
    (Feedback, "placement__round"),
    (SupervisorLink, "placement__round"),
    (Swap, "round"),
)


def _some(due: Rows) -> list[UUID]:
    return list(due.order_by("pk").values_list("pk", flat=True)[:MOST])


def forget_rounds(due: QuerySet[Round]) -> int:
    return sum(_forget_round(due, pk) for pk in _some(due))


def forget_students(due: QuerySet[Student]) -> int:
    return sum(_forget_student(due, pk) for pk in _some(due))


@transaction.atomic
def _forget_round(due: QuerySet[Round], pk: UUID) -> bool:
    """Delete the details of one round, unless it is no longer due: its dates may have been changed."""
    Round.objects.select_for_update(no_key=True).filter(pk=pk).first()
    round = due.filter(pk=pk).first()
    if round is None:
        return False
    # What was published does not fall with the proposal that it was adjusted from.
    MatchingRun.objects.filter(round=round, state__in=DECIDED).update(
        adjusts=None, changes=[], problem=b"", solution={}, error=""
    )
    counts = {
        rows.model._meta.model_name: rows.delete()[0]
        for rows in details(Round.objects.filter(pk=pk))
    }
    Candidate.objects.filter(round=round).update(no_car=False, step_free=False)
    Placement.objects.filter(round=round).update(explanation={}, end_note="")
    seen = Period.objects.filter(round=round).order_by("-end").values("end")[:1]
    counts["clearance"] = Clearance.objects.filter(
        student__candidates__round=round, seen_on__lt=Subquery(seen)
    ).delete()[0]
    Round.objects.filter(pk=pk).update(forgotten_at=timezone.now())
    audit.record("round.forgotten", round, by=None, via="sweeper", **counts)
    return True


@transaction.atomic
def _forget_student(due: QuerySet[Student], pk: UUID) -> bool:
    """Leave of a student only that there was one. Her account goes too, unless it is more than hers."""
    Student.objects.select_for_update(no_key=True).filter(pk=pk).first()
    student = due.filter(pk=pk).select_related("user", "school").first()
    if student is None:
        return False
    addresses = {student.email.lower(), student.address.lower()} - {""}
    user, still_here = student.user, Student.objects.known().exclude(pk=pk)
    class_mates = Student.objects.filter(school_class=student.school_class_id)
    of_there = class_mates.filter(municipality=student.municipality_id).count()
    home = student.municipality_id if of_there >= FEWEST else student.school.municipality_id
    Student.objects.filter(pk=pk).update(
        given_name="",
        family_name="",
        email="",
        phone="",
        external_id=str(pk),
        user=None,
        municipality=home,
        left_at=student.left_at or timezone.localdate(),
        forgotten_at=timezone.now(),
    )
    Clearance.objects.filter(student=pk).delete()
    Conflict.objects.filter(student=pk).delete()
    Invitation.objects.filter(role=Role.STUDENT, scope_id=pk).delete()
    if user is not None:
        CalendarFeed.objects.filter(user=user).delete()
        people.forget(user, role=Role.STUDENT)
    others = {
        *User.objects.filter(email__in=addresses).values_list("email", flat=True),
        *still_here.filter(email__in=addresses).values_list("email", flat=True),
    }
    OutboxMessage.objects.filter(recipient__in=addresses - others).delete()
    audit.record("student.forgotten", student, by=None, via="sweeper")
    return True
