"""What workplaces offered before: last year's answer, which this year's page opens on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import prepared
from placements.models import Round, Slot
from schools.models import Programme


def last_answers(round: Round, workplaces: Iterable[UUID]) -> dict[UUID, list[int]]:
    """For each workplace the places it offered per period in its latest earlier round, in date order."""
    earlier = _earlier(list(workplaces), round.county_id, round.wishes_deadline, round.pk)
    latest: dict[UUID, UUID] = {}
    answers: dict[UUID, list[int]] = defaultdict(list)
    for workplace, source, capacity in earlier:
        if latest.setdefault(workplace, source) == source:
            answers[workplace].append(capacity)
    return dict(answers)


@prepared
def _earlier(
    workplaces: Sequence[UUID], county: UUID, before: dt.datetime, round: UUID
) -> QuerySet[Any, Any]:
    """Their places in the county's earlier rounds for any of the round's programmes, the latest first."""
    slots = Slot.objects.filter(
        workplace__in=workplaces,
        round__county=county,
        round__wishes_deadline__lt=before,
        round__programmes__in=Programme.objects.filter(rounds=round).order_by(),
    ).order_by("-round__wishes_deadline", "period__start", "period__end", "period__name")
    return slots.values_list("workplace", "round", "capacity")
