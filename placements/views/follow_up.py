"""The student says that she does not come; the school writes down that it has looked in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import follow_up as actions
from placements.forms.follow_up import VisitForm
from placements.models import Absence, Placement, Visit
from placements.views.attendance import stays


@requires(Permission.REPORT_ABSENCE)
@once
def absence(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One question, one button. GET asks; POST tells workplace and school."""
    placement = get_object_or_404(stays(request).filter(student__user=request.user), pk=pk)
    today = timezone.localdate()
    if request.method == "POST":
        try:
            actions.report_absence(placement, today=today, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The workplace and the school have been told."))
        return redirect("absence", pk=pk)
    return render(
        request,
        "placements/stay/absence.html",
        {
            "placement": placement,
            "own": True,
            "today": today,
            "may": placement.occupies and today in placement.stay,
            "reported": Absence.objects.visible_to(request.user)
            .filter(placement=placement, day=today)
            .first(),
        },
    )


@requires(Permission.LOG_VISITS)
@once
def visits(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The school's log about one stay, and a form for the next line."""
    placement = get_object_or_404(stays(request), pk=pk)
    audit.looked(request, "visits", Placement, placement.pk)
    form = VisitForm(request.POST or None, initial={"day": timezone.localdate(), "kind": "visit"})
    if request.method == "POST" and form.is_valid():
        try:
            actions.log_visit(
                placement,
                day=form.cleaned_data["day"],
                kind=form.cleaned_data["kind"],
                note=form.cleaned_data["note"],
                today=timezone.localdate(),
                by=request.user,
            )
        except DomainError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, _("Written down."))
            return redirect("visits", pk=pk)
    return render(
        request,
        "placements/stay/visits.html",
        {
            "placement": placement,
            "own": False,
            "form": form,
            "visits": Visit.objects.visible_to(request.user)
            .filter(placement=placement)
            .select_related("written_by"),
        },
    )


@requires(Permission.LOG_VISITS)
@once
def visit_remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        actions.remove_visit(visit, by=request.user)
        messages.success(request, _("Removed."))
    return redirect("visits", pk=visit.placement_id)
