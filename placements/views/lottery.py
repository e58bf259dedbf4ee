"""The lots of a round, in the open: "How do I know that nobody chose who wins?"."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import lottery
from placements.forms.lottery import OutcomeForm, SealForm
from placements.matching import lottery_weight
from placements.models import Lottery, Placement, Round
from placements.models.lottery import rules_of
from placements.models.rounds import RoundState
from placements.views.rounds import decided_by


@requires(Permission.SEE_ROUNDS, Permission.SEE_OWN_PLACEMENT, Permission.ANSWER_PLACEMENTS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """What was promised, what was drawn, and how to check it. The same page for everybody."""
    round = get_object_or_404(Round.objects.concerning(request.user), pk=pk)
    lots = Lottery.objects.visible_to(request.user).filter(round=round).first()
    decides = round.managed_by(request.user)
    own = (
        Placement.objects.visible_to(request.user)
        .occupying()
        .filter(round=round, student__user=request.user)
        .first()
    )
    opened = lots is not None and lots.revealed_at is not None
    return render(
        request,
        "placements/rounds/lottery.html",
        {
            "round": round,
            "lottery": lots,
            "opened": opened,
            "decides": decides,
            "runs": round.runs.proposals().count(),
            "changed": lots is not None and lots.rules != rules_of(round, lots.event),
            "own": own,
            "own_weight": lottery_weight(lots.seed, str(own.candidate_id), str(own.slot_id))
            if lots and opened and own
            else None,
            "seal_form": SealForm()
            if decides and lots is None and round.state in lottery.BEFORE
            else None,
            "outcome_form": OutcomeForm()
            if decides and lots and lots.waits_for_outcome and round.state == RoundState.MATCHING
            else None,
        },
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def seal(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    form = SealForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Describe the event in one line."))
        return redirect("lottery", pk=round.pk)
    try:
        lottery.seal(round, by=request.user, event=form.cleaned_data["event"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The lots are sealed. Nobody can change them now."))
    return redirect("lottery", pk=round.pk)


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def outcome(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the outcome of the event, and tick that you checked it."))
        return redirect("lottery", pk=round.pk)
    try:
        lottery.note_outcome(round, form.cleaned_data["outcome"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The outcome is written down. Matching can start."))
    return redirect("lottery", pk=round.pk)
