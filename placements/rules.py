"""The rules of a round, for people: ready-made lists with a name, and what each level means.

A list of rules is the engine's policy: levels in order of importance. Which levels there are is the
engine's to say; those it does not have are not shown here, and ready-made lists do without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from placements.matching import InputError, policies
from placements.models.rounds import RoundState

FIRST, LAST = "placed", "lottery"
STABLE = [policies.STABLE, "travel", LAST]  # a list of its own: nothing can be put in or moved
# All that may stand between them, those that are offered first on top.
OPTIONAL = (
    "fairness",
    "wishes:squared",
    "wishes:rank_sum",
    "wishes:greedy",
    "wishes:generous",
    "breadth",
    "moves",
    "travel",
)
CHANGEABLE = (RoundState.DRAFT, RoundState.COLLECTING, RoundState.OPEN, RoundState.MATCHING)


@dataclass(frozen=True)
class Ready:
    """A ready-made list of rules."""

    key: str
    name: str
    text: str
    levels: list[str]


@dataclass(frozen=True)
class Rule:
    """One level in a list: what it is called, what it means, and whether it can be moved."""

    level: str
    name: str
    text: str
    fixed: bool
    can_rise: bool = False
    can_sink: bool = False


@cache
def exists(level: str) -> bool:
    """Whether the engine has the level: asked of the engine itself."""
    try:
        policies.checked(list(dict.fromkeys([FIRST, level, LAST])))
    except InputError:
        return False
    return True


def ready() -> list[Ready]:
    """The ready-made lists, the standard one first; those that would be the same are left out."""
    squared, least = "wishes:squared", "wishes:generous"
    rows = [
        (
            "standard",
            _("Standard"),
            _("Fits most rounds: wishes are met as well as can be, and no school is left behind."),
            ["fairness", squared, "breadth", "moves", "travel"],
        ),
        (
            "learning",
            _("Learning goals first"),
            _("What a student still has to learn counts for more than what she wishes."),
            ["breadth", "fairness", squared, "moves", "travel"],
        ),
        (
            "near",
            _("Short travel first"),
            _(
                "For dark winters and long roads: wishes decide between places that are equally near."
            ),
            ["travel", "fairness", squared, "breadth", "moves"],
        ),
        (
            "schools",
            _("The same chance for all"),
            _("No school is left behind, and nobody is sent far down her list to help others up."),
            ["fairness", least, squared, "breadth", "moves", "travel"],
        ),
        (
            "calm",
            _("After publication"),
            _("As few as possible move from the place they have been told of."),
            ["moves", "fairness", squared, "breadth", "travel"],
        ),
    ]
    found: list[Ready] = []
    for key, name, text, wanted in rows:
        levels = [FIRST, *only_one_of_wishes(filter(exists, wanted)), LAST]
        if all(levels != other.levels for other in found):
            found.append(Ready(key, name, text, levels))
    return [*found, _stable()]


def _stable() -> Ready:
    return Ready(
        "stable",
        _("Workplaces choose too"),
        _(
            "For rounds where workplaces have met the students and put them in order. Nobody loses a"
            " place to somebody the workplace has put after her, but fewer may get a place: how many"
            " fewer is shown with each proposal."
        ),
        list(STABLE),
    )


def only_one_of_wishes(levels: Iterable[str]) -> list[str]:
    """The levels, with the first way of weighing wishes only: two of them say the same twice."""
    kept: list[str] = []
    for level in levels:
        if not (level.startswith("wishes:") and any(k.startswith("wishes:") for k in kept)):
            kept.append(level)
    return kept


def name_of(policy: Sequence[str]) -> str:
    """What the list is called, if it is a ready-made one."""
    return next((one.name for one in ready() if one.levels == list(policy)), _("Own rules"))


def rows(policy: Sequence[str]) -> list[Rule]:
    """The list as rules, in order. The first and the last stay where they are."""
    middle = [level for level in policy if level not in (FIRST, LAST)]
    if policies.STABLE in policy:
        middle = []
    return [
        Rule(
            level,
            *words(level),
            fixed=level in (FIRST, LAST) or policies.STABLE in policy,
            can_rise=level in middle[1:],
            can_sink=level in middle[:-1],
        )
        for level in policy
    ]


def left_out(policy: Sequence[str]) -> list[Rule]:
    """What the engine can do besides."""
    if policies.STABLE in policy:
        return []
    return [
        Rule(level, *words(level), fixed=False)
        for level in OPTIONAL
        if level not in policy and exists(level)
    ]


def moved(policy: Sequence[str], level: str, by: int) -> list[str]:
    """The list with one of its rules a step up (-1) or down (1); as it is if it cannot go there."""
    changed = list(policy)
    if level in changed:
        at = changed.index(level)
        other = at + by
        if 0 <= other < len(changed) and not {changed[at], changed[other]} & {FIRST, LAST}:
            changed[at], changed[other] = changed[other], changed[at]
    return changed


def with_level(policy: Sequence[str], level: str) -> list[str]:
    """The list with one rule more, last before the lots; a way of weighing wishes takes the other's place."""
    if level in policy:
        return list(policy)
    if level.startswith("wishes:") and any(p.startswith("wishes:") for p in policy):
        return [level if p.startswith("wishes:") else p for p in policy]
    return [*(p for p in policy if p != LAST), level, LAST]


def without_level(policy: Sequence[str], level: str) -> list[str]:
    return [p for p in policy if p != level or p in (FIRST, LAST)]


def calm(policy: Sequence[str]) -> list[str]:
    """The round's own rules, but with as few moves as possible right after as many placed as possible.

    Where workplaces choose, the ready-made list for that: their order was for the day of publication."""
    if policies.STABLE in policy:
        return next(one.levels for one in ready() if one.key == "calm")
    return [FIRST, "moves", *(p for p in policy if p not in (FIRST, "moves"))]


def words(level: str) -> tuple[str, str]:
    """What a rule is called, and what it means, in a line."""
    return {
        "placed": (
            _("As many as possible get a place"),
            _("Nobody goes without a place so that another can have a better one."),
        ),
        "fairness": (
            _("Fair between the schools"),
            _("If somebody must go without, it is spread evenly over the schools."),
        ),
        "wishes:squared": (
            _("Wishes, evenly"),
            _("High wishes for as many as possible, and a fall far down the list counts heavily."),
        ),
        "wishes:rank_sum": (
            _("Wishes, taken together"),
            _("The numbers of the wishes added up: some may fall far so that others rise."),
        ),
        "wishes:greedy": (
            _("Most first wishes"),
            _("As many first wishes as possible, then second wishes, and so on."),
        ),
        "wishes:generous": (
            _("Fewest far down"),
            _("As few as possible at their last wish, then at the one before it, and so on."),
        ),
        "breadth": (
            _("Learning goals"),
            _("Places where the student can learn what she still has to learn."),
        ),
        "moves": (
            _("Few moves"),
            _("As few as possible get another place than in the proposal it starts from."),
        ),
        "stable": (
            _("The students' wishes and the workplaces' order"),
            _(
                "Everybody gets the best of her wishes that does not go to somebody the workplace"
                " has put before her. No student and no workplace would both rather have had each"
                " other."
            ),
        ),
        "travel": (_("Short travel"), _("As few minutes on the way as possible, taken together.")),
        "lottery": (
            _("Lots"),
            _("What is still equal is decided by lots that were sealed beforehand."),
        ),
    }.get(level, (level, ""))
