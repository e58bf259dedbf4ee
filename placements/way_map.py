"""The way from where she lives to where she practises, as a picture of two circles."""

from __future__ import annotations

from django.utils.translation import gettext as _

from placements.maps import Map, Spot
from placements.models import Placement


def way(placement: Placement) -> Map | None:
    """None where both are drawn at one spot: a workplace without a position in her own municipality.

    Where she lives is known as a municipality, so it is drawn at its centre, like the estimate.
    """
    workplace, home = placement.slot.workplace, placement.student.municipality
    latitude, longitude = workplace.position
    if (latitude, longitude) == (home.latitude, home.longitude):
        return None
    minutes = "" if placement.travel_minutes is None else placement.travel_minutes
    return Map(
        key=f"way-{placement.pk}",
        title=_("The way there"),
        says=_("Two circles: the centre of %(home)s, where the way begins, and %(place)s.")
        % {"home": home.name, "place": workplace.name},
        head=[_("Place"), _("Minutes from home")],
        spots=[
            Spot(home.name, home.latitude, home.longitude, 1, cells=("",), kind="home"),
            Spot(workplace.name, latitude, longitude, 1, part=1, cells=(minutes,)),
        ],
    )
