"""Choosing one among the repairs that a run has worked out side by side."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import runs
from placements.models.runs import RunState
from placements.report import summary_of
from placements.views.runs import found


@requires(Permission.START_RUNS)
@require_POST
@once
def choose(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Make a proposal of one with fewer moves: those moves, and no others."""
    run = found(request, pk)
    sent = request.POST.get("alternative", "")
    alternatives = summary_of(run).get("repairs") or [] if run.summary else []
    if not sent.isascii() or not sent.isdigit() or int(sent[:6]) >= len(alternatives):
        messages.error(request, _("Choose one of the repairs in the table."))
        return redirect("run", pk=run.pk)
    if run.state != RunState.COMPUTED or run.round_version != run.round.version:
        messages.warning(request, _("Something has changed since then. Propose a repair again."))
        return redirect("run", pk=run.pk)
    try:
        chosen = runs.start(
            run.round,
            by=request.user,
            policy=run.policy,
            repairs=True,
            may_worsen=run.may_worsen,
            changes=[{"only_moves": alternatives[int(sent[:6])]["moves"]}],
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("run", pk=run.pk)
    return redirect("run_progress", pk=chosen.pk)
