"""A county's school year in the administration: a picture of its months, and the same as a table."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin_tools import shown, tool
from schools.models import County
from schools.year import SchoolYear, starts

TITLE = _("School year and holidays")


@tool("school_year", TITLE, _("Each county's breaks and public holidays, month by month."))
def school_year(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    counties = list(County.objects.current(today).order_by("number"))
    wanted, year = request.GET.get("county", ""), request.GET.get("year", str(starts(today)))
    with_breaks = set(County.objects.exclude(breaks=None).values_list("pk", flat=True))
    first = next((c for c in counties if c.pk in with_breaks), counties[0] if counties else None)
    county = next((c for c in counties if str(c.pk) == wanted), None) if wanted else first
    if county is None or not re.fullmatch(r"20\d\d", year):
        raise Http404
    context = {
        "counties": counties,
        "years": range(starts(today) - 1, starts(today) + 4),
        "shown_year": SchoolYear(county, int(year)),
    }
    return shown(request, "admin/school_year.html", TITLE, **context)
