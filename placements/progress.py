"""How far rounds have come: counted for all of them at once, a question for each kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from accounts.models import User
from placements.models import Candidate, CapacityRequest, Placement, Round, Slot
from placements.models.capacity import AnswerState
from placements.models.placements import PlacementState
from placements.models.preferences import WishesState
from placements.models.rounds import start_of_today


def count(rounds: Sequence[Round], user: User) -> None:
    """Say of each how far it has come, counting only students that the user may see.

    students, wishes_sent, wishless, unreminded_students, placed, confirmed; and for the whole round:
    places, asked, answered, silent, unreminded. Who was reminded today is left in peace.
    """
    fresh = Q(reminded_at=None) | Q(reminded_at__lt=start_of_today())
    sent, silent = Q(wishes_state=WishesState.SENT), Q(state=AnswerState.ASKED)
    reachable = Q(student__left_at=None) & ~Q(student__email="")
    _say(
        rounds,
        Candidate.objects.visible_to(user).taking_part(),
        students=Count("pk"),
        wishes_sent=Count("pk", filter=sent),
        unreminded_students=Count("pk", filter=~sent & reachable & fresh),
    )
    _say(
        rounds,
        Placement.objects.visible_to(user).occupying(),
        placed=Count("pk"),
        confirmed=Count("pk", filter=~Q(state=PlacementState.PLANNED)),
    )
    _say(rounds, Slot.objects.all(), places=Sum("capacity"))
    _say(
        rounds,
        CapacityRequest.objects.exclude(state=AnswerState.NOT_ASKED),
        asked=Count("pk"),
        answered=Count("pk", filter=~silent),
        silent=Count("pk", filter=silent),
        unreminded=Count("pk", filter=silent & fresh),
    )
    for round in rounds:
        now: Any = round
        now.wishless = now.students - now.wishes_sent


def _say(rounds: Sequence[Round], rows: QuerySet[Any], **numbers: Aggregate) -> None:
    """Each of the numbers becomes an attribute of the round; 0 where there are no rows."""
    grouped = rows.filter(round__in=rounds).order_by().values_list("round").annotate(**numbers)
    found = {round: counted for round, *counted in grouped}
    for round in rounds:
        for name, number in zip(numbers, found.get(round.pk, repeat(0)), strict=False):
            setattr(round, name, number)
