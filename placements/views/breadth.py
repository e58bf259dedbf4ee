"""Does the county as a whole teach all of it? Learning areas offered against needed, over the years."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements import breadth_years
from placements.models import Candidate, Round
from schools.models import County


@requires(Permission.SEE_CAPACITY)
def areas(request: AuthenticatedRequest) -> HttpResponse:
    """Of the rounds that she decides on, one county at a time; of those that her school only takes part
    in, what its own students need, beside the places that all of the round's schools share."""
    mine = Round.objects.managed_by(request.user)
    shared = Round.objects.visible_to(request.user).exclude(pk__in=mine.values("pk"))
    hers = Candidate.objects.visible_to(request.user)
    counties = list(County.objects.filter(rounds__in=mine).distinct().order_by("number"))
    wanted = request.GET.get("county", "")
    chosen = next((c for c in counties if not wanted or c.number == wanted), None)
    if wanted and chosen is None:
        raise Http404
    rounds = mine.filter(county=chosen) if chosen else Round.objects.none()
    context = {
        "years": breadth_years.of(rounds),
        "ours": breadth_years.of(shared, hers),
        "county": chosen,
        "counties": counties,
    }
    return render(request, "placements/workplaces/areas.html", context)
