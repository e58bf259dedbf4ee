"""What a coordinator wants to know of many workplaces at once: their answer, places, and pupils."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from placements.models import CapacityRequest, Placement, Round, Slot, Workplace
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundState

# Whoever answers for a hospital answers for its units too, unless they have somebody of their own.
ANSWERING = ("contacts", "parent__contacts", "parent__parent__contacts")
SORTS = {
    "name": ("sort_key", "pk"),
    "kind": ("kind", "sort_key", "pk"),
    "municipality": ("municipality__name", "sort_key", "pk"),
    "answer": ("answer", "sort_key", "pk"),
    "places": ("places", "sort_key", "pk"),
    "pupils": ("pupils", "sort_key", "pk"),
}


def under_way(user: User) -> QuerySet[Round]:
    """The rounds she sees in which places are still of interest."""
    return Round.objects.visible_to(user).exclude(state=RoundState.CLOSED)


def with_history(
    rows: QuerySet[Workplace], user: User, round: Round | None = None
) -> QuerySet[Workplace]:
    """Annotate answer and places, in one round or in all under way, and how many pupils it has had."""
    rounds: Any = [round] if round else under_way(user).values("pk")
    asked = (
        CapacityRequest.objects.filter(workplace=OuterRef("pk"), round__in=rounds)
        .exclude(state=AnswerState.NOT_ASKED)
        .order_by("-asked_at", "-answered_at", "pk")
    )
    slots = Slot.objects.filter(workplace=OuterRef("pk"), round__in=rounds)
    stays = Placement.objects.stays().filter(
        slot__workplace=OuterRef("pk"), student__manual_handling=False
    )
    return rows.annotate(
        answer=Subquery(asked.values("state")[:1]),
        places=_number(slots.order_by().values("workplace").annotate(n=Sum("capacity"))),
        pupils=_number(stays.order_by().values("slot__workplace").annotate(n=Count("pk"))),
    )


def _number(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.values("n"), output_field=IntegerField()), 0)
