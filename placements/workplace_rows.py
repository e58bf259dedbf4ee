"""What a coordinator wants to know of many workplaces at once: their answer, places, and pupils."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.prepared import prepared
from placements.models import CapacityRequest, Contact, Placement, Round, Slot, Workplace
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundQuerySet, RoundState
from placements.rows import Row

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


def under_way(user: User) -> RoundQuerySet:
    """The rounds she sees in which places are still of interest."""
    return Round.objects.visible_to(user).exclude(state=RoundState.CLOSED)


# In the order in which they stand in the table.
OF_A_ROUND = (
    "id",
    "name",
    "county_id",
    "school_id",
    "state",
    "capacity_deadline",
    "wishes_deadline",
)


def read_under_way(user: User) -> list[Round]:
    """The same, read: as much of each as a list asks."""
    return [Round.from_db("default", OF_A_ROUND, row) for row in _under_way(user)]


@prepared
def _under_way(user: User) -> QuerySet[Any]:
    return under_way(user).values_list(*OF_A_ROUND)


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


@dataclass(slots=True)
class WorkplaceRow(Row):
    COLUMNS = (
        "pk",
        "name",
        "kind",
        "municipality__name",
        "active",
        "receives_students",
        "parent_id",
        "parent__name",
        "parent__parent_id",
    )
    name: str
    kind: str
    municipality: str
    active: bool
    receives_students: bool
    parent: UUID | None
    parent_name: str | None
    grandparent: UUID | None
    answer: str | None = None
    places: int = 0
    pupils: int = 0
    unit_count: int = 0
    answering: Sequence[str] = ()  # whom it is asked through, its own or those above it
    inherited: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def get_kind_display(self) -> str:
        return str(Workplace.Kind(self.kind).label)


def fill(rows: Sequence[WorkplaceRow], rounds: Sequence[Round]) -> None:
    """The same for the rows of one page, with their units and whoever answers for them.

    A question each, of these rows alone: cheap however many others there are, and whatever the
    database believes of their number.
    """
    keys, within = [row.pk for row in rows], [round.pk for round in rounds]
    answers: dict[UUID, str] = {}
    for workplace, state in _answers(keys, within):
        answers.setdefault(workplace, state)
    places: dict[UUID, int] = dict(_places(keys, within))
    pupils: dict[UUID, int] = dict(_pupils(keys))
    units: dict[UUID, int] = dict(_units(keys))
    above = {key for row in rows for key in (row.parent, row.grandparent) if key}
    contacts: dict[UUID, list[str]] = {}
    for workplace, name, email in _contacts([*keys, *above.difference(keys)]):
        contacts.setdefault(workplace, []).append(name or email)
    for row in rows:
        row.answer = answers.get(row.pk)
        row.places, row.pupils = places.get(row.pk, 0), pupils.get(row.pk, 0)
        row.unit_count = units.get(row.pk, 0)
        chain = [key for key in (row.pk, row.parent, row.grandparent) if key]
        row.answering = next((contacts[key] for key in chain if key in contacts), ())
        row.inherited = row.pk not in contacts


@prepared
def _answers(workplaces: Sequence[UUID], rounds: Sequence[UUID]) -> QuerySet[Any, Any]:
    return _asked(rounds).filter(workplace__in=workplaces).values_list("workplace", "state")


@prepared
def _places(workplaces: Sequence[UUID], rounds: Sequence[UUID]) -> QuerySet[Any, Any]:
    slots = Slot.objects.filter(workplace__in=workplaces, round__in=rounds).order_by()
    return slots.values_list("workplace").annotate(Sum("capacity"))


@prepared
def _pupils(workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    stays = _stays().filter(slot__workplace__in=workplaces)
    return stays.values_list("slot__workplace").annotate(Count("pk"))


@prepared
def _units(workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    below = Workplace.objects.filter(parent__in=workplaces, active=True).order_by()
    return below.values_list("parent").annotate(Count("pk"))


@prepared
def _contacts(workplaces: Sequence[UUID]) -> QuerySet[Any, Any]:
    """The names of those who answer for each of the workplaces."""
    current = Contact.objects.current().filter(workplace__in=workplaces).order_by("name")
    return current.values_list("workplace", "name", "email")
