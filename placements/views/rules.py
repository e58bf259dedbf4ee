"""The rules of a round: "What counts first, and what last?"."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import rules
from placements.actions import rounds
from placements.matching.policies import STABLE
from placements.models import Round
from placements.views.rounds import decided_by


@requires(Permission.SEE_ROUNDS, Permission.SEE_OWN_PLACEMENT, Permission.ANSWER_PLACEMENTS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = get_object_or_404(Round.objects.concerning(request.user), pk=pk)
    decides = round.managed_by(request.user)
    return render(
        request,
        "placements/rounds/rules.html",
        {
            "round": round,
            "name": rules.name_of(round.policy),
            "rules": rules.rows(round.policy),
            "ready": [one for one in rules.ready() if one.levels != round.policy],
            "left_out": rules.left_out(round.policy),
            "workplaces_choose": STABLE in round.policy,
            "decides": decides,
            "changeable": decides and round.state in rules.CHANGEABLE,
        },
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def change(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One button, one step: `up`, `down`, `add` and `remove` name a level, `ready` a list."""
    round = decided_by(request, pk)
    policy = _wanted(request, round.policy)
    version = untrusted.version(request.POST.get("version", ""))
    try:
        if policy is None:
            raise DomainError(_("Choose what should change."))
        changed = rounds.set_rules(round, policy, version=version, by=request.user)
    except (Conflict, DomainError) as error:
        messages.error(request, str(error))
    else:
        if changed.policy != round.policy:
            messages.success(
                request, _("The rules are now: %(name)s.") % {"name": rules.name_of(changed.policy)}
            )
    return redirect("round_rules", pk=round.pk)


def _wanted(request: AuthenticatedRequest, policy: list[str]) -> list[str] | None:
    if "ready" in request.POST:
        return next((r.levels for r in rules.ready() if r.key == request.POST["ready"]), None)
    for button, change in _STEPS.items():
        if button in request.POST:
            return change(policy, request.POST[button])
    return None


_STEPS: dict[str, Callable[[list[str], str], list[str]]] = {
    "up": lambda policy, level: rules.moved(policy, level, -1),
    "down": lambda policy, level: rules.moved(policy, level, 1),
    "add": rules.with_level,
    "remove": rules.without_level,
}
