"""What each option costs at each level: the definitions that the solver minimises.

`verify` has its own copy of these definitions on purpose: two readings of the design must agree.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from . import policies
from .options import Options
from .pairs import Flags, Ints


class Costs:
    """Costs of options by level. Columns that several levels need are made once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.problem = options.problem

    def of(self, level: str, chosen: Ints) -> Ints:
        """The costs at `level` of the options numbered in `chosen`."""
        if level.startswith(policies.PLACED):
            return self._placed(level, chosen)
        form, _, rank = level.removeprefix("wishes:").partition(":")
        if form == "greedy":
            return np.not_equal(self._rank(chosen), int(rank)).astype(np.int64)
        if form == "generous":
            return (self._rank(chosen) >= int(rank)).astype(np.int64)
        at_level = {
            policies.WISHES_SQUARED: self._wishes_squared,
            policies.WISHES_RANK_SUM: self._rank,
            policies.BREADTH: self._breadth,
            policies.FAIRNESS: self._fairness,
            policies.MOVES: self._moves,
            policies.TRAVEL: self._travel,
            policies.LOTTERY: self._lottery,
        }
        return at_level[level](chosen)

    def _without(self, chosen: Ints) -> Flags:
        return np.greater_equal(self.options.slot[chosen], self.options.real)

    def _placed(self, level: str, chosen: Ints) -> Ints:
        without: Ints = self._without(chosen).astype(np.int64)
        _, _, least = level.partition(":")
        if not least:
            return without
        urgent = self.problem.roster.priority >= int(least)
        counted: Ints = without * urgent[self.options.candidate[chosen]]
        return counted

    def _rank(self, chosen: Ints) -> Ints:
        """Which wish it is: one past the end of her list if she did not wish for it, 0 if it is no
        place at all."""
        return self._ranks[chosen]

    @cached_property
    def _ranks(self) -> Ints:
        columns, options = self.problem.columns, self.options
        last = np.zeros(len(self.problem.candidates), dtype=np.int64)
        np.maximum.at(last, columns.candidate, columns.rank)
        ranks = np.where(options.rank == 0, last[options.candidate] + 1, options.rank)
        ranks[options.slot >= options.real] = 0
        return ranks

    def _wishes_squared(self, chosen: Ints) -> Ints:
        rank = self._rank(chosen)
        squared: Ints = rank * rank
        return squared

    def _fairness(self, chosen: Ints) -> Ints:
        """What the dearest seat taken of her school costs in its waiting room, and the next one on
        the last seat: what one more or one less would cost."""
        if not len(self.options.seats):
            return np.zeros_like(chosen)
        dear = np.concatenate([self.options.seats.cost, [0]])
        seat = np.maximum(self.options.slot[chosen] - self.options.real, 0)
        cost: Ints = dear[seat] * self._without(chosen)
        return cost

    def _breadth(self, chosen: Ints) -> Ints:
        """How many of the areas that she lacks she would not meet there; all of them nowhere."""
        lacking, offering, unmet = self._areas
        if not unmet.any():
            return np.zeros_like(chosen)
        return unmet[lacking[self.options.candidate[chosen]], offering[self.options.slot[chosen]]]

    @cached_property
    def _areas(self) -> tuple[Ints, Ints, Ints]:
        """The sets of areas that candidates lack and slots offer, numbered, since many share one: by
        candidate, by slot, and how many of the one the other does not have."""
        (lacking, lacked), (offering, offered) = (
            self.problem.roster.lacks,
            self.problem.roster.offers,
        )
        unmet = [[len(set(lack) - set(offer)) for offer in offered] for lack in lacked]
        nowhere = np.full(len(self.options.room) - self.options.real, offering[-1])
        return (
            lacking,
            np.concatenate([offering[:-1], nowhere]),
            np.array(unmet, dtype=np.int64).reshape(len(lacked), len(offered)),
        )

    def _moves(self, chosen: Ints) -> Ints:
        previous = self.problem.roster.previous
        if previous.max(initial=-1) < 0:
            return np.zeros_like(chosen)
        before = previous[self.options.candidate[chosen]]
        moved: Flags = (before >= 0) & (before != self.options.slot[chosen])
        return moved.astype(np.int64)

    def _travel(self, chosen: Ints) -> Ints:
        return self.options.travel[chosen]

    def _lottery(self, chosen: Ints) -> Ints:
        """As `lottery_weight`; hashing takes time, so each lot is drawn only once."""
        weights = self._drawn
        new = chosen[(weights[chosen] < 0) & ~self._without(chosen)]
        options = self.options
        weights[new] = self.problem.lots.draw(options.candidate[new], options.slot[new]) >> 2
        return np.maximum(weights[chosen], 0)

    @cached_property
    def _drawn(self) -> Ints:
        """The weight of every option drawn so far, -1 for the others."""
        return np.full(len(self.options.slot), -1, dtype=np.int64)
