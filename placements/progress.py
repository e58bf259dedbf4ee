"""How far rounds have come: counted for all of them at once, a question for each kind of thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import repeat
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, Q, QuerySet, Sum

from accounts.models import User
from accounts.prepared import Rows, prepared
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
    keys, today = [round.pk for round in rounds], start_of_today()
    _say(rounds, ["students", "wishes_sent", "unreminded_students"], _wishes(user, keys, today))
    _say(rounds, ["placed", "confirmed"], _placed(user, keys))
    _say(rounds, ["places"], _places(keys))
    count_answers(rounds)
    for round in rounds:
        now: Any = round
        now.wishless = now.students - now.wishes_sent


def count_answers(rounds: Sequence[Round]) -> None:
    """Only what workplaces have said: asked, answered, silent, unreminded."""
    keys, names = [round.pk for round in rounds], ["asked", "answered", "silent", "unreminded"]
    _say(rounds, names, _answers(keys, start_of_today()))


def _say(rounds: Sequence[Round], names: Sequence[str], rows: Rows) -> None:
    """Each of the numbers becomes an attribute of the round; 0 where there are no rows."""
    found = {round: counted for round, *counted in rows}
    for round in rounds:
        for name, number in zip(names, found.get(round.pk, repeat(0)), strict=False):
            setattr(round, name, number)


def _by_round(rows: QuerySet[Any], rounds: Sequence[UUID], *numbers: Aggregate) -> QuerySet[Any]:
    counted = {f"number_{n}": number for n, number in enumerate(numbers)}
    grouped = rows.filter(round__in=rounds).order_by().values_list("round")
    said: QuerySet[Any] = grouped.annotate(**counted)
    return said


def _fresh(today: dt.datetime) -> Q:
    return Q(reminded_at=None) | Q(reminded_at__lt=today)


@prepared
def _wishes(user: User, rounds: Sequence[UUID], today: dt.datetime) -> QuerySet[Any]:
    sent = Q(wishes_state=WishesState.SENT)
    reachable = Q(student__left_at=None) & ~Q(student__email="")
    return _by_round(
        Candidate.objects.visible_to(user).taking_part(),
        rounds,
        Count("pk"),
        Count("pk", filter=sent),
        Count("pk", filter=~sent & reachable & _fresh(today)),
    )


@prepared
def _placed(user: User, rounds: Sequence[UUID]) -> QuerySet[Any]:
    answered = Count("pk", filter=~Q(state=PlacementState.PLANNED))
    return _by_round(Placement.objects.visible_to(user).occupying(), rounds, Count("pk"), answered)


@prepared
def _places(rounds: Sequence[UUID]) -> QuerySet[Any]:
    return _by_round(Slot.objects.all(), rounds, Sum("capacity"))


@prepared
def _answers(rounds: Sequence[UUID], today: dt.datetime) -> QuerySet[Any]:
    silent = Q(state=AnswerState.ASKED)
    return _by_round(
        CapacityRequest.objects.exclude(state=AnswerState.NOT_ASKED),
        rounds,
        Count("pk"),
        Count("pk", filter=~silent),
        Count("pk", filter=silent),
        Count("pk", filter=silent & _fresh(today)),
    )
