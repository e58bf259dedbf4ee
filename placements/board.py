"""A proposal as it stands after what has been moved by hand: who is where, what breaks, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements import levels
from placements.actions.pins import rule_text
from placements.eligibility import Eligibility
from placements.models import (
    BoardMove,
    Candidate,
    MatchingRun,
    Pairing,
    Preference,
    Quota,
    Slot,
    Workplace,
)
from schools.models import Clearance

Places = dict[UUID, UUID | None]


def standing(run: MatchingRun) -> list[BoardMove]:
    return list(run.moves.standing().order_by("number"))


def redoable(run: MatchingRun) -> BoardMove | None:
    """The one that was undone last, unless another has been made since."""
    last = run.moves.standing().order_by("-number").values_list("number", flat=True).first() or 0
    return run.moves.filter(number__gt=last).order_by("number").first()


def token(run: MatchingRun) -> str:
    """What the board looked like; a move made on a page that shows another one is refused."""
    rows = list(run.moves.order_by("number").values_list("number", "undone_at"))
    last = max((number for number, undone in rows if undone is None), default=0)
    return f"{len(rows)}.{last}"


def places(run: MatchingRun, moves: list[BoardMove]) -> Places:
    """Where each of the proposal is now. Those without a place are with None."""
    unplaced = [UUID(pk) for pk in (run.solution or {}).get("unplaced", [])]
    at: Places = dict.fromkeys(unplaced)
    at |= dict(run.assignments.values_list("candidate", "slot"))
    at |= {move.candidate_id: move.after_id for move in moves}
    return at


@dataclass(frozen=True)
class Figure:
    """One number of the price: as proposed, and as moved."""

    name: str
    before: int
    now: int
    more_is_better: bool

    @property
    def worse(self) -> bool:
        return self.now < self.before if self.more_is_better else self.now > self.before

    @property
    def change(self) -> int:
        return self.now - self.before


def price(run: MatchingRun, proposed: Places, now: Places) -> list[Figure]:
    """What the moves come to, in what a coordinator counts: places and wishes."""
    at = dict(Slot.objects.filter(round=run.round_id).values_list("pk", "workplace"))
    wishes = Preference.objects.filter(candidate__round=run.round_id)
    rank = {
        (who, where): n for who, where, n in wishes.values_list("candidate", "workplace", "rank")
    }
    sides = [_counted(side, at, rank) for side in (proposed, now)]
    names = [
        (_("Have a place"), "placed", True),
        (_("Got the first wish"), "first", True),
        (_("Got one of the three first wishes"), "top", True),
        (_("Outside the list"), "outside", False),
    ]
    return [Figure(name, sides[0][key], sides[1][key], good) for name, key, good in names]


def _counted(
    side: Places, at: Mapping[UUID, UUID], rank: Mapping[tuple[UUID, UUID], int]
) -> Counter[str]:
    wishers = {who for who, _where in rank}
    found = Counter[str]()
    for who, slot in side.items():
        if slot is None:
            continue
        number = rank.get((who, at[slot]))
        found["placed"] += 1
        found["first"] += number == 1
        found["top"] += number is not None and number <= 3
        found["outside"] += number is None and who in wishers
    return found


@dataclass(frozen=True)
class Problem:
    """A sentence about what does not hold. `stops`: it cannot become a proposal like this."""

    text: str
    stops: bool


def conflicts(run: MatchingRun, proposed: Places, now: Places) -> list[Problem]:
    """What the moves break, the worst first."""
    people = Candidate.objects.for_round(run.round).taking_part().named()
    moved = [who for who, slot in now.items() if proposed.get(who) != slot]
    # What the proposal itself has, a pin decided: that stands above these rules.
    tied = _tied(run, now).without(_tied(run, proposed))
    if not moved and not tied.any:
        return []
    slots = Slot.objects.filter(round=run.round_id).select_related("workplace", "period")
    named, slot_at = people.in_bulk(), slots.in_bulk()
    found = tied.sentences(named, slot_at)
    table = Eligibility(run.round, only=moved)
    unready = _unready(moved, named, now, slot_at)
    for who in moved:
        slot = now[who]
        if slot is None or who not in table.candidate_at:
            continue
        where = {"name": named[who].name, "place": slot_at[slot].workplace.name}
        texts = [rule_text(rule) for rule in table.rules_broken(who, slot)]
        if who in unready:
            texts.append(_("Requirements of the workplace are not ready yet."))
        found += [
            Problem(_("%(name)s at %(place)s:") % where + " " + text, stops=False) for text in texts
        ]
    return found


def _unready(
    moved: list[UUID],
    named: Mapping[UUID, Candidate],
    now: Places,
    slot_at: Mapping[UUID, Slot],
) -> set[UUID]:
    """Those moved to a workplace that requires something which they have not cleared."""
    to = {who: slot_at[slot].workplace_id for who in moved if (slot := now[who]) is not None}
    through = Workplace.requirements.through
    needs: dict[UUID, set[UUID]] = {}
    rows = through.objects.filter(workplace__in=set(to.values()))
    for workplace, requirement in rows.values_list("workplace", "requirement"):
        needs.setdefault(workplace, set()).add(requirement)
    students = [named[who].student_id for who in to if who in named]
    cleared = set(
        Clearance.objects.cleared()
        .filter(student__in=students)
        .values_list("student", "requirement")
    )
    return {
        who
        for who, workplace in to.items()
        if who in named
        and any((named[who].student_id, need) not in cleared for need in needs.get(workplace, ()))
    }


@dataclass(frozen=True)
class Tied:
    """What ties students to each other, where it does not hold."""

    pairs: list[Pairing]
    quotas: list[tuple[Quota, int]]
    few: list[tuple[UUID, int, int]]

    def without(self, known: Tied) -> Tied:
        pairs = {pair.pk for pair in known.pairs}
        return Tied(
            [pair for pair in self.pairs if pair.pk not in pairs],
            [row for row in self.quotas if row not in known.quotas],
            [row for row in self.few if row not in known.few],
        )

    @property
    def any(self) -> bool:
        return bool(self.pairs or self.quotas or self.few)

    def sentences(
        self, people: Mapping[UUID, Candidate], slots: Mapping[UUID, Slot]
    ) -> list[Problem]:
        texts = []
        for pair in self.pairs:
            if not {pair.one_id, pair.other_id} <= people.keys():
                continue
            both = {
                "one": people[pair.one_id].name,
                "other": people[pair.other_id].name,
            }
            texts.append(
                _("%(one)s and %(other)s are to be together.") % both
                if pair.kind == "together"
                else _("%(one)s and %(other)s are to be apart.") % both
            )
        for quota, there in self.quotas:
            texts.append(
                _("A quota does not hold: there are %(there)d, at most %(most)d are allowed.")
                % {"there": there, "most": quota.at_most}
                if quota.at_most is not None and there > quota.at_most
                else _("A quota does not hold: there are %(there)d, at least %(least)d are to be.")
                % {"there": there, "least": quota.at_least}
            )
        for slot, there, least in self.few:
            texts.append(
                ngettext(
                    "%(place)s takes at least %(least)d or nobody; now there is %(there)d.",
                    "%(place)s takes at least %(least)d or nobody; now there are %(there)d.",
                    there,
                )
                % {"place": slots[slot].workplace.name, "least": least, "there": there}
            )
        return [Problem(text, stops=True) for text in texts]


def _tied(run: MatchingRun, now: Places) -> Tied:
    load = Counter(slot for slot in now.values() if slot is not None)
    slots = Slot.objects.filter(round=run.round_id).select_related("workplace", "period").in_bulk()
    pairs = [
        pair
        for pair in Pairing.objects.for_round(run.round).order_by("pk")
        if {pair.one_id, pair.other_id} <= now.keys() and _pair_broken(pair, now, slots)
    ]
    school = dict(Candidate.objects.for_round(run.round).values_list("pk", "school"))
    quotas = []
    for quota in Quota.objects.for_round(run.round).order_by("pk"):
        inside = set(quota.slots().values_list("pk", flat=True))
        there = sum(
            slot in inside and quota.school_id in (None, school.get(who))
            for who, slot in now.items()
        )
        if there < quota.at_least or (quota.at_most is not None and there > quota.at_most):
            quotas.append((quota, there))
    few = [
        (pk, load[pk], slot.minimum)
        for pk, slot in slots.items()
        if 0 < load[pk] < min(slot.minimum, slot.capacity)
    ]
    return Tied(pairs, quotas, few)


def _pair_broken(pair: Pairing, now: Places, slots: Mapping[UUID, Slot]) -> bool:
    one, other = now[pair.one_id], now[pair.other_id]
    if pair.kind == "together":
        return one != other
    if one is None or other is None or slots[one].workplace_id != slots[other].workplace_id:
        return False
    return bool(set(slots[one].period.days) & set(slots[other].period.days))


@dataclass(frozen=True)
class Adjusted:
    """A proposal that was adjusted by hand, against the one it comes of."""

    moves: list[BoardMove]
    losses: list[tuple[str, int, int]]  # level, the best, and what it came to

    @classmethod
    def of(cls, run: MatchingRun) -> Adjusted:
        moves = BoardMove.objects.filter(pk__in=run.moved_by_hand)
        moves = (
            moves.exclude(candidate__student__manual_handling=True)
            .select_related("before__workplace", "after__workplace", "made_by")
            .prefetch_related(Prefetch("candidate", Candidate.objects.named()))
        )
        best = _values(run.adjusts)
        return cls(
            list(moves.order_by("number")),
            [
                (levels.name(level), best[level], value)
                for level, value in _values(run).items()
                if level in best and level != "lottery" and best[level] != value
            ],
        )


def _values(run: MatchingRun | None) -> dict[str, int]:
    solution = (run.solution if run else None) or {}
    return {level["name"]: level["value"] for level in solution.get("levels", [])}
