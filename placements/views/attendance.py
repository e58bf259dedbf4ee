"""Day by day: the workplace notes who was there; the student and her school see the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import attendance as actions
from placements.forms.attendance import AttendanceForm, Day
from placements.models import Absence, Attendance, Placement, Workplace
from placements.models.placements import PlacementQuerySet
from placements.templatetags.weeks import week


@dataclass(frozen=True)
class Sums:
    """How many days of what."""

    present: int
    absent: int
    open: int
    ahead: int


def sums(placement: Placement, noted: list[Attendance], today: dt.date) -> Sums:
    present = sum(row.present for row in noted)
    begun = sum(day <= today for day in placement.stay)
    return Sums(present, len(noted) - present, begun - len(noted), len(placement.stay) - begun)


@requires(Permission.SEE_OWN_PLACEMENT, Permission.SEE_PLACEMENTS, Permission.NOTE_ATTENDANCE)
def attendance(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """All days so far. Who answers for the workplace gets the page as a form."""
    placement = get_object_or_404(stays(request), pk=pk)
    own = placement.student.user_id == request.user.pk
    if not own:
        audit.looked(request, "attendance", Placement, placement.pk)
    notes = hers(request, placement) and request.user.has_perm(Permission.NOTE_ATTENDANCE)
    form, today = _form(request, placement), timezone.localdate()
    rows = list(form.rows())
    return render(
        request,
        "placements/stay/attendance.html",
        {
            "placement": placement,
            "own": own,
            "rows": rows
            if notes
            else [Day(row.day, row.noted, reported=row.reported) for row in rows],
            "notes": notes,
            "sums": sums(placement, list(form.noted.values()), today),
            "fillable": sum(not row.noted and not row.reported for row in rows),
            "next": next((day for day in placement.stay if day > today), None),
        },
    )


@requires(Permission.NOTE_ATTENDANCE)
@once
def attendance_note(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = get_object_or_404(stays(request), pk=pk)
    if request.method != "POST":
        return redirect("attendance", pk=pk)
    form = _form(request, placement)
    if not form.is_valid():
        messages.error(request, _("That could not be read. Try again."))
        return redirect("attendance", pk=pk)
    try:
        changed = actions.note(
            placement, marks=form.marks(), today=timezone.localdate(), by=request.user
        )
    except Conflict as error:
        return conflict(request, error, form)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        saved = ngettext("%(n)d day noted.", "%(n)d days noted.", changed) % {"n": changed}
        messages.success(request, saved if changed else _("Nothing was changed."))
    return redirect("attendance", pk=pk)


def stays(request: AuthenticatedRequest) -> PlacementQuerySet:
    """The stays she may know of, with what every page about one shows."""
    return (
        Placement.objects.visible_to(request.user)
        .stays()
        .remembered()
        .select_related("student__school_class", "school", "period", "slot__workplace", "round")
    )


def hers(request: AuthenticatedRequest, placement: Placement) -> bool:
    """Whether she answers for the workplace."""
    mine = Workplace.objects.answered_by(request.user)
    return mine.filter(pk=placement.slot.workplace_id).exists()


def _form(request: AuthenticatedRequest, placement: Placement) -> AttendanceForm:
    today = timezone.localdate()
    return AttendanceForm(
        request.POST or None,
        days=[day for day in placement.stay if day <= today],
        noted=Attendance.objects.visible_to(request.user).filter(placement=placement),
        reported=Absence.objects.visible_to(request.user).filter(placement=placement),
    )


def conflict(request: HttpRequest, error: Conflict, form: AttendanceForm) -> HttpResponse:
    """Only the days that two people disagree on."""

    def word(present: bool) -> str:
        return _("Present") if present else _("Absent")

    marks = form.marks()
    rows = [
        (week(row.day), word(marks[row.day].present), word(row.present)) for row in error.theirs
    ]
    context = {"message": str(error), "theirs": error.theirs, "rows": rows}
    return render(request, "409.html", context, status=409)
