"""One thing done to many rows of a list: those ticked, or all that its filters find."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import bulk, capacity, preferences, rounds
from placements.forms.bulk import BulkForm, Choices, asking, chosen, with_students, with_workplaces
from placements.forms.preferences import CandidateFilter
from placements.forms.students import StudentFilter
from placements.forms.workplaces import WorkplaceFilter
from placements.models import Candidate, Round, Workplace
from schools.models import Requirement, Student


def _asked(
    request: AuthenticatedRequest, choices: Choices, seen: QuerySet[Any], found: QuerySet[Any]
) -> tuple[str, str, list[UUID]] | None:
    """The verb, what it is about, and which rows; None when that was not said."""
    form = BulkForm(request.POST, choices=choices)
    if not form.is_valid():
        messages.error(request, _("Choose what to do with those you have ticked."))
        return None
    if form.cleaned_data["all"]:
        pks = list(found.order_by("pk").values_list("pk", flat=True)[: bulk.MOST + 1])
    else:
        ticked = chosen(request.POST.getlist("chosen"))
        pks = list(seen.filter(pk__in=ticked).order_by("pk").values_list("pk", flat=True))
    if not pks:
        messages.error(request, _("Tick at least one in the list first."))
        return None
    return (*form.step, pks)


def _back(request: AuthenticatedRequest, address: str) -> HttpResponse:
    """The same selection again."""
    query = request.GET.urlencode()
    return redirect(f"{address}?{query}" if query else address)


@requires(Permission.SEE_STUDENTS)
@require_POST
@once
def students(request: AuthenticatedRequest) -> HttpResponse:
    seen = Student.objects.visible_to(request.user)
    found = StudentFilter(request.GET, seen, user=request.user)
    choices = with_students(request.user, found.under_way)
    asked = _asked(request, choices, seen, found.qs)
    if asked:
        _with_students(request, *asked)
    return _back(request, reverse("students"))


@requires(Permission.SEE_WISHES)
@require_POST
@once
def candidates(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    seen = Candidate.objects.visible_to(request.user).for_round(round).taking_part()
    found = CandidateFilter(request.GET, seen, user=request.user).qs
    choices = with_students(request.user, [round], enrol=False)
    asked = _asked(request, choices, seen, found)
    if asked:
        verb, about, pks = asked
        people = Candidate.objects.filter(pk__in=pks).values_list("student", flat=True)
        _with_students(request, verb, about, list(people))
    return _back(request, reverse("candidates", args=[pk]))


def _with_students(request: AuthenticatedRequest, verb: str, about: str, pks: list[UUID]) -> None:
    """The form has offered her only what she may do."""
    by = request.user
    try:
        bulk.check(len(pks))
        if verb == "remind":
            round = Round.objects.visible_to(by).get(pk=about)
            whom = Candidate.objects.visible_to(by).filter(student__in=pks)
            count = preferences.remind(round, whom, by=by)
            text = ngettext("%d student is reminded.", "%d students are reminded.", count) % count
        elif verb == "enrol":
            round = Round.objects.managed_by(by).get(pk=about)
            count = rounds.enrol(round, only=Student.objects.filter(pk__in=pks), by=by)
            text = (
                ngettext("%d new student takes part.", "%d new students take part.", count) % count
            )
        else:
            requirement = Requirement.objects.get(code=about)
            day = timezone.localdate()
            count = bulk.tick_off(pks, requirement=requirement, status=verb, seen_on=day, by=by)
            text = ngettext("%d change is saved.", "%d changes are saved.", count) % count
    except DomainError as error:
        messages.error(request, str(error))
        return
    _say(request, text, rest=len(pks) - count)


@requires(Permission.ASK_CAPACITY)
@require_POST
@once
def workplaces(request: AuthenticatedRequest) -> HttpResponse:
    seen = Workplace.objects.visible_to(request.user)
    found = WorkplaceFilter(request.GET, seen, user=request.user)
    choices = with_workplaces(asking(request.user, found.under_way))
    asked = _asked(request, choices, seen, found.qs)
    if asked:
        _with_workplaces(request, *asked)
    return _back(request, reverse("workplaces"))


def _with_workplaces(request: AuthenticatedRequest, verb: str, about: str, pks: list[UUID]) -> None:
    by = request.user
    round = Round.objects.managed_by(by).get(pk=about)
    try:
        bulk.check(len(pks))
        if verb == "ask":
            there = Workplace.objects.filter(pk__in=pks, active=True, receives_students=True)
            count, _unreached = capacity.ask(round, workplaces=there, by=by)
            text = ngettext("%d workplace is asked.", "%d workplaces are asked.", count) % count
        else:
            waiting = round.capacity_requests.unanswered().unreminded_today()
            waiting = waiting.filter(workplace__in=pks).select_related("workplace")
            count = capacity.remind(round, requests=waiting, by=by)
            text = (
                ngettext("%d workplace is reminded.", "%d workplaces are reminded.", count) % count
            )
    except DomainError as error:
        messages.error(request, str(error))
        return
    _say(request, text, rest=len(pks) - count)


def _say(request: AuthenticatedRequest, text: str, *, rest: int) -> None:
    """What was done, and how many of those marked it did not touch."""
    if rest:
        text += " " + ngettext(
            "%d needed nothing, or could not be reached.",
            "%d needed nothing, or could not be reached.",
            rest,
        ) % (rest)
    messages.success(request, text)
