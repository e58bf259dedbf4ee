"""What students have said of a workplace, in numbers that tell on nobody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from placements.models import Evaluation, Workplace
from placements.models.reviews import FEWEST, QUESTIONS, asked
from placements.models.workplaces import WorkplaceQuerySet


@dataclass(frozen=True)
class Average:
    """The mean answer to one question, from 1 to 4."""

    question: str
    mean: float


@dataclass(frozen=True)
class Averages:
    """One workplace: how many answered, and the means, if they are enough."""

    workplace: Workplace
    counted: int
    means: list[Average]


def averages(workplaces: WorkplaceQuerySet) -> list[Averages]:
    """For each workplace, over the first five, ten, fifteen ... evaluations.

    In fives, because the difference between the means of five and of six is the answer of the sixth.
    """
    answers: dict[UUID, list[tuple[int, ...]]] = defaultdict(list)
    given = Evaluation.objects.filter(
        placement__slot__workplace__in=workplaces, placement__student__manual_handling=False
    ).order_by("given_at", "pk")
    for workplace, *said in given.values_list("placement__slot__workplace", *QUESTIONS):
        answers[workplace].append(tuple(said))
    found = []
    for workplace in workplaces.order_by("name", "pk"):
        counted = answers[workplace.pk][: len(answers[workplace.pk]) // FEWEST * FEWEST]
        columns = zip(*counted, strict=True)
        found.append(
            Averages(
                workplace,
                len(counted),
                [
                    Average(
                        asked(Evaluation, name),
                        sum(column) / len(counted),
                    )
                    for name, column in zip(QUESTIONS, columns, strict=False)
                ],
            )
        )
    return found
