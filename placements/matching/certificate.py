"""From an answer alone to its levels with values, bounds and prices.

The proof is made from the final answer, not picked up along the solver's way to it. The answer is
unique, so the certificate is the same whichever way it was found; and no shortcut in the
solver can end up as a false claim: where the prices do not reach the value, the level says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .core import Core
from .costs import Costs
from .options import total
from .pairs import Ints
from .prices import bound, prices
from .solution import Level


def certify(
    costs: Costs, names: list[str], answer: Ints, near: Mapping[str, Ints] | None = None
) -> list[Level]:
    """`answer` numbers each candidate's option. After a level without proof nothing is claimed.

    Prices `near` the right ones save time; what comes out does not depend on them.
    """
    core, levels, proven = Core.whole(costs.options), list[Level](), True
    for name in names:
        value = total(costs.of(name, answer))
        if not proven:
            levels.append(Level(name, value, bound=None, proven=False))
            continue
        cost = costs.of(name, core.option)
        price = np.zeros(len(core.room), dtype=np.int64)
        if core.varies(cost):
            price = prices(core, cost, core.positions(answer), (near or {}).get(name))
        settled = core.settled[core.settled >= 0]
        least = total(costs.of(name, settled)) + bound(core, cost, price)
        proven = least == value
        levels.append(Level(name, value, least, proven, _named(core, price)))
        core = core.narrowed(cost, price)
    return levels


def _named(core: Core, price: Ints) -> dict[str, int]:
    names = core.options.names
    return {names[i]: int(price[i]) for i in np.flatnonzero(price).tolist()}
