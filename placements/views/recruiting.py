"""More places: "Whom do I call, and what would it help?"."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements import recruiting, relief
from placements.models import Candidate, MatchingRun, Round
from placements.views.runs import READABLE


@requires(Permission.SEE_RUNS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = MatchingRun.objects.visible_to(request.user).filter(state__in=READABLE)
    run = get_object_or_404(seen.select_related("round"), pk=pk)
    page = untrusted.version(request.GET.get("page", "")) or 1
    board = recruiting.board(run, request.user, page)
    searches = board.searches
    audit.looked(request, "run_recruit", Candidate, sum(len(one.unplaced) for one in searches))
    return render(
        request,
        "placements/runs/recruit.html",
        {
            "run": run,
            "round": run.round,
            "searches": searches,
            "page": Paginator(range(board.found), recruiting.PAGE).get_page(page),
            "stretched": relief.stretched(run) if searches else 0,
            "stretch": relief.STRETCH,
            "decides": Round.objects.managed_by(request.user).filter(pk=run.round_id).exists(),
            "asking": Round.objects.taking_capacity().filter(pk=run.round_id).exists(),
        },
    )
