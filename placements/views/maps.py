"""Pictures: "Where are the places, where do the students live, and when is it short?"."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.decorators import AuthenticatedRequest, requires
from accounts.policy import Permission
from placements import round_map
from placements.models import Round
from placements.models.rounds import RoundState
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
    return render(
        request,
        "placements/rounds/map.html",
        {"round": found, "places": places, "homes": homes, "left_out": left_out},
    )
