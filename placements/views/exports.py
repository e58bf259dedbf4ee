"""Every table as a file: the same rows, by the same filters, for the same people as on its page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from django.db.models import Count, Model, Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements.documents.stay import Stay
from placements.exports import allocation, registers, stays
from placements.exports.answer import CHUNK, file_answer
from placements.forms.placements import PlacementFilter
from placements.forms.preferences import SORTS as CANDIDATE_SORTS
from placements.forms.preferences import CandidateFilter
from placements.forms.runs import AssignmentFilter
from placements.forms.students import SORTS, StudentFilter, with_readiness
from placements.forms.workplaces import WorkplaceFilter
from placements.listing import Listing
from placements.models import (  # fmt: skip
    Candidate,
    Contact,
    Feedback,
    MatchingRun,
    Placement,
    Preference,
    Round,
    Workplace,
)
from placements.views.capacity import grid_rows
from placements.views.runs import READABLE
from placements.workplace_rows import ANSWERING, with_history
from placements.workplace_rows import SORTS as WORKPLACE_SORTS
from schools.models import Student

STAYS = (
    "student__school_class",
    "school",
    "period",
    "slot__workplace__municipality",
    "slot__period",
)


def _looked(request: AuthenticatedRequest, page: str, rows: QuerySet[Model, Model]) -> None:
    audit.looked(request, page, rows.model, rows.count())


@requires(Permission.SEE_STUDENTS)
def students(request: AuthenticatedRequest, suffix: str) -> HttpResponseBase:
    seen = Student.objects.visible_to(request.user).known()
    found = StudentFilter(request.GET, seen, user=request.user).qs
    _looked(request, "students_file", found)
    rows = with_readiness(found.select_related("school", "school_class", "municipality"))
    rows = rows.order_by(*Listing(request, SORTS).order)
    return file_answer(registers.students(rows.iterator(CHUNK)), suffix)


@requires(Permission.SEE_WORKPLACES)
def workplaces(request: AuthenticatedRequest, suffix: str) -> HttpResponseBase:
    seen = Workplace.objects.visible_to(request.user)
    form = WorkplaceFilter(request.GET, seen, user=request.user)
    alike = Workplace.objects.filter(pk__in=form.qs.values("pk"))
    current = Contact.objects.current().order_by("name")
    rows = (
        with_history(alike, request.user, form.form.cleaned_data.get("round"))
        .select_related("municipality", "parent__parent")
        .prefetch_related(
            *(Prefetch(path, queryset=current) for path in ANSWERING),
            "requirements",
            "learning_areas",
        )
        .order_by(*Listing(request, WORKPLACE_SORTS).order)
    )
    _looked(request, "workplaces_file", rows)
    return file_answer(registers.workplaces(rows.iterator(CHUNK)), suffix)


def _round(request: AuthenticatedRequest, pk: UUID) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user), pk=pk)


@requires(Permission.SEE_CAPACITY)
def capacity(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    round = _round(request, pk)
    periods = list(round.periods.all())
    return file_answer(
        allocation.capacity(grid_rows(request, round, periods), periods), suffix, round.name
    )


@requires(Permission.SEE_WISHES)
def candidates(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    round = _round(request, pk)
    everybody = Candidate.objects.visible_to(request.user).for_round(round).taking_part()
    found = CandidateFilter(request.GET, everybody, user=request.user).qs
    _looked(request, "candidates_file", found)
    rows = (
        found.select_related("student__school_class", "school", "period")
        .prefetch_related(
            Prefetch("preferences", Preference.objects.select_related("workplace").order_by("rank"))
        )
        .annotate(wishes=Count("preferences"))
        .order_by(*Listing(request, CANDIDATE_SORTS).order)
    )
    return file_answer(
        allocation.candidates(rows.iterator(CHUNK), round.max_wishes), suffix, round.name
    )


@requires(Permission.SEE_RUNS)
def result(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    """What a run proposes; unless a filter says otherwise, those it found no place for come last."""
    seen = MatchingRun.objects.visible_to(request.user).filter(state__in=READABLE)
    run = get_object_or_404(seen.select_related("round").defer("solution"), pk=pk)
    form = AssignmentFilter(request.GET)
    hers = Candidate.objects.visible_to(request.user)
    held = form.narrow(run.assignments.filter(candidate__in=hers))
    _looked(request, "run_file", held)
    rows = held.select_related(
        "candidate__student__school_class",
        "candidate__school",
        "slot__workplace__municipality",
        "slot__period",
    ).order_by("candidate__student__sort_key", "pk")
    without = (
        hers.filter(pk__in=allocation.ids(run.problem))
        .exclude(assignments__run=run)
        .select_related("student__school_class", "school")
        .order_by("student__sort_key", "pk")
    )
    narrowed = any(form.cleaned_data.values()) if form.is_valid() else False
    everybody: Iterator[object] = chain(
        rows.iterator(CHUNK), () if narrowed else without.iterator(CHUNK)
    )
    return file_answer(allocation.result(everybody), suffix, f"{run.round.name} {run.number}")  # type: ignore[arg-type]


@requires(Permission.SEE_PLACEMENTS)
def placements(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    round = _round(request, pk)
    seen = Placement.objects.visible_to(request.user).for_round(round)
    found = PlacementFilter(request.GET).narrow(seen)
    _looked(request, "placements_file", found)
    rows = found.select_related(
        "student__school_class", "school", "slot__workplace__municipality", "slot__period"
    ).order_by("student__sort_key", "pk")
    return file_answer(allocation.placements(rows.iterator(CHUNK)), suffix, round.name)


@requires(Permission.SEE_PLACEMENTS)
def attendance(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    """Each stay with its days and hours."""
    found, about = _stays(request, pk, "attendance_file")
    rows = found.prefetch_related("attendance").iterator(CHUNK)
    return file_answer(
        stays.attendance(Stay.of(row, row.attendance.all()) for row in rows), suffix, about
    )


@requires(Permission.SEE_PLACEMENTS)
def feedback(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    """What the workplaces have said of the students."""
    found, about = _stays(request, pk, "feedback_file")
    related = [f"placement__{name}" for name in STAYS]
    said = Feedback.objects.filter(placement__in=found.values("pk")).select_related(*related)
    rows = said.order_by("placement__student__sort_key", "pk").iterator(CHUNK)
    return file_answer(stays.feedback(rows), suffix, about)


@requires(Permission.ANSWER_PLACEMENTS)
def my_hours(request: AuthenticatedRequest, suffix: str) -> HttpResponseBase:
    """A workplace's own count: every stay there with its days and hours."""
    mine = Workplace.objects.answered_by(request.user)
    found = Placement.objects.visible_to(request.user).stays().filter(slot__workplace__in=mine)
    _looked(request, "my_hours_file", found)
    rows = found.select_related(*STAYS).prefetch_related("attendance")
    ordered = rows.order_by("-period__start", "student__sort_key", "pk").iterator(CHUNK)
    return file_answer(
        stays.attendance(Stay.of(row, row.attendance.all()) for row in ordered), suffix
    )


def _stays(request: AuthenticatedRequest, pk: UUID, page: str) -> tuple[QuerySet[Placement], str]:
    round = _round(request, pk)
    hers = Student.objects.visible_to(request.user)
    seen = Placement.objects.visible_to(request.user).for_round(round).stays()
    found = seen.filter(student__in=hers)
    _looked(request, page, found)
    return found.select_related(*STAYS).order_by("student__sort_key", "pk"), round.name
