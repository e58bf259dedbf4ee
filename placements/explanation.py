"""Why a student got her place: the facts as stored with the placement, and as sentences for her.

The facts are written when a proposal is published, and hold numbers and workplaces, never another
person. They are hers to read, so what others may not know of her is not told here either.
"""

from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.matching.solution import UNPROVEN

CALM = "calm"  # no reason of the engine's: a repair kept those who had been told of a place where they were


class HigherWish(TypedDict):
    """A place she ranked higher than what she got, and why she is not there.

    `reason` is a `matching.explain.Reason`. `level` and `amount` say what her going there would have
    made worse for all, `moves` how many others would have had to change. `weights`, where the
    lottery decided: the sum of weights as it is and as it would have been; the lower wins. `status`: how
    certain that is, of the engine's words; None while it is "unknown" and being worked out.
    """

    workplace: str
    rank: int
    capacity: int
    wished_by: int
    reason: str
    level: str | None
    amount: int | None
    moves: int
    weights: list[int] | None
    status: NotRequired[str | None]


class Lottery(TypedDict):
    """What anybody needs to draw her lot again: see `matching.lottery`."""

    seed: str
    candidate: str
    slot: str
    weight: int


class Explanation(TypedDict):
    """`Placement.explanation`. `rank` None: outside her list. Empty when placed by hand, without a run."""

    rank: int | None
    wishes: list[HigherWish]
    lottery: NotRequired[Lottery | None]
    run: int
    proven: bool


def result(explanation: Explanation) -> str:
    """Which of her wishes this is."""
    rank = explanation["rank"]
    if rank is None:
        return _("This place was not on your list. None of your wishes could be met.")
    if rank == 1:
        return _("This was your first wish.")
    return _("This was your wish number %(rank)d.") % {"rank": rank}


def reason(wish: HigherWish) -> str:
    """Why she did not get the place she ranked higher: how sought after it was, then what decided."""
    return f"{_demand(wish)} {_decided(wish)}"


def _demand(wish: HigherWish) -> str:
    places = ngettext("%d place", "%d places", wish["capacity"]) % wish["capacity"]
    students = (
        ngettext("%d student wished for it", "%d students wished for it", wish["wished_by"])
        % wish["wished_by"]
    )
    return _("%(workplace)s had %(places)s, and %(students)s.") % {
        "workplace": wish["workplace"],
        "places": places,
        "students": students,
    }


def _decided(wish: HigherWish) -> str:
    if wish["reason"] in _WITHOUT_COST:
        return str(_WITHOUT_COST[wish["reason"]]())
    if wish["reason"] == "unknown":
        return _not_known(wish)
    if wish["reason"] == "lottery":
        return _by_lot(wish)
    if wish.get("status") == UNPROVEN:
        less = _("The search was not finished, so it may have been less.")
        return f"{_by_cost(wish)} {less}"
    return _by_cost(wish)


def _not_known(wish: HigherWish) -> str:
    if wish.get("status") is None:
        return _("Why you are not there is being worked out. Come back in a while.")
    return _(
        "What your going there would have meant for the others could not be found out in time."
    )


_WITHOUT_COST = {
    "not_eligible": lambda: _(
        "You could not be placed there this time: the way, the period or a requirement did not fit."
    ),
    "pinned": lambda: _("A coordinator had decided on your place beforehand."),
    "closed": lambda: _("In the end it had no places."),
    "all_pinned": lambda: _("A coordinator had given its places to others beforehand."),
    "order": lambda: _("The workplace has an order of its own, and others came before you there."),
    "urgent": lambda: _("Others came first this time, and they took its places."),
    CALM: lambda: _("The places were published already, and as few as possible were to move."),
    "rule": lambda: _("A rule that always counts stood in the way: a quota, a group or a pair."),
    "lower": lambda: _("The place you got is at least as high on your list."),
}


def _by_lot(wish: HigherWish) -> str:
    equal = _("Everything else was equal, so lots were drawn.")
    if not wish["weights"]:
        return equal
    drawn = _("The lowest number wins: %(now)d as it is now, %(then)d if you had gone there.") % {
        "now": wish["weights"][0],
        "then": wish["weights"][1],
    }
    return f"{equal} {drawn}"


def _by_cost(wish: HigherWish) -> str:
    """The first thing that would have become worse for all, in the order in which things count."""
    level, amount, moves = wish["level"] or "", wish["amount"] or 0, wish["moves"]
    if level.startswith("placed"):
        return ngettext(
            "Had you gone there, %d student would have been left without a place.",
            "Had you gone there, %d students would have been left without a place.",
            amount,
        ) % (amount)
    if level.startswith("wishes"):
        return _by_wishes(moves)
    if level == "moves":
        return ngettext(
            "Had you gone there, %d more student would have had to change place.",
            "Had you gone there, %d more students would have had to change place.",
            amount,
        ) % (amount)
    if level == "travel":
        return ngettext(
            "Had you gone there, the students would together have travelled %d minute more.",
            "Had you gone there, the students would together have travelled %d minutes more.",
            amount,
        ) % (amount)
    return _("Had you gone there, it would have been worse for the students taken together.")


def _by_wishes(moves: int) -> str:
    if moves == 1:
        return _(
            "Had you gone there, another student would have had to move further down her list."
        )
    if moves == 0:
        return _("Had you gone there, the wishes taken together would have been met less well.")
    return ngettext(
        "Had you gone there, %d other student would have had to move, and together they would have"
        " lost more than you gained.",
        "Had you gone there, %d other students would have had to move, and together they would have"
        " lost more than you gained.",
        moves,
    ) % (moves)
