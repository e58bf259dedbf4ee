"""Repairs side by side, with names: what the page about a repair shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from placements.models import Candidate, MatchingRun, Placement, Slot
from placements.models.runs import RunState
from placements.report import summary_of


@dataclass(frozen=True)
class Move:
    """One student who would have to move."""

    candidate: Candidate
    before: Slot | None
    after: Slot


@dataclass(frozen=True)
class Row:
    """A repair: how many more get a place than with no moves, and what each step up costs."""

    number: int
    unplaced: int
    more: int
    moves: list[Move]
    further: int  # placed more than in the row before
    further_moves: int
    is_this: bool


def rows(run: MatchingRun) -> list[Row]:
    """What the run worked out beside itself; the last row is the run itself."""
    if not run.repairs or run.state not in (RunState.COMPUTED, RunState.STALE):
        return []
    alternatives = summary_of(run).get("repairs") or []
    people = {who for one in alternatives for who in one["moves"]}
    slots = _slots(slot for one in alternatives for slot in one["moves"].values())
    candidates = {str(c.pk): c for c in Candidate.objects.filter(pk__in=people).named()}
    held = {
        str(p.candidate_id): p.slot
        for p in Placement.objects.occupying()
        .filter(candidate__in=candidates.values())
        .select_related("slot__workplace", "slot__period")
    }
    found: list[Row] = []
    for number, one in enumerate(alternatives):
        moves = [
            Move(candidates[who], held.get(who), slots[slot])
            for who, slot in one["moves"].items()
            if who in candidates and slot in slots
        ]
        last = found[-1] if found else None
        found.append(
            Row(
                number=number,
                unplaced=one["unplaced"],
                more=one["more"],
                moves=sorted(moves, key=lambda move: move.candidate.student.sort_key),
                further=one["more"] - (last.more if last else 0),
                further_moves=len(moves) - (len(last.moves) if last else 0),
                is_this=number == len(alternatives) - 1,
            )
        )
    return found


def _slots(wanted: Iterable[str]) -> dict[str, Slot]:
    slots = Slot.objects.filter(pk__in=set(wanted))
    return {str(slot.pk): slot for slot in slots.select_related("workplace", "period")}
