"""The core: where, after the levels so far, there is still a choice.

Once a level is proven, only options with reduced cost 0 can be part of any best solution, and a
slot with a price must be full in all of them. Candidates left with one option are settled and leave
the core together with the room they take. Each level is therefore solved on a smaller network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .options import Options, changes
from .pairs import Flags, Ints


@dataclass(frozen=True, eq=False)
class Core:
    """`option` numbers the live options, sorted by candidate; the other columns run beside it.

    `row` numbers the core's candidates from 0; `start` is where each one's options begin.
    `room` (by slot) is what the settled leave; `full` says which slots must be filled to the last
    place; `settled` is each candidate's only option, or -1 for those still in the core.
    """

    options: Options
    option: Ints
    slot: Ints
    row: Ints
    start: Ints
    room: Ints
    full: Flags
    settled: Ints

    @classmethod
    def whole(cls, options: Options) -> Core:
        nobody = np.full(len(options.problem.candidates), -1, dtype=np.int64)
        free = np.zeros(len(options.room), dtype=np.bool_)
        return _settle(options, np.arange(len(options.slot)), options.room, free, nobody)

    @cached_property
    def candidate(self) -> Ints:
        """The candidate of each row."""
        return self.options.candidate[self.option[self.start]]

    def positions(self, answer: Ints) -> Ints:
        """Where in the columns each row's answer stands; -1 if she has none yet."""
        held = np.full(len(self.start), -1, dtype=np.int64)
        found = np.flatnonzero(answer[self.candidate][self.row] == self.option)
        held[self.row[found]] = found
        return held

    def least(self, values: Ints) -> Ints:
        """The least value among each row's options."""
        return np.minimum.reduceat(values, self.start) if len(self.start) else values

    def varies(self, cost: Ints) -> bool:
        """Whether anybody's options differ in cost; if not, the level has nothing to decide."""
        return bool(cost.any()) and bool(np.any(cost != cost[self.start][self.row]))

    def narrowed(self, charged: Ints, least: Ints, prices: Ints) -> Core:
        """What is left to choose when nothing of a level may be given up: `prices` prove it, each option
        is `charged` for them, and each row's cheapest the `least`."""
        tight = charged == least[self.row]
        full = self.full | (prices != 0)
        if tight.all():
            return replace(self, full=full)
        return _settle(
            self.options, self.option[np.flatnonzero(tight)], self.room, full, self.settled
        )

    def kept(self, option: Ints, options: Options, full: Flags) -> Core:
        """The same with only these options, and with the seats of `options`: nobody is settled on a
        seat before it is known which there are."""
        room = np.append(self.room[: options.real], options.room[options.real :])
        return _settle(options, option, room, full, self.settled)

    def only(self, keep: Flags, options: Options) -> Core:
        """Likewise, but nobody is settled."""
        room = np.append(self.room[: options.real], options.room[options.real :])
        option = self.option[keep]
        first = changes(options.candidate[option])
        return _core(options, option, first, room, self.full, self.settled)


def _settle(options: Options, option: Ints, room: Ints, full: Flags, settled: Ints) -> Core:
    first = changes(options.candidate[option])
    last = np.ones_like(first)
    last[:-1] = first[1:]
    single = first & last
    alone, left = option[np.flatnonzero(single)], np.flatnonzero(~single)
    settled = settled.copy()
    settled[options.candidate[alone]] = alone
    room = room - np.bincount(options.slot[alone], minlength=len(room))
    return _core(options, option[left], first[left], room, full, settled)


def _core(
    options: Options, option: Ints, first: Flags, room: Ints, full: Flags, settled: Ints
) -> Core:
    return Core(
        options=options,
        option=option,
        slot=options.slot[option],
        row=np.cumsum(first) - 1,
        start=np.flatnonzero(first),
        room=room,
        full=full,
        settled=settled,
    )
