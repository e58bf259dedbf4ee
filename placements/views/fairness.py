"""Fairness: "Did it turn out evenly, and who should come first next time?"."""

from __future__ import annotations

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
from placements import fairness
from placements.actions import priority
from placements.models import Candidate, Round
from placements.views.rounds import decided_by


@requires(Permission.SEE_PLACEMENTS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The round itself when it is published, and all that came before it in the county."""
    seen = Round.objects.visible_to(request.user)
    round = get_object_or_404(seen.select_related("county"), pk=pk)
    past = seen.filter(
        county=round.county_id,
        state__in=fairness.PAST,
        wishes_deadline__lte=round.wishes_deadline,
    )
    years = fairness.outcomes(request.user, past)
    published = round.state in fairness.PAST
    here = fairness.outcomes(request.user, [round]) if published else []
    decides = round.managed_by(request.user)
    carried = list(
        priority.lost_last_time(round)
        .filter(pk__in=Candidate.objects.visible_to(request.user))
        .select_related("student__school_class", "school")
        if not published
        else []
    )
    audit.looked(request, "round_fairness", Candidate, len(carried))
    return render(
        request,
        "placements/rounds/fairness.html",
        {
            "round": round,
            "published": published,
            "here": [
                fairness.by_school(here),
                fairness.by_class(here),
                fairness.by_municipality(here),
            ]
            if here
            else [],
            "whole": fairness.whole(here) if here else None,
            "years": [
                fairness.by_round(years),
                fairness.by_school(years),
                fairness.by_municipality(years),
            ]
            if years and (not published or len({one.round for one in years}) > 1)
            else [],
            "carried": carried,
            "coming_first": sum(one.priority > 0 for one in carried),
            "can_change": decides and priority.can_change(round),
        },
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def carry_over(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    try:
        if "back" in request.POST:
            count = priority.take_back(round, by=request.user)
            said = ngettext(
                "%d student does not come first any more.",
                "%d students do not come first any more.",
                count,
            )
        else:
            count = priority.carry_over(round, by=request.user)
            said = ngettext("%d student comes first now.", "%d students come first now.", count)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said % count if count else _("Nothing had to change."))
    return redirect("round_fairness", pk=round.pk)
