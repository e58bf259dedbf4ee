"""Those that offer nothing and are nearest to a round's schools: whom to ask first."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cos, Radians

from accounts.models import User
from accounts.prepared import prepared
from placements import travel
from placements.capacity_grid import receiving
from placements.models import Round, RoundSchool, Slot

NEAREST = 8


class Silent(NamedTuple):
    """A workplace that offers nothing, and where it is."""

    pk: UUID
    name: str
    latitude: float
    longitude: float


# Its own position, or its municipality's: as `Workplace.position`.
_KNOWN = Q(latitude__isnull=False, longitude__isnull=False)
AT = {
    "north": Case(When(_KNOWN, then="latitude"), default="municipality__latitude"),
    "east": Case(When(_KNOWN, then="longitude"), default="municipality__longitude"),
}


@prepared
def _schools(round: UUID) -> QuerySet[Any, Any]:
    taking_part = RoundSchool.objects.filter(round=round)
    return taking_part.values_list(
        "school__municipality__latitude", "school__municipality__longitude"
    )


def silent(user: User, round: Round) -> list[tuple[Silent, int]]:
    """Those that offer nothing and are nearest to a school of the round, with minutes."""
    schools = _schools(round.pk)
    found = [Silent(*row) for row in _silent(user, round.pk)] if schools else []
    if not found:
        return []
    minutes = travel.minutes(
        [[latitude] for latitude, _longitude in schools],
        [[longitude] for _latitude, longitude in schools],
        [place.latitude for place in found],
        [place.longitude for place in found],
    ).min(axis=0)
    return sorted(zip(found, minutes.tolist(), strict=True), key=lambda pair: pair[1])


@prepared
def _silent(user: User, round: UUID) -> QuerySet[Any, Any]:
    """Only the nearest: by the square of the way to the nearest school, on a map that is flat there."""
    offering = Slot.objects.offered().filter(round=round).order_by().values("workplace")
    school = "school__municipality__"
    north = F(f"{school}latitude") - OuterRef("north")
    east = (F(f"{school}longitude") - OuterRef("east")) * Cos(Radians(f"{school}latitude"))
    ways = RoundSchool.objects.filter(round=round).annotate(way=north * north + east * east)
    silent = receiving(user).exclude(pk__in=offering).annotate(**AT)
    ordered = silent.order_by(Subquery(ways.order_by("way").values("way")[:1]), "sort_key", "pk")
    found: QuerySet[Any, Any] = ordered.values_list("pk", "name", "north", "east")[:NEAREST]
    return found
