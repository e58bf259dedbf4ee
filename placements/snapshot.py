"""The only bridge between rows and the engine: a round becomes a `Problem`, a `Solution` rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from accounts.copying import copy_rows
from placements import matching, ties
from placements.columns import Ints, Ranks
from placements.eligibility import Eligibility, own_slots
from placements.homes import Homes
from placements.learning import Areas
from placements.matching.policies import BREADTH
from placements.models import Assignment, Candidate, MatchingRun, Placement, Round, WorkplaceOrder
from placements.models.placements import PlacementState
from placements.summary import pairs, summarise

BLOCK = 1024  # candidates at a time, so that memory does not grow with the round


def of_run(run: MatchingRun, round: Round) -> Callable[[], matching.Problem]:
    """The round as it is now, for what this run is to do: read, and not worked out yet."""
    return facts(
        round,
        policy=run.policy,
        seed=run.seed,
        previous=run.previous,
        repairs=run.repairs,
        may_worsen=run.may_worsen,
        only_moves=run.only_moves,
        by_hand=run.by_hand,
    )


def take(round: Round, **options: Any) -> matching.Problem:
    """The round as it is now. The same rows give the same bytes, whoever asks and when.

    Call it with the round locked: whatever matching depends on changes together with the round's
    version, so nothing half-changed can be seen. Closed slots are part of it, without room: that is
    how the engine can tell what one place there would do.

    With `repairs` the published placements are where everybody is now. A completed one stays, and
    those who hold a place come first: nobody loses hers to let somebody else in. She may always stay,
    unless a firm rule now forbids it, and gets no worse place unless it `may_worsen`. With
    `only_moves` those move and no others (candidate -> slot). `by_hand`: where each one is to be, or
    None for nowhere; what ties students to each other has to hold all the same. `imagined`: rows of
    `SLOT` besides the round's own, as if others had offered.
    """
    return facts(round, **options)()


def facts(
    round: Round,
    *,
    policy: list[str],
    seed: str,
    previous: MatchingRun | None = None,
    repairs: bool = False,
    may_worsen: bool = False,
    only_moves: Mapping[UUID, UUID] | None = None,
    by_hand: Mapping[UUID, UUID | None] | None = None,
    imagined: Sequence[tuple[Any, ...]] = (),
) -> Callable[[], matching.Problem]:
    """All that `take` asks the database, in one go. What it gives works the problem out and asks nothing:
    that takes longer than others should wait, and in a large round longer than PostgreSQL lets a
    transaction stand idle."""
    table = Eligibility(round, slots=[*own_slots(round), *imagined] if imagined else None)
    fixed = {
        candidate: slot
        for candidate, slot in zip(
            table.candidates["pk"], table.candidates["pinned_slot"], strict=True
        )
        if slot
    }
    before = _before(round, previous, repairs=repairs)
    if repairs:
        done = Placement.objects.for_round(round).filter(state=PlacementState.COMPLETED)
        fixed.update(done.values_list("candidate", "slot"))
    homes = Homes.of(table, before if repairs else {}, fixed, may_worsen=may_worsen)
    if only_moves is not None:
        fixed = {**homes.settled(), **fixed, **_of_table(table, only_moves)}
    tied = fixed
    if by_hand is not None:
        decided = {who: slot for who, slot in by_hand.items() if slot is not None}
        fixed = {**_of_table(table, decided), **fixed}
    nowhere = [] if by_hand is None else [who for who in by_hand if who not in fixed]
    areas = Areas(round, table) if BREADTH in policy else None
    # With `only_moves` everybody's place is decided on.
    rules = {} if only_moves is not None else ties.of(round, table, tied)
    least = {} if only_moves is not None else ties.minimum(round, tied)
    orders = _orders(round)

    def work_out() -> matching.Problem:
        return matching.Problem(
            candidates=_candidates(table, fixed, before, areas, held_first=repairs),
            slots=_slots(table, areas, least),
            pairs=_pairs(table, fixed, homes, nowhere, orders),
            seed=seed,
            policy=policy,
            **rules,
        )

    return work_out


def _before(round: Round, previous: MatchingRun | None, *, repairs: bool) -> dict[UUID, UUID]:
    """Where each candidate is now, or was in the run this one starts from."""
    if repairs:
        placed = Placement.objects.for_round(round).occupying()
        return dict(placed.values_list("candidate", "slot"))
    if previous:
        return dict(previous.assignments.values_list("candidate", "slot"))
    return {}


def _candidates(
    table: Eligibility,
    fixed: Mapping[UUID, UUID],
    before: Mapping[UUID, UUID],
    areas: Areas | None,
    *,
    held_first: bool,
) -> list[matching.Candidate]:
    columns = table.candidates
    foremost = max(columns["priority"], default=0) + 1
    students = columns["student"]
    several = {student for student, needs in Counter(students).items() if needs > 1}
    schools = {pk: str(pk) for pk in set(columns["school"])}
    rows = zip(columns["pk"], students, columns["school"], columns["priority"], strict=True)
    return [
        matching.Candidate(
            id=str(pk),
            school=schools[school],
            priority=foremost if held_first and pk in before else priority,
            person=str(student) if student in several else None,
            pinned=_text(fixed.get(pk)),
            previous=_text(before.get(pk)),
            lacks=areas.lacks(student) if areas else (),
        )
        for pk, student, school, priority in rows
    ]


def _slots(
    table: Eligibility, areas: Areas | None, minimum: Mapping[UUID, int]
) -> list[matching.Slot]:
    columns = table.slots
    rows = zip(
        columns["pk"], columns["capacity"], columns["workplace"], columns["period"], strict=True
    )
    return [
        matching.Slot(
            id=str(pk),
            capacity=capacity,
            site=str(workplace),
            period=str(period),
            minimum=min(minimum.get(pk, 0), capacity),
            offers=tuple(sorted(areas.offers.get(workplace, ()))) if areas else (),
        )
        for pk, capacity, workplace, period in rows
    ]


def _of_table(table: Eligibility, places: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Of these, those who still take part, at slots that are still there."""
    return {c: s for c, s in places.items() if c in table.candidate_at and s in table.slot_at}


def _pairs(
    table: Eligibility,
    fixed: Mapping[UUID, UUID],
    homes: Homes,
    nowhere: Sequence[UUID],
    orders: Mapping[tuple[UUID, UUID], int],
) -> matching.Pairs:
    parts = list(_pair_blocks(table, fixed, homes))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    if columns and nowhere:
        out = [table.candidate_at[pk] for pk in nowhere if pk in table.candidate_at]
        stays = ~np.isin(columns[0], out)
        columns = [column[stays] for column in columns]
    candidate, slot, rank, travel = columns or [np.zeros(0, dtype=np.int64)] * 4
    order = _ordered(table, candidate, slot, orders) if orders else None
    return matching.Pairs.from_columns(candidate, slot, rank=rank, travel=travel, priority=order)


def _orders(round: Round) -> dict[tuple[UUID, UUID], int]:
    """The workplaces' own order of candidates, if any has one; only the policy `stable` counts it."""
    rows = WorkplaceOrder.objects.filter(round=round)
    return {
        (who, at): number for who, at, number in rows.values_list("candidate", "workplace", "order")
    }


def _ordered(
    table: Eligibility, candidate: Ints, slot: Ints, orders: Mapping[tuple[UUID, UUID], int]
) -> Ints:
    """The order for each pair, 0 for none."""
    people, places = table.candidates["pk"], table.slots["workplace"]
    named = {who for who, _ in orders}
    ordered = np.array([pk in named for pk in people], dtype=np.bool_)
    found = np.zeros(len(candidate), dtype=np.int64)
    for i in np.flatnonzero(ordered[candidate]).tolist():
        found[i] = orders.get((people[candidate[i]], places[slot[i]]), 0)
    return found


def _pair_blocks(
    table: Eligibility, fixed: Mapping[UUID, UUID], homes: Homes
) -> Iterator[tuple[Ints, Ints, Ranks, Ints]]:
    """Candidate, slot, rank and travel of each pair that may be, a block of candidates at a time."""
    wisher, wished, wish = table.wishes
    has_wishes = np.zeros(len(table), dtype=np.bool_)
    has_wishes[wisher] = True
    pins = np.array(
        [
            (table.candidate_at[candidate], table.slot_at[slot])
            for candidate, slot in fixed.items()
            if candidate in table.candidate_at
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    for first in range(0, len(table), BLOCK):
        last = min(first + BLOCK, len(table))
        rank = np.zeros((last - first, len(table.slots)), dtype=np.int16)
        here = (wisher >= first) & (wisher < last)
        rank[wisher[here] - first, wished[here]] = wish[here]
        allowed = table.allowed(first, last)
        if not table.round.outside_wishes:
            # Whoever has no wishes may be anywhere: silence is not a refusal of everything.
            allowed &= (rank > 0) | ~has_wishes[first:last, None]
        homes.narrow(allowed, rank, first, last)
        here = (pins[:, 0] >= first) & (pins[:, 0] < last)
        allowed[pins[here, 0] - first, pins[here, 1]] = True
        who, slot = np.nonzero(allowed)
        yield who + first, slot, rank[who, slot], table.between(who + first, slot)


def record(
    run: MatchingRun,
    problem: matching.Problem,
    solution: matching.Solution,
    best: matching.Solution | None = None,
) -> None:
    """Write what the run proposes, and set `run.summary`; the caller saves the run, under its fence.

    `best`: what the standard rules would do, where the run's rules do not place as many as can be.
    Places that a what-if imagines are no rows: who goes there is kept in the summary."""
    pinned = by_hand(run, problem)
    imagined = {change["slot"] for change in run.changes if change.get("kind") == "add"}
    places = list(_places(problem, solution))
    run.assignments.all().delete()
    copy_rows(
        Assignment,
        ("run", "round", "candidate", "slot", "rank", "travel_minutes", "pinned"),
        (
            (run.pk, run.round_id, who, slot, rank, travel, who in pinned)
            for who, slot, rank, travel in places
            if slot not in imagined
        ),
    )
    run.summary = summarise(run.round, problem, solution, best, pinned=len(pinned))
    if imagined:
        run.summary["imagined"] = [
            {"candidate": who, "slot": slot, "rank": rank, "travel": travel}
            for who, slot, rank, travel in places
            if slot in imagined
        ]


def _places(
    problem: matching.Problem, solution: matching.Solution
) -> Iterator[tuple[str, str, int | None, int]]:
    """Candidate, slot, wish and travel of everybody who has a place."""
    chosen = pairs(problem, solution)
    columns = (chosen.candidate, chosen.slot, chosen.rank, chosen.travel)
    for who, slot, rank, travel in zip(*(column.tolist() for column in columns), strict=True):
        yield problem.candidates[who].id, problem.slots[slot].id, rank or None, travel


def by_hand(run: MatchingRun, problem: matching.Problem) -> set[str]:
    """Whom a human has put where she is: a repair keeps many more where they are, and a what-if supposes."""
    pinned = Candidate.objects.for_round(run.round).pinned().values_list("pk", flat=True)
    decided = {str(pk) for pk in pinned}
    if run.adjusts:
        moved = run.adjusts.moves.filter(pk__in=run.moved_by_hand)
        decided |= {str(pk) for pk in moved.values_list("candidate", flat=True)}
    if run.base_id:
        decided |= {change["candidate"] for change in run.changes if change["kind"] == "pin"}
    return {row.id for row in problem.candidates if row.pinned and row.id in decided}


def _text(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
