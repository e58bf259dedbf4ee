"""What ties the students of a round to each other, as the engine is told it.

What a human has decided (a pin, a completed stay) stands above these rules: a pair whose two are both
decided on is left out, and a quota allows at least those who are there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any
from uuid import UUID

from placements.eligibility import Eligibility
from placements.matching import Quota as Rule
from placements.models import Pairing, Quota, Round, Slot
from placements.models.capacity import SlotQuerySet


def of(round: Round, table: Eligibility, fixed: Mapping[UUID, UUID]) -> dict[str, Any]:
    """The fields of `Problem` for the rules of the round."""
    return {
        "quotas": _quotas(round, table, fixed),
        **_pairs(round, table, fixed),
        "overlaps": _overlaps(round, table),
    }


def minimum(round: Round, fixed: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """By slot, where nobody has been put by hand: so many, or nobody."""
    taken = set(fixed.values())
    rows = grouped(round).values_list("pk", "minimum")
    return {slot: number for slot, number in rows if slot not in taken}


def grouped(round: Round) -> SlotQuerySet:
    """The places that take a group or nobody."""
    return Slot.objects.filter(round=round, minimum__gt=1)


def _quotas(round: Round, table: Eligibility, fixed: Mapping[UUID, UUID]) -> list[Rule]:
    school = dict(zip(table.candidates["pk"], table.candidates["school"], strict=True))
    found = list[Rule]()
    for quota in Quota.objects.for_round(round).order_by("pk"):
        slots = {
            slot for slot in quota.slots().values_list("pk", flat=True) if slot in table.slot_at
        }
        if not slots:
            continue
        there = sum(
            slot in slots and quota.school_id in (None, school.get(candidate))
            for candidate, slot in fixed.items()
        )
        at_most = None if quota.at_most is None else max(quota.at_most, there)
        found.append(
            Rule(
                slots=tuple(sorted(map(str, slots))),
                school=None if quota.school_id is None else str(quota.school_id),
                at_least=quota.at_least,
                at_most=at_most,
            )
        )
    return found


def _pairs(
    round: Round, table: Eligibility, fixed: Mapping[UUID, UUID]
) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {"together": [], "apart": []}
    rows = Pairing.objects.for_round(round).values_list("kind", "one", "other").order_by("pk")
    for kind, one, other in rows:
        both = {one, other}
        if both <= table.candidate_at.keys() and not both <= fixed.keys():
            found[kind].append((str(one), str(other)))
    return found


def _overlaps(round: Round, table: Eligibility) -> list[tuple[str, str]]:
    """The periods that share a day, where that matters: somebody needs two places, or is kept apart."""
    students = table.candidates["student"]
    several = len(set(students)) < len(students)
    if not several and not Pairing.objects.for_round(round).filter(kind="apart").exists():
        return []
    periods = list(round.periods.order_by("pk"))
    days = {period.pk: set(period.days) for period in periods}
    return [(str(a.pk), str(b.pk)) for a, b in combinations(periods, 2) if days[a.pk] & days[b.pk]]
