"""Where those are who have been told of a place, when a repair is worked out: what is owed to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from placements.columns import Flags, Ranks
from placements.eligibility import FIRM, Eligibility

UNWISHED = 1000  # after every wish; between two places that were not wished for, travel decides


@dataclass(frozen=True)
class Homes:
    """Candidate -> the slot she holds. `spared`: those who may have no worse one."""

    table: Eligibility
    held: Mapping[UUID, UUID]
    fixed: Mapping[UUID, UUID]
    spared: frozenset[UUID]

    @classmethod
    def of(
        cls,
        table: Eligibility,
        before: Mapping[UUID, UUID],
        fixed: Mapping[UUID, UUID],
        *,
        may_worsen: bool,
    ) -> Homes:
        """Nobody is sure of a place at a slot with too little room for all who hold one there."""
        free = {c: s for c, s in before.items() if c in table.candidate_at and c not in fixed}
        taken = Counter({**before, **fixed}.values())
        room = dict(zip(table.slots["pk"], table.slots["capacity"], strict=True))
        held = {
            c: s for c, s in free.items() if room[s] >= taken[s] and not _forbidden(table, c, s)
        }
        return cls(table, held, fixed, frozenset() if may_worsen else frozenset(held))

    def settled(self) -> dict[UUID, UUID]:
        return dict(self.held)

    def narrow(self, allowed: Flags, rank: Ranks, first: int, last: int) -> None:
        """In a block of candidates: each may stay, and those who are spared go nowhere worse."""
        if not self.held:
            return
        travel = self.table.travel(first, last)
        for row, pk in enumerate(self.table.candidates["pk"][first:last]):
            if pk not in self.held:
                continue
            home = self.table.slot_at[self.held[pk]]
            if pk in self.spared:
                grade = np.where(rank[row] > 0, rank[row], UNWISHED + travel[row])
                allowed[row] &= grade <= grade[home]
            allowed[row, home] = True


def _forbidden(table: Eligibility, candidate: UUID, slot: UUID) -> bool:
    """Whether a rule that nobody may set aside keeps her from where she is."""
    return any(rule in FIRM for rule in table.rules_broken(candidate, slot))
