"""Which rule, set aside for one student or stretched for all, would give a place to who has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placements import matching, snapshot
from placements.columns import Flags
from placements.eligibility import Eligibility, Rule
from placements.models import Candidate, MatchingRun, Slot
from placements.openings import Openings
from placements.reasons import Reasons
from placements.report import summary_of

STRETCH = 15  # minutes
ORDER = (Rule.TRAVEL, Rule.CAR, Rule.STEP_FREE, Rule.KIND, Rule.ROTATION, Rule.ENDED, Rule.PERIOD)


@dataclass(frozen=True)
class Relief:
    """Without this rule she would get a place, and nobody would lose hers; at one of these."""

    rule: Rule
    slots: list[Slot]


def reliefs(reasons: Reasons, candidate: Candidate, table: Eligibility) -> list[Relief]:
    """Each rule that alone keeps her from having any place. Travel is stretched, others are lifted."""
    if str(candidate.pk) not in reasons.most.unplaced:
        return []  # no rule of hers is what keeps her out
    openings = Openings(reasons.problem, reasons.most)
    who = table.candidate_at[candidate.pk]
    broken = {rule: table.broken(rule, who, who + 1)[0] for rule in Rule}
    index = reasons.problem.slot_index
    found = []
    for rule in ORDER:
        held_back = broken[rule] & ~_others(broken, rule)
        if rule == Rule.TRAVEL:
            limit = table.round.max_travel_minutes + STRETCH
            held_back &= table.travel(who, who + 1)[0] <= limit
        at = [table.slots["pk"][i] for i in np.flatnonzero(held_back).tolist()]
        useful = [
            pk for pk in at if openings.would_fit([index[str(pk)]] if str(pk) in index else [])
        ]
        if useful:
            slots = Slot.objects.filter(pk__in=useful).select_related("workplace", "period")
            found.append(Relief(rule, list(slots.order_by("workplace__sort_key", "pk"))))
    return found


def _others(broken: dict[Rule, Flags], rule: Rule) -> Flags:
    """Where another rule says no as well, so that setting this one aside is not enough."""
    found = np.zeros_like(broken[rule])
    for other in Rule:
        if other != rule:
            found |= broken[other]
    return found


def stretched(run: MatchingRun) -> int:
    """How many more would be placed if the travel limit were longer for all: solved again, exactly."""
    if run.repairs or run.round_version != run.round.version:
        return 0
    round = run.round
    was = round.max_travel_minutes
    round.max_travel_minutes = was + STRETCH
    try:
        problem = snapshot.take(round, policy=["placed", "lottery"], seed=run.seed)
    finally:
        round.max_travel_minutes = was
    placed = len(matching.without_rules(problem).assignments)
    summary = summary_of(run)
    return max(placed - summary.get("best", summary)["placed"], 0)
