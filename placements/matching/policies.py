"""Which levels there are, and what a legal policy is: an ordered list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import InputError
from .fields import sequence, shown

PLACED = "placed"
WISHES_SQUARED = "wishes:squared"
WISHES_RANK_SUM = "wishes:rank_sum"
WISHES_GREEDY = "wishes:greedy"
WISHES_GENEROUS = "wishes:generous"
BREADTH = "breadth"
FAIRNESS = "fairness"
MOVES = "moves"
TRAVEL = "travel"
LOTTERY = "lottery"
STABLE = "stable"

WISHES = (WISHES_SQUARED, WISHES_RANK_SUM, WISHES_GREEDY, WISHES_GENEROUS)
KNOWN = (PLACED, FAIRNESS, *WISHES, BREADTH, MOVES, TRAVEL, LOTTERY, STABLE)
DEFAULT = (PLACED, FAIRNESS, WISHES_SQUARED, BREADTH, MOVES, TRAVEL, LOTTERY)

# Another question than the rest: what they choose beside it breaks ties, and nothing more.
STABLES = ([STABLE, LOTTERY], [STABLE, TRAVEL, LOTTERY])


def checked(policy: Any) -> tuple[str, ...]:
    """The policy, or a sentence saying what is wrong with it.

    `placed` comes first because nothing may cost anybody a place; `lottery` comes last because it
    leaves nothing to choose, which makes the answer the only one. Two ways of weighing the wishes
    would be two answers to one question. `stable` is a policy of its own: see `stable.py`.
    """
    names = list(sequence(policy, "policy"))
    for i, name in enumerate(names):
        if name not in KNOWN:
            known = ", ".join(KNOWN)
            raise InputError(
                f"policy[{i}] is {shown(name)}, but the levels this engine has are {known}."
            )
    if len(set(names)) != len(names):
        raise InputError("policy names the same level twice.")
    if len(wishes := [name for name in names if name in WISHES]) > 1:
        raise InputError(f"policy weighs the wishes in two ways, {wishes[0]} and {wishes[1]}.")
    if STABLE in names:
        if names not in STABLES:
            raise InputError(
                f'policy with "{STABLE}" must be "{STABLE}", then "{TRAVEL}" or not, and "{LOTTERY}".'
            )
        return tuple(names)
    if not names or names[0] != PLACED or names[-1] != LOTTERY:
        raise InputError(f'policy must begin with "{PLACED}" and end with "{LOTTERY}".')
    return tuple(names)


def levels(policy: Sequence[str], priorities: Iterable[int], worst: int) -> list[str]:
    """The levels to solve, in order. Some names of a policy stand for several levels.

    `placed` becomes one for each priority class: `placed:2` counts the unplaced of class 2 and
    above. The lowest class makes that everybody, and is called `placed`, so that every solution has
    one level of that name. `wishes:greedy` is a level for each wish from the first to the last but
    one, `wishes:generous` from the `worst` (one past the end of the longest list) to the second.
    """
    classes = sorted(set(priorities), reverse=True)[:-1]
    several = {
        WISHES_GREEDY: [f"{WISHES_GREEDY}:{rank}" for rank in range(1, worst)],
        WISHES_GENEROUS: [f"{WISHES_GENEROUS}:{rank}" for rank in range(worst, 1, -1)],
    }
    rest = [level for name in policy for level in several.get(name, [name])]
    return [f"{PLACED}:{priority}" for priority in classes] + rest
