"""The school's students: who they are, what they must have ready, and from what they are kept away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import breadth, saved
from placements.actions import students
from placements.forms.bulk import BulkForm, with_students
from placements.forms.students import (
    SORTS,
    ClearanceForm,
    ConflictForm,
    ManualForm,
    StudentFilter,
    fill,
    with_readiness,
)
from placements.listing import Listing
from placements.models import Candidate, Conflict, Placement
from placements.rows import StudentRow
from schools.models import ClearanceStatus, School, Student


def _found(request: AuthenticatedRequest, pk: UUID) -> Student:
    seen = Student.objects.visible_to(request.user).known()
    return get_object_or_404(
        seen.select_related("school", "school_class__programme", "municipality", "user"), pk=pk
    )


@requires(Permission.SEE_STUDENTS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    seen = Student.objects.visible_to(request.user).known()
    found = StudentFilter(request.GET, seen, user=request.user)
    listing = Listing(request, SORTS)
    rows = found.qs
    if listing.sort.removeprefix("-") == "ready":
        rows = with_readiness(rows)
    manual = Student.objects.filter(
        school__in=School.objects.visible_to(request.user), manual_handling=True, left_at=None
    ).count()
    page = listing.page(rows, StudentRow)
    fill(list(page))
    audit.looked(request, "students", Student, len(page.object_list))
    return render(
        request,
        "placements/students/list.html",
        {
            "filter": found,
            "listing": listing,
            "page": page,
            "manual": manual,
            "several": found.several,
            "bulk": BulkForm(
                choices=with_students(request.user, found.under_way), count=page.paginator.count
            ),
            "saved": saved.of(request.user, "students", listing.query),
        },
    )


@requires(Permission.SEE_STUDENTS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    student = _found(request, pk)
    return _page(request, student, ConflictForm(student=student, user=request.user))


def _page(
    request: AuthenticatedRequest, student: Student, conflict_form: ConflictForm
) -> HttpResponse:
    form = ClearanceForm(student=student)
    audit.looked(request, "student", Student, student.pk)
    return render(
        request,
        "placements/students/detail.html",
        {
            "student": student,
            "clearance_form": form,
            "conflict_form": conflict_form,
            "conflicts": student.conflicts.select_related("workplace", "registered_by"),
            "candidates": Candidate.objects.visible_to(request.user)
            .filter(student=student)
            .select_related("round"),
            "practice": Placement.objects.visible_to(request.user)
            .filter(student=student)
            .select_related("slot__workplace", "period")
            .order_by("-period__start", "pk"),
            "areas": breadth.history(student),
            "to_do": len(form.now),
            "ready": sum(c.status == ClearanceStatus.CLEARED for c in form.now.values()),
        },
        status=422 if conflict_form.is_bound else 200,
    )


@requires(Permission.SEE_CLEARANCES)
@require_POST
@once
def clearances(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    student = _found(request, pk)
    form = ClearanceForm(request.POST, student=student)
    if form.is_valid():
        changed = students.tick_off(
            student,
            statuses=form.statuses(),
            seen_on=form.cleaned_data["seen_on"],
            by=request.user,
        )
        text = ngettext("%d change is saved.", "%d changes are saved.", changed) % changed
        messages.success(request, text if changed else _("Nothing was changed."))
    else:
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
    return redirect("student", pk=pk)


@requires(Permission.SEE_STUDENTS)
@require_POST
@once
def conflict_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    student = _found(request, pk)
    form = ConflictForm(request.POST, student=student, user=request.user)
    if not form.is_valid():
        return _page(request, student, form)
    workplace = form.cleaned_data["workplace"]
    students.add_conflict(student, workplace=workplace, by=request.user)
    messages.success(
        request, _("The student will not be placed at %(name)s.") % {"name": workplace}
    )
    return redirect("student", pk=pk)


@requires(Permission.SEE_STUDENTS)
@require_POST
@once
def conflict_remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Conflict.objects.visible_to(request.user).select_related("student")
    conflict = get_object_or_404(seen, pk=pk)
    students.remove_conflict(conflict, by=request.user)
    messages.success(request, _("The workplace is possible again."))
    return redirect("student", pk=conflict.student_id)


@requires(Permission.IMPORT_STUDENTS)
@once
def manual(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Ask twice: from here the student is on no page any more, and only an administrator can bring
    her back.
    """
    student = _found(request, pk)
    form = ManualForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            students.handle_manually(student, by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            # No name: from now on nothing says who she is.
            messages.success(request, _("The student is handled manually from now on."))
            return redirect("students")
    return render(request, "placements/students/manual.html", {"form": form, "student": student})
