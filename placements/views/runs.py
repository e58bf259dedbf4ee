"""Proposals: start one, watch it, read what it achieves, compare two, check it oneself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import board, levels, repair_report, report, rules
from placements.actions import runs
from placements.forms.runs import AssignmentFilter, StartForm
from placements.matching.canonical import encode
from placements.models import Candidate, MatchingRun
from placements.models.rounds import RoundState
from placements.models.runs import MatchingRunQuerySet, RunState
from placements.sentences import named
from placements.views.rounds import decided_by

PAGE = 25
READABLE = (RunState.COMPUTED, RunState.STALE, RunState.PUBLISHED, RunState.SUPERSEDED)


def found(request: AuthenticatedRequest, pk: UUID) -> MatchingRun:
    """The proposal, if she decides on its round."""
    return get_object_or_404(_seen(request).proposals(), pk=pk)


def _seen(request: AuthenticatedRequest) -> MatchingRunQuerySet:
    """Proposals and what-ifs: both are worked out, watched and stopped in the same way."""
    seen = MatchingRun.objects.visible_to(request.user).defer("problem", "solution")
    return seen.select_related("round", "previous", "started_by")


@requires(Permission.SEE_RUNS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    rows = list(
        MatchingRun.objects.visible_to(request.user)
        .for_round(round)
        .proposals()
        .select_related("started_by")
        .defer("problem", "solution")
    )
    return render(
        request,
        "placements/runs/list.html",
        {
            "round": round,
            "runs": rows,
            "active": next((run for run in rows if run.waits), None),
            "form": StartForm(round=round),
            "rules": rules.rows(round.policy),
            "can_start": round.state == RoundState.MATCHING,
        },
    )


@requires(Permission.START_RUNS)
@require_POST
@once
def start(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    form = StartForm(request.POST, round=round)
    repairs = "repair" in request.POST
    if not form.is_valid():
        messages.error(request, _("Choose a proposal from the list."))
        return redirect("runs", pk=round.pk)
    try:
        run = runs.start(
            round,
            by=request.user,
            previous=form.cleaned_data["previous"],
            repairs=repairs,
            may_worsen="may_worsen" in request.POST,
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("placements" if repairs else "runs", pk=round.pk)
    return redirect("run_progress", pk=run.pk)


@requires(Permission.SEE_RUNS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = get_object_or_404(_seen(request), pk=pk)
    if run.waits:
        return redirect("run_progress", pk=run.pk)
    if run.base_id and run.state in READABLE:
        return redirect("what_if", pk=run.pk)
    if run.state not in READABLE:
        shown = {"run": run, "round": run.round, "error": named(run.error, run.round)}
        return render(request, "placements/runs/ended.html", shown)
    form = AssignmentFilter(request.GET)
    rows = form.narrow(
        run.assignments.named()
        .select_related("slot__workplace", "slot__period")
        .order_by("candidate__student__sort_key", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.looked(request, "run", Candidate, len(page.object_list))
    query = request.GET.copy()
    query.pop("page", None)
    others = MatchingRun.objects.for_round(run.round).proposals().filter(state__in=READABLE)
    return render(
        request,
        "placements/runs/detail.html",
        {
            "run": run,
            "round": run.round,
            "report": report.Report(run),
            "took": run.finished_at - run.started_at
            if run.finished_at and run.started_at
            else None,
            "page": page,
            "filter": form,
            "query": query.urlencode(),
            "filtered": any(value for value in query.values()),
            "others": others.exclude(pk=run.pk).only("pk", "number", "round"),
            "outdated": _outdated(run),
            "repairs": repair_report.rows(run),
            "adjusted": board.Adjusted.of(run) if run.adjusts_id else None,
            "can_publish": run.state == RunState.COMPUTED and not _outdated(run),
        },
    )


def _outdated(run: MatchingRun) -> bool:
    """Whether what it depends on has changed since."""
    if run.state == RunState.STALE:
        return True
    return run.state == RunState.COMPUTED and run.round_version != run.round.version


@requires(Permission.SEE_RUNS)
def progress(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The page polls itself: htmx asks for the fragment alone; without scripts the whole page comes
    again every five seconds, until she asks it to stand still (WCAG 2.2.1)."""
    run = get_object_or_404(_seen(request), pk=pk)
    is_htmx = bool(getattr(request, "htmx", False))
    if not run.waits:
        url = reverse("run", args=[run.pk])
        return HttpResponse(headers={"HX-Redirect": url}) if is_htmx else redirect(url)
    context = {
        "run": run,
        "round": run.round,
        "step": levels.step(run.progress_step),
        "still": "still" in request.GET,
    }
    template = "placements/runs/_progress.html" if is_htmx else "placements/runs/progress.html"
    return render(request, template, context)


@requires(Permission.START_RUNS)
@require_POST
@once
def cancel(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = get_object_or_404(_seen(request), pk=pk)
    try:
        runs.cancel(run, by=request.user)
    except DomainError as error:
        messages.info(request, str(error))
    else:
        messages.success(request, _("The run is being stopped."))
    return redirect("run", pk=run.pk)


@requires(Permission.SEE_RUNS)
def compare(request: AuthenticatedRequest, pk: UUID, other: UUID) -> HttpResponse:
    """`pk` against `other`, which comes first in the table."""
    run, before = found(request, pk), found(request, other)
    if run.round_id != before.round_id or not {run.state, before.state} <= set(READABLE):
        messages.error(request, _("Only two finished proposals of one round can be compared."))
        return redirect("runs", pk=run.round_id)
    moves = report.moves(before, run)
    effects = report.effects(moves)
    audit.looked(request, "run_compare", Candidate, len(moves))
    return render(
        request,
        "placements/runs/compare.html",
        {
            "run": run,
            "before": before,
            "round": run.round,
            "rows": side_by_side(before, run),
            "moves": moves,
            "worse": effects["worse"] + effects["lost"],
            "better": effects["better"] + effects["gained"],
        },
    )


def side_by_side(before: MatchingRun, run: MatchingRun) -> list[tuple[str, int | None, int | None]]:
    """What both achieve: placed, each wish, travel, and each level that only one of them has too."""
    sides = [dict(_figures(one)) for one in (before, run)]
    names = dict.fromkeys(name for side in sides for name in side)
    return [(name, sides[0].get(name), sides[1].get(name)) for name in names]


def _figures(run: MatchingRun) -> list[tuple[str, int]]:
    summary = report.summary_of(run)
    travel = summary["travel"] or {}
    return [
        (_("Placed"), summary["placed"]),
        *report.wish_rows(summary),
        (_("Travel, median (minutes)"), travel.get("median", 0)),
        (_("Travel, longest (minutes)"), travel.get("longest", 0)),
        (_("Travel, together (minutes)"), travel.get("total", 0)),
        *(
            (f"{levels.name(row['name'])}: {levels.counts(row['name'])}", row["value"])
            for row in summary["levels"]
            if row["name"] in ("wishes:squared", "moves")
        ),
    ]


@requires(Permission.SEE_RUNS)
def problem(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The frozen input, byte for byte as it was hashed."""
    run = _whole(request, pk)
    return _download(run.problem.file if run.problem else b"{}", f"problem-{run.number}.json")


@requires(Permission.SEE_RUNS)
def solution(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = _whole(request, pk)
    return _download(encode(run.solution).encode(), f"solution-{run.number}.json")


def _whole(request: AuthenticatedRequest, pk: UUID) -> MatchingRun:
    seen = MatchingRun.objects.visible_to(request.user).filter(state__in=READABLE)
    run = get_object_or_404(seen, pk=pk)
    audit.looked(request, "run_download", MatchingRun, run.pk)
    return run


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
