"""What a round's maps show: workplaces and free places per municipality, and where its students live.

Numbers only. Of students she may not see, a group of fewer than FEW in a municipality is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from placements.maps import Map, Spot
from placements.models import Candidate, Round
from schools.models import Municipality

FEW = 5
Link = Callable[[Municipality], str]


def frame(municipalities: Iterable[Municipality]) -> list[tuple[float, float]]:
    return [(m.latitude, m.longitude) for m in municipalities]


def of(round: Round, user: User, link: Link) -> tuple[Map, Map, bool]:
    """Places, students, and whether any group of students is left out for being small."""
    places = {
        row["workplace__municipality"]: row
        for row in round.slots.filter(capacity__gt=0)
        .order_by()
        .values("workplace__municipality")
        .annotate(
            workplaces=Count("workplace", distinct=True),
            places=Sum("capacity"),
            left=Sum(F("capacity") - F("used")),
        )
    }
    mine, others = _homes(round, user)
    shown = without_small(others)
    students = {pk: mine[pk] + shown.get(pk, 0) for pk in {*mine, *shown}}
    county = list(Municipality.objects.filter(county=round.county_id, valid_to=None))
    inside = {m.pk for m in county}
    outside = Municipality.objects.filter(pk__in=({*places, *students} - inside))
    known = sorted([*county, *outside], key=lambda m: m.sort_key)
    largest = max([row["places"] for row in places.values()] + list(students.values()), default=0)
    offered = Map(
        key="places",
        title=_("Places offered, per municipality"),
        says=_("The area of a circle is the number of places; what is filled of it is free."),
        head=[_("Municipality"), _("Workplaces"), _("Places"), _("Free")],
        first=_("Places"),
        second=_("Free"),
        frame=frame(county),
        largest=largest,
        spots=[
            Spot(
                name=m.name,
                latitude=m.latitude,
                longitude=m.longitude,
                value=places[m.pk]["places"],
                part=places[m.pk]["left"],
                cells=(places[m.pk]["workplaces"], places[m.pk]["places"], places[m.pk]["left"]),
                url=link(m),
            )
            for m in known
            if m.pk in places
        ],
    )
    homes = Map(
        key="homes",
        title=_("Where the students live"),
        says=_("The area of a circle is the number of students, on the scale of the places."),
        head=[_("Municipality"), _("Students")],
        frame=frame(county),
        largest=largest,
        spots=[
            Spot(m.name, m.latitude, m.longitude, students[m.pk], kind="home")
            for m in known
            if m.pk in students
        ],
    )
    return offered, homes, len(shown) < len(others)


def _homes(round: Round, user: User) -> tuple[Counter[UUID], Counter[UUID]]:
    """Students taking part, per home municipality: those she may see, and the others."""

    def counted(rows: Iterable[tuple[UUID, int]]) -> Counter[UUID]:
        return Counter(dict(rows))

    taking = round.candidates.taking_part().order_by()
    grouped = taking.values_list("student__municipality")
    everybody = counted(grouped.annotate(Count("student", distinct=True)))
    seen = Candidate.objects.visible_to(user).values("pk")
    mine = counted(grouped.filter(pk__in=seen).annotate(Count("student", distinct=True)))
    return mine, everybody - mine


def without_small(groups: Counter[UUID]) -> dict[UUID, int]:
    """Those of FEW or more. Who knows the sum cannot work out what is left out: it is FEW or more, too,
    and more than one group."""
    shown = {pk: n for pk, n in groups.items() if n >= FEW}
    hidden = [n for n in groups.values() if n < FEW]
    while hidden and shown and (len(hidden) < 2 or sum(hidden) < FEW):
        least = min(shown, key=lambda pk: (shown[pk], str(pk)))
        hidden.append(shown.pop(least))
    return shown
