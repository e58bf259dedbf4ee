"""The level `fairness`: a cost that rises with each student of a school who goes without.

A rising cost is no price on one option, so it is made one: from the answer it is known how many of
each school wait. The dearest seat taken is then what one fewer would save, and the next seat what one
more would cost; with these two as the costs of the school's two slots (`seats`), the level is an
ordinary one, and its prices prove the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .core import Core
from .costs import Costs
from .options import Options
from .pairs import Ints
from .policies import FAIRNESS
from .prices import bound, prices
from .seats import Seats


class Settled(NamedTuple):
    """What is left to choose, where everybody is, and the proof: a bound and the prices for it."""

    core: Core
    answer: Ints
    bound: int
    prices: dict[str, int]


def settle(core: Core, answer: Ints) -> Settled:
    """After an answer that is fairest (or claims to be: then the bound stays below its value)."""
    waiting = core.options.waiting(answer)
    seats = core.options.seats.set(waiting)
    linear, chosen = _linear(core, _with(core.options, seats), answer)
    cost = Costs(linear.options).of(FAIRNESS, linear.option)
    price = prices(linear, cost, chosen)
    # The cheaper seats in the waiting room are paid for, but not at their full price.
    cheaper = seats.total(waiting) - int(waiting @ seats.cost[::2])
    kept = _narrowed(core, seats, price)
    return Settled(
        core=kept,
        answer=_seated(kept.options, answer),
        bound=bound(linear, linear.least(cost + price[linear.slot]), price) + cheaper,
        prices=_named(linear.options, price),
    )


def _with(options: Options, seats: Seats) -> Options:
    room = options.room.copy()
    room[options.real : options.nowhere] = seats.room
    return replace(options, seats=seats, room=room)


def _linear(core: Core, options: Options, answer: Ints) -> tuple[Core, Ints]:
    """The core with just the seats of `options`, and the position of each row's answer in it."""
    exists = np.ones(len(core.room), dtype=np.bool_)
    exists[options.real : options.nowhere] = options.seats.room > 0
    linear = core.only(exists[core.slot], options)
    return linear, linear.positions(options.waiting_room(answer))


def _seated(options: Options, answer: Ints) -> Ints:
    """The same answer, with the waiting rooms filled first and then the last seats."""
    first = options.waiting_room(answer)
    without = np.flatnonzero(options.slot[first] >= options.real)
    school = options.seats.school[options.candidate[first[without]]]
    order = np.argsort(school, kind="stable")
    start = np.searchsorted(school[order], np.arange(len(options.seats.members)))
    place = np.empty_like(order)
    place[order] = np.arange(len(order)) - start[school[order]]
    first[without] += place >= options.seats.taken[school]
    return first


def _narrowed(core: Core, seats: Seats, price: Ints) -> Core:
    """What is left to choose when nothing of fairness may be given up.

    A seat that costs as much as waiting does is taken in some best solutions and not in others.
    """
    options = core.options
    real, nowhere = options.real, options.nowhere
    dearest, following = price[real:nowhere:2], price[real + 1 : nowhere : 2]
    cost, none = seats.cost.reshape(-1, 2), seats.taken == 0
    further = seats.most > seats.taken
    most = np.iinfo(np.int64).max
    stay = np.where(none, most, cost[:, 0] + dearest)
    more = np.where(further, cost[:, 1] + following, most)
    least = np.minimum(stay, more)
    left = seats.between(
        seats.taken - (~none & (dearest == 0)),
        seats.taken + (further & (more == least)),
    )
    charge = price.copy()
    charge[real:nowhere] = np.repeat(least, 2)
    charged = charge[core.slot]
    usable = np.ones(len(core.room), dtype=np.bool_)
    usable[real:nowhere] = left.room > 0
    tight = (charged == core.least(charged)[core.row]) & usable[core.slot]
    full = core.full | (price != 0)
    full[real:nowhere:2], full[real + 1 : nowhere : 2] = True, False
    return core.kept(core.option[tight], _with(options, left), full)


def _named(options: Options, price: Ints) -> dict[str, int]:
    """The price of each slot, and of each seat taken: what waiting costs, less what the seat does."""
    seats, real = options.seats, options.real
    named = options.named(np.where(np.arange(len(price)) < real, price, 0))
    dearest = seats.cost[::2] + price[real : options.nowhere : 2]
    for school in np.flatnonzero(seats.taken).tolist():
        for name, cost in seats.names(2 * school):
            if paid := int(dearest[school]) - cost:
                named[name] = paid
    return named
