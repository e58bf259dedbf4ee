"""Workplaces know and students do not yet: how it stands, another time, now, or all of it taken back."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import telling
from placements.forms.telling import DayForm
from placements.models import Placement, Round
from placements.models.placements import OCCUPYING, PlacementState
from placements.views.rounds import decided_by


@requires(Permission.PUBLISH_RUNS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _page(request, decided_by(request, pk))


@requires(Permission.PUBLISH_RUNS)
@require_POST
@once
def tell(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    told = telling.tell(decided_by(request, pk), by=request.user)
    if told:
        says = ngettext("%d student is told now.", "%d students are told now.", told)
        messages.success(request, says % told)
    return redirect("placements", pk=pk)


@requires(Permission.PUBLISH_RUNS)
@require_POST
def postpone(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round, form = decided_by(request, pk), DayForm(request.POST)
    if form.is_valid():
        try:
            telling.postpone(round, form.until, by=request.user)
        except DomainError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, _("The day is changed."))
            return redirect("telling", pk=pk)
    return _page(request, round, form)


@requires(Permission.PUBLISH_RUNS)
@require_POST
@once
def recall(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    try:
        telling.recall(decided_by(request, pk), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("placements", pk=pk)
    messages.success(request, _("All of it is taken back. The round is being matched again."))
    return redirect("runs", pk=pk)


def _page(request: AuthenticatedRequest, round: Round, form: DayForm | None = None) -> HttpResponse:
    if round.students_wait_until is None:
        return redirect("placements", pk=round.pk)
    form = form or DayForm(initial={"day": timezone.localdate(round.students_wait_until)})
    answers = (
        Placement.objects.visible_to(request.user)
        .for_round(round)
        .aggregate(
            placed=Count("pk", Q(state__in=OCCUPYING)),
            confirmed=Count("pk", Q(state=PlacementState.CONFIRMED)),
            declined=Count("pk", Q(state=PlacementState.DECLINED)),
        )
    )
    return render(
        request,
        "placements/rounds/telling.html",
        {"round": round, "form": form, **answers},
        status=422 if form.errors else 200,
    )
