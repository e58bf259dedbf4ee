"""Levels with values, bounds and prices: the proof.

A bound comes from prices alone, a value from the final answer alone. They are put beside each other
at the end, so no shortcut in the solver can end up as a false claim: where the prices do not reach
the value, the level says so. The prices are the least there are, and the answer is the only one,
so the certificate is the same whichever way it was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import fairness
from .core import Core
from .costs import Costs
from .options import Options, total
from .pairs import Ints
from .policies import FAIRNESS
from .prices import bound, prices
from .solution import Level


@dataclass(frozen=True)
class Claim:
    """Nothing that is as good at the levels before costs less than `bound`; `prices` prove it."""

    level: str
    bound: int
    prices: Mapping[str, int]


def settle(
    core: Core, costs: Costs, level: str, cost: Ints, price: Ints | None
) -> tuple[Claim, Core]:
    """What the prices prove of a level, and what they leave open. None: nobody's options differ."""
    settled = total(costs.of(level, core.settled[core.settled >= 0]))
    if price is None:
        return Claim(level, settled + total(cost[core.start]), {}), core
    charged = cost + price[core.slot]
    least = core.least(charged)
    claim = Claim(level, settled + bound(core, least, price), core.options.named(price))
    return claim, core.narrowed(charged, least, price)


def levels(
    names: Sequence[str], claims: Sequence[Claim], costs: Costs, answer: Ints
) -> list[Level]:
    """`answer` numbers each candidate's option. Nothing is claimed after a level without proof."""
    found, proven = list[Level](), True
    for i, name in enumerate(names):
        value = value_of(name, costs, answer)
        if proven:
            proven = claims[i].bound == value
            found.append(Level(name, value, claims[i].bound, proven, claims[i].prices))
        else:
            found.append(Level(name, value, bound=None, proven=False))
    return found


def value_of(name: str, costs: Costs, answer: Ints) -> int:
    options = costs.options
    if name == FAIRNESS and len(options.seats):
        return options.seats.total(options.waiting(answer))
    return total(costs.of(name, answer))


def certify(
    options: Options,
    names: Sequence[str],
    answer: Ints,
    near: Mapping[str, Mapping[str, int]] | None = None,
) -> list[Level]:
    """The proof of an answer from elsewhere; where it is not best, that is found out here.

    `near`: by level, prices that may shorten the way to the proof, but have no part in it."""
    core, claims = Core.whole(options), list[Claim]()
    for name in names:
        if name == FAIRNESS and len(options.seats):
            core, answer, least, named = fairness.settle(core, answer)
            claims.append(Claim(name, least, named))
        else:
            costs = Costs(core.options)
            cost = costs.of(name, core.option)
            price = None
            if core.varies(cost):
                start = _start(core, (near or {}).get(name, {}))
                price = prices(core, cost, core.positions(answer), start)
            claim, core = settle(core, costs, name, cost, price)
            claims.append(claim)
        if claims[-1].bound != value_of(name, Costs(core.options), answer):
            break
    return levels(names, claims, Costs(core.options), answer)


def _start(core: Core, near: Mapping[str, int]) -> Ints:
    index, price = core.options.problem.slot_index, np.zeros(len(core.room), dtype=np.int64)
    for slot, value in near.items():
        if slot in index:
            price[index[slot]] = value
    return price
