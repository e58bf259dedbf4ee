"""What workplaces offered before: last year's answer, which this year's page opens on."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from placements.models import Round, Slot


def last_answers(round: Round, workplaces: Iterable[UUID]) -> dict[UUID, list[int]]:
    """For each workplace the places it offered per period in its latest earlier round, in date order."""
    earlier = (
        Slot.objects.filter(
            workplace__in=list(workplaces),
            round__county=round.county_id,
            round__wishes_deadline__lt=round.wishes_deadline,
            round__programmes__in=round.programmes.all(),
        )
        .order_by("-round__wishes_deadline", "period__start", "period__end", "period__name")
        .values_list("workplace", "round", "capacity")
    )
    latest: dict[UUID, UUID] = {}
    answers: dict[UUID, list[int]] = defaultdict(list)
    for workplace, source, capacity in earlier:
        if latest.setdefault(workplace, source) == source:
            answers[workplace].append(capacity)
    return dict(answers)
