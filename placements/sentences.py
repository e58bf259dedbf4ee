"""What the engine says, with names in the place of ids: for coordinators, who may know them."""

from __future__ import annotations

import re
from uuid import UUID

from placements.models import Candidate, Round, Slot
from placements.templatetags.weeks import week_numbers
from schools.models import School, Student

_ID = re.compile(r'"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"?')


def named(text: str, round: Round) -> str:
    """The text with everything of the round called by its name."""
    ids = {UUID(found) for found in _ID.findall(text)}
    if not ids:
        return text
    people = Candidate.objects.for_round(round).taking_part().filter(pk__in=ids)
    places = Slot.objects.filter(round=round, pk__in=ids).select_related("workplace", "period")
    here = Candidate.objects.for_round(round).taking_part()
    names = {
        **{one.pk: one.name for one in School.objects.filter(pk__in=ids)},
        **{
            one.pk: one.name
            for one in Student.objects.filter(pk__in=ids, candidates__in=here).distinct()
        },
        **{one.pk: one.name for one in people.named()},
        **{one.pk: f"{one.workplace.name} ({week_numbers(one.period)})" for one in places},
    }
    return _ID.sub(lambda found: names.get(UUID(found[1]), found[0]), text)
