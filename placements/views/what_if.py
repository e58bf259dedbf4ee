"""What if: ask it of a proposal, see what would be different, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import report
from placements.actions import what_if as actions
from placements.forms.what_if import WhatIfForm
from placements.imagined import ADD
from placements.models import Candidate, MatchingRun
from placements.report import summary_of
from placements.views.runs import READABLE, found, side_by_side
from placements.what_if import ChangeRow, Words


@dataclass(frozen=True)
class Column:
    """A what-if beside the proposal it asks about."""

    run: MatchingRun
    changes: list[ChangeRow]


@requires(Permission.SEE_RUNS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """All what-ifs of a proposal, and the form for another one."""
    base = found(request, pk)
    if base.state not in READABLE:
        return redirect("run", pk=base.pk)
    return _index(request, base, WhatIfForm(run=base, user=request.user), _built_on(request, base))


def _index(
    request: AuthenticatedRequest, base: MatchingRun, form: WhatIfForm, built_on: Column | None
) -> HttpResponse:
    rows = list(base.what_ifs.defer("problem", "solution").order_by("number"))
    words = Words(rows)
    return render(
        request,
        "placements/what_if/list.html",
        {
            "base": base,
            "round": base.round,
            "summary": summary_of(base),
            "columns": [Column(run, words.rows(run)) for run in rows],
            "form": form,
            "built_on": built_on,
        },
    )


def _built_on(request: AuthenticatedRequest, base: MatchingRun) -> Column | None:
    """The what-if whose changes the new one begins with, when one is named."""
    sent = request.POST if request.method == "POST" else request.GET
    pk = untrusted.identity(sent.get("on", ""))
    run = base.what_ifs.filter(pk=pk).first() if pk else None
    return Column(run, Words([run]).rows(run)) if run else None


@requires(Permission.START_RUNS)
@require_POST
@once
def start(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    base = found(request, pk)
    form, built_on = WhatIfForm(request.POST, run=base, user=request.user), _built_on(request, base)
    if base.state not in READABLE:
        return redirect("run", pk=base.pk)
    if form.is_valid():
        before = list(built_on.run.changes) if built_on else []
        try:
            run = actions.start(base, [*before, *form.changes()], by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("run_progress", pk=run.pk)
    return _index(request, base, form, built_on)


@requires(Permission.SEE_RUNS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """What would be different: in numbers, school by school, and for whom."""
    run = _scenario(request, pk)
    if run.state not in READABLE:
        return redirect("run_progress", pk=run.pk)
    base = run.base
    assert base is not None  # noqa: S101  (that is what makes it a what-if)
    moves = report.moves(base, run)
    changes = Words([run]).rows(run)
    more = summary_of(run)["placed"] - summary_of(base)["placed"]
    audit.looked(request, "what_if", Candidate, len(moves))
    return render(
        request,
        "placements/what_if/detail.html",
        {
            "run": run,
            "base": base,
            "round": run.round,
            "changes": changes,
            "not_so": [change for change in changes if not change.is_so],
            "supposed": next((c for c in run.changes if c["kind"] == ADD), None),
            "summary": summary_of(run),
            "more": more,
            "fewer": -more,
            "rows": side_by_side(base, run),
            "schools": _schools(base, run),
            "moves": moves,
            "effects": report.effects(moves),
        },
    )


def _schools(base: MatchingRun, run: MatchingRun) -> list[tuple[report.GroupRow, report.GroupRow]]:
    """Each school before and after."""
    before = {row.name: row for row in report.Report(base).schools}
    return [(before[row.name], row) for row in report.Report(run).schools if row.name in before]


@requires(Permission.START_RUNS)
@require_POST
@once
def adopt(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    scenario = _scenario(request, pk)
    try:
        run = actions.adopt(scenario, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("what_if", pk=scenario.pk)
    return redirect("run_progress", pk=run.pk)


@requires(Permission.START_RUNS)
@require_POST
@once
def drop(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    scenario = _scenario(request, pk)
    actions.drop(scenario, by=request.user)
    messages.success(request, _("The what-if is thrown away. Nothing else has changed."))
    return redirect("what_ifs", pk=scenario.base_id)


def _scenario(request: AuthenticatedRequest, pk: UUID) -> MatchingRun:
    seen = MatchingRun.objects.visible_to(request.user).exclude(base=None)
    return get_object_or_404(
        seen.select_related("round", "base").defer("problem", "solution"), pk=pk
    )
