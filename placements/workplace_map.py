"""The register of workplaces on a map: those of a selection, per municipality."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from placements.forms.workplaces import WorkplaceFilter
from placements.maps import Map, Spot
from placements.models import Workplace
from placements.round_map import frame
from placements.workplace_rows import with_history
from schools.models import Municipality
from schools.registers import counties_of


def workplace_map(found: WorkplaceFilter, user: User, filters: str) -> Map:
    """The area is the number of workplaces; what is filled of it offers places. Each circle leads to
    its municipality in the list, in the same selection."""
    alike = Workplace.objects.filter(pk__in=found.qs.values("pk"))
    rows: Any = with_history(alike, user, found.form.cleaned_data.get("round"))
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for municipality, places in rows.order_by().values_list("municipality", "places"):
        here = sums[municipality]
        here[0] += 1
        here[1] += places > 0
        here[2] += places
    shown = Municipality.objects.filter(pk__in=sums)
    around = Municipality.objects.filter(county__in=counties_of(user), valid_to=None)
    return Map(
        key="workplaces",
        title=_("Workplaces per municipality"),
        says=_(
            "The area of a circle is the number of workplaces; what is filled of it offers places."
        ),
        head=[_("Municipality"), _("Workplaces"), _("Offer places"), _("Places")],
        first=_("Workplaces"),
        second=_("Offer places"),
        frame=frame(around),
        spots=[
            Spot(
                name=m.name,
                latitude=m.latitude,
                longitude=m.longitude,
                value=sums[m.pk][0],
                part=sums[m.pk][1],
                cells=tuple(sums[m.pk]),
                url=_address(filters, m),
            )
            for m in shown
        ],
    )


def _address(filters: str, municipality: Municipality) -> str:
    query = QueryDict(filters, mutable=True)
    query["municipality"] = str(municipality.pk)
    return f"{reverse('workplaces')}?{urlencode(list(query.items()))}"
