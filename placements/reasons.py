"""Why each student got her place, as stored with it: the engine's facts about her, and nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from placements import matching, snapshot
from placements.explanation import CALM, Explanation, HigherWish, Lottery
from placements.matching.explain import (
    CandidateExplanation,
    Cost,
    Move,
    Reason,
    WishExplanation,
    quick,
)
from placements.matching.policies import DEFAULT
from placements.matching.solution import PROVEN, STABLE, UNPROVEN
from placements.matching.why_not import Forcing
from placements.models import MatchingRun, Preference, Question
from placements.models.preferences import WishesState

# Where a workplace offers several periods, the one that came closest is what she is told about.
_CLOSENESS = (
    Reason.LOTTERY,
    Reason.UNKNOWN,
    Reason.OUTWEIGHED,
    Reason.FULL,
    Reason.RULE,
    Reason.URGENT,
    Reason.ORDER,
    Reason.LOWER,
    Reason.ALL_PINNED,
    Reason.PINNED,
    Reason.CLOSED,
    Reason.NOT_ELIGIBLE,
)


Wish = tuple[int, UUID, str]


class Reasons:
    """Explains the candidates of one computed run, one after another."""

    def __init__(self, run: MatchingRun) -> None:
        self.run = run
        self.problem = run.problem.unpacked if run.problem else matching.Problem.from_json({})
        self.solution = matching.Solution.from_json(run.solution or {})
        self.explainer = quick(self.problem, self.solution)
        self._by_hand = snapshot.by_hand(run, self.problem)
        self._slots_of: dict[str | None, list[str]] = defaultdict(list)
        for slot in self.problem.slots:
            self._slots_of[slot.site].append(slot.id)
        self._site_of = {slot.id: slot.site for slot in self.problem.slots}
        self._wishes = _wishes(run)
        self._wished_by: Mapping[UUID, int] = _count(self._wishes)
        self._prepared: dict[UUID, Explanation] = {}
        self._found: dict[str, CandidateExplanation] = {}
        self._answers: dict[str, dict[str, WishExplanation]] = {}

    def prepare(self, candidates: Iterable[UUID]) -> None:
        """Work out the explanations of these now; `explanation` has them at hand afterwards."""
        candidates = list(candidates)
        self._ask(candidates)
        self._prepared.update((pk, self._explained(pk)) for pk in candidates)

    def _ask(self, candidates: Iterable[UUID]) -> None:
        """All at once: those who hold the same place share what there is to search."""
        if self._before is not None:
            candidates = list(candidates)
            self._before._ask(pk for pk in candidates if str(pk) not in self._by_hand)
            candidates = [pk for pk in candidates if str(pk) in self._by_hand]
        slots = ((str(pk), self._higher_slots(pk)) for pk in candidates)
        asked = {who: at for who, at in slots if at}
        if not asked:
            return
        told = self.explainer.candidates(asked)
        self._read_answers(asked)
        self._found.update((each.candidate, self._answered(each)) for each in told)

    def _read_answers(self, candidates: Iterable[str]) -> None:
        """What a worker has found out about these since the proposal was made."""
        mine = [UUID(who) for who in candidates]
        rows = Question.objects.filter(run=self.run, candidate__in=mine, answer__isnull=False)
        for who, answer in rows.values_list("candidate", "answer"):
            self._answers[str(who)] = {each["slot"]: _read(each) for each in answer}

    def _answered(self, told: CandidateExplanation) -> CandidateExplanation:
        answers = self._answers.get(told.candidate, {})
        wishes = [answers.get(w.slot, w) if is_open(w) else w for w in told.wishes]
        return replace(told, wishes=tuple(wishes))

    def found_out(self, candidates: Iterable[UUID]) -> Iterator[tuple[UUID, list[WishExplanation]]]:
        """By solving the round again for each wish that the prices tell nothing of. It takes its time."""
        asked = {}
        for pk in list(candidates):
            if str(pk) in self.problem.candidate_index:
                asked[str(pk)] = self._higher_slots(pk)
            else:
                yield pk, []  # she came later: this proposal knows nothing of her
        before = {told.candidate: told for told in self.explainer.candidates(asked)}
        forcing = Forcing(self.problem, self.solution, self.explainer)
        for told in forcing.candidates(asked):
            was = {wish.slot for wish in before[told.candidate].wishes if is_open(wish)}
            yield UUID(told.candidate), [wish for wish in told.wishes if wish.slot in was]

    def unanswered(self, candidates: Iterable[UUID]) -> Iterator[tuple[MatchingRun, list[UUID]]]:
        """Of whom there is something to find out, with the run to ask it of."""
        candidates = list(candidates)
        if self._before is not None:
            yield from self._before.unanswered(
                pk for pk in candidates if str(pk) not in self._by_hand
            )
            candidates = [pk for pk in candidates if str(pk) in self._by_hand]
        missing = [pk for pk in candidates if str(pk) not in self._found]
        self._ask(missing)
        told = ((pk, self._found.get(str(pk))) for pk in candidates)
        found = [pk for pk, each in told if each and any(map(is_open, each.wishes))]
        if found:
            yield self.run, found

    @cached_property
    def most(self) -> matching.Solution:
        """A solution that places as many as can be: the run's own, unless workplaces choose, or rules
        tie students to each other."""
        if self.solution.status == STABLE:
            return matching.solve(replace(self.problem, policy=DEFAULT))
        return matching.without_rules(self.problem) if self.problem.rules else self.solution

    @cached_property
    def _before(self) -> Reasons | None:
        """The proposal that this one adjusts by hand."""
        return Reasons(self.run.adjusts) if self.run.adjusts else None

    def explanation(self, candidate: UUID) -> Explanation:
        """What is stored with her placement."""
        return self._prepared.get(candidate) or self._explained(candidate)

    def _explained(self, candidate: UUID) -> Explanation:
        key = str(candidate)
        if self._before is not None and key not in self._by_hand:
            # Nobody moved her: what matching found holds, though not that it all is the best.
            told = self._before.explanation(candidate)
            return {**told, "run": self.run.number, "proven": False}
        slot, rank = self._got(candidate)
        return Explanation(
            rank=rank,
            wishes=self._higher(candidate),
            lottery=(
                slot
                and Lottery(
                    seed=self.problem.seed,
                    candidate=key,
                    slot=slot,
                    weight=matching.lottery_weight(self.problem.seed, key, slot),
                )
            )
            or None,
            run=self.run.number,
            proven=self.solution.status == PROVEN and self.run.adjusts_id is None,
        )

    def towards(self, candidate: UUID, workplace: UUID) -> WishExplanation | None:
        """What the engine says of the workplace's slot that came closest; None: it has no slot."""
        slots = self._slots_of.get(str(workplace))
        if not slots:
            return None
        self._read_answers([str(candidate)])
        told = self._answered(self.explainer.candidate(str(candidate), also=slots))
        here = [wish for wish in told.wishes if wish.slot in slots]
        return min(here, key=lambda wish: _CLOSENESS.index(wish.reason), default=None)

    def calm(self, candidate: str, wish: WishExplanation | None) -> bool:
        """Whether it is the repair, and no human, that keeps her or the others where they are."""
        if wish is None or wish.reason not in (Reason.PINNED, Reason.ALL_PINNED):
            return False
        if wish.reason == Reason.PINNED:
            return candidate not in self._by_hand
        return any(
            row.pinned == wish.slot and row.id not in self._by_hand
            for row in self.problem.candidates
        )

    def _got(self, candidate: UUID) -> tuple[str | None, int | None]:
        """Her slot, and which of her wishes it is."""
        slot = self.solution.assignments.get(str(candidate))
        site = self._site(slot)
        return slot, next((r for r, pk, _ in self._wishes[candidate] if str(pk) == site), None)

    def _higher_wishes(self, candidate: UUID) -> list[Wish]:
        _, rank = self._got(candidate)
        return [row for row in self._wishes[candidate] if rank is None or row[0] < rank]

    def _higher_slots(self, candidate: UUID) -> list[str]:
        higher = self._higher_wishes(candidate)
        return [slot for _, pk, _ in higher for slot in self._slots_of.get(str(pk), [])]

    def _higher(self, candidate: UUID) -> list[HigherWish]:
        higher = self._higher_wishes(candidate)
        if not higher:
            return []
        if str(candidate) not in self._found:
            self._ask([candidate])
        found = self._found.get(str(candidate))
        told = found.wishes if found else ()
        by_site: dict[str | None, list[WishExplanation]] = defaultdict(list)
        for wish in told:
            by_site[self._site(wish.slot)].append(wish)
        return [
            self._told(str(candidate), pk, name, number, by_site.get(str(pk), []))
            for number, pk, name in higher
        ]

    def _told(
        self,
        candidate: str,
        workplace: UUID,
        name: str,
        rank: int,
        found: list[WishExplanation],
    ) -> HigherWish:
        wish = min(found, key=lambda w: _CLOSENESS.index(w.reason), default=None)
        cost = wish.cost if wish else None
        return HigherWish(
            workplace=name,
            rank=rank,
            capacity=sum(w.capacity for w in found),
            wished_by=self._wished_by[workplace],
            reason=CALM
            if self.calm(candidate, wish)
            else str(wish.reason if wish else Reason.CLOSED),
            level=cost.level if cost else None,
            amount=cost.amount if cost else None,
            moves=len(wish.chain) if wish else 0,
            weights=list(wish.weights) if wish and wish.weights else None,
            status=wish.status if wish and not is_open(wish) else None,
        )

    def _site(self, slot: str | None) -> str | None:
        return None if slot is None else self._site_of[slot]


def is_open(wish: WishExplanation) -> bool:
    """Whether nobody has tried to find out why she is not there."""
    return wish.reason == Reason.UNKNOWN and wish.status != UNPROVEN


def _read(data: dict[str, Any]) -> WishExplanation:
    """As it was written down with the question."""
    return WishExplanation(
        **{
            **data,
            "reason": Reason(data["reason"]),
            "cost": Cost(**data["cost"]) if data["cost"] else None,
            "chain": tuple(Move(**move) for move in data["chain"]),
            "weights": tuple(data["weights"]) if data["weights"] else None,
            "rules": tuple(data["rules"]),
        }
    )


def _wishes(run: MatchingRun) -> dict[UUID, list[Wish]]:
    """Rank, workplace and its name of each wish that was sent, by candidate, best first."""
    rows = (
        Preference.objects.filter(
            candidate__round=run.round_id, candidate__wishes_state=WishesState.SENT
        )
        .order_by("rank", "workplace__sort_key")
        .values_list("candidate", "rank", "workplace", "workplace__name")
    )
    found: dict[UUID, list[Wish]] = defaultdict(list)
    for candidate, rank, workplace, name in rows:
        found[candidate].append((rank, workplace, name))
    return found


def _count(wishes: Mapping[UUID, list[Wish]]) -> Mapping[UUID, int]:
    counts: dict[UUID, int] = defaultdict(int)
    for mine in wishes.values():
        for _, workplace, _ in mine:
            counts[workplace] += 1
    return counts
