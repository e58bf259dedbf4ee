"""Which levels there are, and what a legal policy is: an ordered list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import InputError
from .fields import sequence, shown

PLACED = "placed"
WISHES_SQUARED = "wishes:squared"
MOVES = "moves"
TRAVEL = "travel"
LOTTERY = "lottery"

DEFAULT = (PLACED, WISHES_SQUARED, MOVES, TRAVEL, LOTTERY)


def checked(policy: Any) -> tuple[str, ...]:
    """The policy, or a sentence saying what is wrong with it.

    `placed` comes first because nothing may cost anybody a place; `lottery` comes last because it
    leaves nothing to choose, which makes the answer the only one.
    """
    names = sequence(policy, "policy")
    for i, name in enumerate(names):
        if name not in DEFAULT:
            known = ", ".join(DEFAULT)
            raise InputError(
                f"policy[{i}] is {shown(name)}, but the levels this engine has are {known}."
            )
    if len(set(names)) != len(names):
        raise InputError("policy names the same level twice.")
    if not names or names[0] != PLACED or names[-1] != LOTTERY:
        raise InputError(f'policy must begin with "{PLACED}" and end with "{LOTTERY}".')
    return tuple(names)


def levels(policy: Sequence[str], priorities: Iterable[int]) -> list[str]:
    """The levels to solve, in order: `placed` becomes one level for each priority class.

    `placed:2` counts the unplaced of class 2 and above. The lowest class makes that everybody, and
    is called `placed`, so that every solution has one level of that name.
    """
    classes = sorted(set(priorities), reverse=True)[:-1]
    return [f"{PLACED}:{priority}" for priority in classes] + list(policy)
