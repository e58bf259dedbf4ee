"""What a coordinator wants to know of many workplaces at once: their answer, places, and pupils."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from placements.models import CapacityRequest, Contact, Placement, Round, Slot, Workplace
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundState

# Whoever answers for a hospital answers for its units too, unless they have somebody of their own.
ANSWERING = ("contacts", "parent__contacts", "parent__parent__contacts")
HISTORY = ("answer", "places", "pupils")
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


def _asked(rounds: Any) -> QuerySet[CapacityRequest]:
    asked = CapacityRequest.objects.filter(round__in=rounds).exclude(state=AnswerState.NOT_ASKED)
    return asked.order_by("-asked_at", "-answered_at", "pk")


def _stays() -> QuerySet[Placement]:
    return Placement.objects.stays().filter(student__manual_handling=False).order_by()


def with_history(
    rows: QuerySet[Workplace],
    user: User,
    round: Round | None = None,
    only: Collection[str] = HISTORY,
) -> QuerySet[Workplace]:
    """Annotate answer and places, in one round or in all under way, and how many pupils it has had.

    Asked of every row there is, each time: a page of a list uses `fill`, unless it must sort or
    choose by them.
    """
    rounds: Any = [round] if round else under_way(user).values("pk")
    asked = _asked(rounds).filter(workplace=OuterRef("pk"))
    slots = Slot.objects.filter(workplace=OuterRef("pk"), round__in=rounds)
    stays = _stays().filter(slot__workplace=OuterRef("pk"))
    every = {
        "answer": Subquery(asked.values("state")[:1]),
        "places": _number(slots.order_by().values("workplace").annotate(n=Sum("capacity"))),
        "pupils": _number(stays.values("slot__workplace").annotate(n=Count("pk"))),
    }
    return rows.annotate(**{name: every[name] for name in HISTORY if name in only})


def _number(grouped: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(grouped.values("n"), output_field=IntegerField()), 0)


def fill(page: Iterable[Workplace], rounds: Sequence[Round]) -> None:
    """The same for the rows of one page, with their units and whoever answers for them.

    A question each, of these rows alone: cheap however many others there are, and whatever the
    database believes of their number.
    """
    rows: list[Any] = list(page)
    keys = [row.pk for row in rows]
    answers: dict[UUID, str] = {}
    for workplace, state in (
        _asked(rounds).filter(workplace__in=keys).values_list("workplace", "state")
    ):
        answers.setdefault(workplace, state)
    slots = Slot.objects.filter(workplace__in=keys, round__in=rounds).order_by()
    places = dict(slots.values_list("workplace").annotate(Sum("capacity")))
    stays = _stays().filter(slot__workplace__in=keys)
    pupils = dict(stays.values_list("slot__workplace").annotate(Count("pk")))
    below = Workplace.objects.filter(parent__in=keys, active=True).order_by()
    units = dict(below.values_list("parent").annotate(Count("pk")))
    contacts = _contacts(rows)
    for row in rows:
        row.answer = answers.get(row.pk)
        row.places, row.pupils = places.get(row.pk, 0), pupils.get(row.pk, 0)
        row.unit_count = units.get(row.pk, 0)
        chain = [place for place in (row, row.parent, row.parent and row.parent.parent) if place]
        row.answering = next((contacts[p.pk] for p in chain if p.pk in contacts), [])
        row.inherited = row.pk not in contacts


def _contacts(rows: Sequence[Any]) -> dict[UUID, list[str]]:
    """The names of those who answer for each of the workplaces, and for those above them."""
    above = [row.parent for row in rows if row.parent]
    keys = {row.pk for row in (*rows, *above)} | {row.parent_id for row in above} - {None}
    current = Contact.objects.current().filter(workplace__in=keys).order_by("name")
    found: dict[UUID, list[str]] = {}
    for workplace, name, email in current.values_list("workplace", "name", "email"):
        found.setdefault(workplace, []).append(name or email)
    return found
