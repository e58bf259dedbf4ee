"""Why one student is where she is in a proposal, told to a coordinator: in sentences, with names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements import levels, matching, relief
from placements.actions import pins
from placements.eligibility import Eligibility, Rule
from placements.matching import policies
from placements.matching.explain import Move, Reason, WishExplanation
from placements.matching.solution import SEARCHED, UNPROVEN
from placements.models import Assignment, Candidate, Slot
from placements.reasons import Reasons, is_open
from placements.sentences import rule


@dataclass(frozen=True)
class WishRow:
    """One of her wishes, in her order, and how it went."""

    rank: int
    workplace: str
    slot: Slot | None
    got: bool
    why: list[str]
    waits: bool  # nobody has found out why she is not there


def wishes(candidate: Candidate, place: Assignment | None, reasons: Reasons) -> list[WishRow]:
    """Each wish from the best on: the one she got, and why not each that she ranked higher."""
    slots: dict[UUID, list[Slot]] = {}
    for slot in Slot.objects.filter(round=candidate.round_id).select_related("workplace", "period"):
        if candidate.period_id in (None, slot.period_id):
            slots.setdefault(slot.workplace_id, []).append(slot)
    table = Eligibility(candidate.round, only=[candidate.pk])
    mine = list(candidate.preferences.select_related("workplace").order_by("rank"))
    told = {
        wish.workplace_id: reasons.towards(candidate.pk, wish.workplace_id)
        for wish in mine
        if place is None or place.rank is None or wish.rank < place.rank
    }
    people = _names(told.values())
    rows = []
    for wish in mine:
        here = slots.get(wish.workplace_id, [])
        got = place is not None and place.slot.workplace_id == wish.workplace_id
        fact = told.get(wish.workplace_id)
        near = next((s for s in here if fact and str(s.pk) == fact.slot), next(iter(here), None))
        asked = wish.workplace_id in told and not got
        why = _why(fact, near, candidate, table, people) if asked else []
        waits = asked and fact is not None and is_open(fact)
        if asked and reasons.calm(str(candidate.pk), fact):
            why = [_("The repair moves nobody but those it had to.")]
        rows.append(WishRow(wish.rank, wish.workplace.name, near, got, why, waits))
    return rows


def _names(told: Iterable[WishExplanation | None]) -> dict[str, str]:
    """The names of those who would have to move, and of where to."""
    moves = [move for fact in told if fact for move in fact.chain]
    people = Candidate.objects.filter(pk__in={UUID(move.candidate) for move in moves})
    slots = Slot.objects.filter(pk__in={UUID(m.destination) for m in moves if m.destination})
    return {
        **{str(one.pk): one.name for one in people.named()},
        **{str(slot.pk): slot.workplace.name for slot in slots.select_related("workplace")},
    }


def _why(
    fact: WishExplanation | None,
    slot: Slot | None,
    candidate: Candidate,
    table: Eligibility,
    people: dict[str, str],
) -> list[str]:
    """Why she is not there, in sentences for a coordinator."""
    if slot is None or fact is None:
        return [_("It offers no places in this round.")]
    places = ngettext("%d place", "%d places", fact.capacity) % fact.capacity
    wished = ngettext("%d student wished for it", "%d students wished for it", fact.wished)
    demand = _("%(places)s, and %(wished)s.") % {"places": places, "wished": wished % fact.wished}
    if fact.reason == Reason.NOT_ELIGIBLE:
        rules = table.rules_broken(candidate.pk, slot.pk)
        return [pins.rule_text(rule) for rule in rules] or [
            _("She could not be there when the proposal was made.")
        ]
    plain = {
        Reason.CLOSED: _("It offers no places in this period."),
        Reason.PINNED: _("She is pinned to another place."),
        Reason.ALL_PINNED: _("Others are pinned to all its places."),
        Reason.ORDER: _("The workplace has put others before her, and they took its places."),
        Reason.URGENT: _("Students with priority took its places."),
        Reason.RULE: _forbidden(fact, candidate),
        Reason.UNKNOWN: _("What it would mean for the others could not be found out in time.")
        if fact.status == UNPROVEN
        else _(
            "A quota, a group or a pair is in play here. Why she is not there has to be worked out."
        ),
        Reason.LOWER: _("It would have taken her, but she got one at least as high on her list."),
    }
    if fact.reason in plain or fact.cost is None:
        return [plain.get(fact.reason, demand)]
    certain = {
        SEARCHED: [_("All ways of having her there were searched through.")],
        UNPROVEN: [_("The search was not finished: there may be a way that costs less.")],
    }.get(fact.status, [])
    cost = levels.cost(fact.cost.level, fact.cost.amount)
    return [demand, cost, *_chain(fact.chain, people), *certain]


def _forbidden(fact: WishExplanation, candidate: Candidate) -> str:
    """No answer has her there; with the rules of which one would have to go, if they were found."""
    if not fact.rules:
        return _("A quota, a group or a pair stands in the way.")
    rules = "; ".join(rule(each, candidate.round) for each in fact.rules)
    return _(
        "However the others are placed, she cannot be there as long as this counts: %(rules)s."
    ) % {"rules": rules}


def _chain(chain: tuple[Move, ...], names: dict[str, str]) -> list[str]:
    """Who would have to move, and where to."""
    steps = []
    for move in chain:
        who = names.get(move.candidate)
        where = names.get(move.destination or "")
        if who and where:
            steps.append(_("%(name)s to %(place)s") % {"name": who, "place": where})
        elif who:
            steps.append(_("%(name)s, who would be without a place") % {"name": who})
    return [_("Would have to move: %(names)s.") % {"names": "; ".join(steps)}] if steps else []


@dataclass(frozen=True)
class Shortage:
    """The smallest group around her that has too few places, in words and by name."""

    text: str
    others: list[Candidate]
    workplaces: list[str]


def shortage(reasons: Reasons, candidate: Candidate) -> Shortage:
    if str(candidate.pk) not in reasons.most.unplaced:
        could = (
            _("By the standard rules she would have a place: here the workplaces' order decides.")
            if policies.STABLE in reasons.problem.policy
            else _(
                "She would have a place if the quotas, groups and pairs did not stand in the way."
            )
        )
        return Shortage(could, [], [])
    hall = matching.explain.hall_set(reasons.problem, reasons.most, str(candidate.pk))
    if not hall.places:
        text = _("There is no place in the round that she can be at, as the rules stand.")
        return Shortage(text, [], [])
    students = ngettext("%d student", "%d students", len(hall.candidates)) % len(hall.candidates)
    places = ngettext("%d place", "%d places", hall.places) % hall.places
    text = _(
        "She is one of %(students)s who can only use the same %(places)s. However they are ordered,"
        " %(surplus)d of them go without."
    ) % {"students": students, "places": places, "surplus": hall.surplus}
    others = Candidate.objects.filter(pk__in=hall.candidates).exclude(pk=candidate.pk)
    slots = Slot.objects.filter(pk__in=hall.slots).offered().order_by("workplace__sort_key")
    return Shortage(
        text,
        list(others.named().order_by("student__sort_key", "pk")),
        list(dict.fromkeys(slots.values_list("workplace__name", flat=True))),
    )


def reliefs(reasons: Reasons, candidate: Candidate) -> list[str]:
    """What would give her a place without anybody losing hers, in sentences."""
    table = Eligibility(candidate.round, only=[candidate.pk])
    words = {
        Rule.TRAVEL: _("If the way could be %(minutes)d minutes longer for her:")
        % {"minutes": relief.STRETCH},
        Rule.CAR: _("If somebody could drive her:"),
        Rule.STEP_FREE: _("If she could do without step-free access:"),
        Rule.KIND: _("If she could be at another kind of workplace:"),
        Rule.ROTATION: _("If she could be where she has been before:"),
        Rule.ENDED: _("If she could be where her place was declined or taken back:"),
        Rule.PERIOD: _("If she could be there in another period:"),
    }
    return [
        f"{words[one.rule]} {', '.join(dict.fromkeys(slot.workplace.name for slot in one.slots))}"
        for one in relief.reliefs(reasons, candidate, table)
    ]
