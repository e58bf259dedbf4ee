"""What each level of a proposal is called, and what its number counts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

POINTS = ("wishes:squared", "wishes:rank_sum")  # what they count is a sum, not students


def name(level: str) -> str:
    if level.startswith("placed:"):
        return _("With priority, without a place")
    if level.startswith(("wishes:greedy:", "wishes:generous:")):
        return _("Wish %s") % level.rpartition(":")[2]
    return {
        "placed": _("Without a place"),
        "fairness": _("Spread over the schools"),
        "wishes:squared": _("Wishes"),
        "wishes:rank_sum": _("Wishes"),
        "breadth": _("Learning goals"),
        "moves": _("Students who move"),
        "travel": _("Travel"),
        "lottery": _("Lots"),
        "stable": _("Would rather have each other"),
    }.get(level, level)


def counts(level: str) -> str:
    """How the number is made: the lower, the better."""
    if level.startswith("placed:"):
        return _("students who come first, but could not be placed")
    if level.startswith("wishes:greedy:"):
        return _("students who did not get just this wish")
    if level.startswith("wishes:generous:"):
        return _("students who got this wish or one further down")
    return {
        "placed": _("students who could not be placed"),
        "fairness": _(
            "each school's share without a place, squared and weighed by its size, in millionths"
        ),
        "wishes:squared": _(
            "1 for a first wish, 4 for a second, 9 for a third and so on, added up"
        ),
        "wishes:rank_sum": _("1 for a first wish, 2 for a second and so on, added up"),
        "breadth": _("learning goals that students still lack and do not meet at their place"),
        "moves": _("students with another place than in the proposal it starts from"),
        "travel": _("minutes each way, for all students together"),
        "stable": _("students and workplaces that would both rather have each other"),
        "lottery": _(
            "decides between what is otherwise equal; drawn from the seed, for all to check"
        ),
    }.get(level, "")


def step(progress: str) -> str:
    """What a run is doing just now."""
    if progress.startswith("placed"):
        return _("Finding places for as many as possible")
    if progress.startswith("wishes"):
        return _("Weighing the wishes")
    return {
        "": _("Reading the facts"),
        "parts": _("Finding places in each part of the round by itself"),
        "fairness": _("Spreading what is missing over the schools"),
        "stable": _("Going by wishes and the workplaces' order"),
        "breadth": _("Weighing the learning goals"),
        "moves": _("Moving as few as possible"),
        "travel": _("Shortening the travel"),
        "lottery": _("Drawing lots between what is equal"),
        "writing": _("Writing down the proposal"),
    }.get(progress, progress)


def points(policy: Iterable[str]) -> str:
    """How wishes are added up where the rules do: said once, below what they cost."""
    return next((counts(level) for level in policy if level in POINTS), "")


def cost(level: str, amount: int) -> str:
    """What it would cost all of them together to give one student one place more."""
    if level.startswith("placed"):
        return ngettext(
            "%d more student would be left without a place.",
            "%d more students would be left without a place.",
            amount,
        ) % (amount)
    if level == "fairness":
        return _("Another school would have a larger share of its students without a place.")
    if level.startswith("wishes"):
        return _by_wishes(amount if level in POINTS else 0)
    if level == "breadth":
        return ngettext(
            "%d learning goal less would be met, taken together.",
            "%d learning goals less would be met, taken together.",
            amount,
        ) % (amount)
    if level == "moves":
        return ngettext(
            "%d more student would have to move.", "%d more students would have to move.", amount
        ) % (amount)
    if level == "travel":
        return ngettext(
            "The students would travel %d minute more, taken together.",
            "The students would travel %d minutes more, taken together.",
            amount,
        ) % (amount)
    return _("Everything else is equal: lots were drawn.")


def _by_wishes(amount: int) -> str:
    if not amount:
        return _("Others would have to go further down their lists, and lose more than is gained.")
    return ngettext(
        "Others would have to go further down their lists, and lose %d point more than is gained.",
        "Others would have to go further down their lists, and lose %d points more than is gained.",
        amount,
    ) % (amount)
