"""Pictures: "Where are the places, where do the students live, and when is it short?"."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements import round_map, round_weeks
from placements.forms.workplaces import WorkplaceFilter
from placements.listing import Listing
from placements.models import Round, Workplace
from placements.models.rounds import RoundState
from placements.workplace_map import workplace_map
from placements.workplace_rows import SORTS
from schools.models import Municipality


@requires(Permission.SEE_CAPACITY)
def round(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Round.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("county"), pk=pk)

    def link(municipality: Municipality) -> str:
        """The register there; in this round as long as it can be chosen there."""
        query = {"municipality": municipality.pk}
        if found.state != RoundState.CLOSED:
            query |= {"round": found.pk}
        return f"{reverse('workplaces')}?{urlencode(query)}"

    places, homes, left_out = round_map.of(found, request.user, link)
    periods = list(found.periods.all())
    weeks, free_of_period = round_weeks.against_need(found, periods)
    by = "kind" if request.GET.get("by") == "kind" else "municipality"
    sees_wishes = request.user.has_perm(Permission.SEE_WISHES)
    return render(
        request,
        "placements/rounds/map.html",
        {
            "round": found,
            "places": places,
            "homes": homes,
            "left_out": left_out,
            "weeks": weeks,
            "free_of_period": free_of_period,
            "by": by,
            "heat": round_weeks.heat(found, periods, by),
            "answers": round_weeks.answers(found),
            "wishes": round_weeks.wishes(found, request.user) if sees_wishes else None,
        },
    )


@requires(Permission.SEE_WORKPLACES)
def workplaces(request: AuthenticatedRequest) -> HttpResponse:
    """The register's second tab: the same selection, on a map."""
    seen = Workplace.objects.visible_to(request.user)
    found = WorkplaceFilter(request.GET, seen, user=request.user)
    listing = Listing(request, SORTS)
    response = render(
        request,
        "placements/workplaces/map.html",
        {
            "filter": found,
            "listing": listing,
            "count": found.qs.count(),
            "map": workplace_map(found, request.user, listing.filters),
            "tiles": settings.MAP_TILES,
        },
    )
    if settings.MAP_TILES:
        _let_tiles_in(response, host=settings.MAP_TILES[2])
    return response


def _let_tiles_in(response: HttpResponse, *, host: str) -> None:
    """Pictures from that host, on this answer alone: as `csp_update` does, with what is set now."""
    setattr(response, "_csp_update", {"img-src": [host]})  # noqa: B010  # the middleware's own name
