"""What is chosen among on forms when there may be thousands: by what it is found, and what it is called."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.lookup import Among
from placements.models import Candidate, Slot, Workplace
from placements.templatetags.weeks import week_numbers


def workplaces(rows: QuerySet[Workplace]) -> Among:
    """With what it belongs to: many hospitals have a medical outpatient clinic."""
    by = ("name", "parent__name", "municipality__name")
    return Among(rows.select_related("parent"), by, _workplace)


def _workplace(workplace: Workplace) -> str:
    return f"{workplace.own_name}, {workplace.parent}" if workplace.parent else str(workplace)


def slots(rows: QuerySet[Slot]) -> Among:
    """Places in a round, with how many there are; by name, then by time."""
    by = ("workplace__name", "workplace__parent__name", "workplace__municipality__name")
    ordered = rows.order_by("workplace__sort_key", "period__start", "pk")
    return Among(ordered.select_related("workplace", "period"), by, _slot)


def _slot(slot: Slot) -> str:
    return f"{slot.workplace.name}, {week_numbers(slot.period)} ({slot.used}/{slot.capacity})"


def students(rows: QuerySet[Candidate]) -> Among:
    """Those who take part in a round, by name; who needs several places says which."""
    by = ("student__given_name", "student__family_name", "student__school_class__name")
    ordered = rows.order_by("student__sort_key", "need", "pk")
    return Among(ordered.select_related("student__school_class"), by, _student)


def _student(candidate: Any) -> str:
    name = f"{candidate.student.name}, {candidate.student.school_class.name}"
    return name if candidate.need == 1 else f"{name} ({candidate.need})"
