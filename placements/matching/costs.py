"""What each option costs at each level: the definitions that the solver minimises.

`verify` has its own copy of these definitions on purpose: two readings of the design must agree.
"""

from __future__ import annotations

from hashlib import sha256

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
        at_level = {
            policies.WISHES_SQUARED: self._wishes_squared,
            policies.MOVES: self._moves,
            policies.TRAVEL: self._travel,
            policies.LOTTERY: self._lottery,
        }
        return at_level[level](chosen)

    def _without(self, chosen: Ints) -> Flags:
        return np.equal(self.options.slot[chosen], self.options.nowhere)

    def _placed(self, level: str, chosen: Ints) -> Ints:
        without: Ints = self._without(chosen).astype(np.int64)
        _, _, least = level.partition(":")
        if not least:
            return without
        urgent = np.array([c.priority >= int(least) for c in self.problem.candidates], dtype=bool)
        counted: Ints = without * urgent[self.options.candidate[chosen]]
        return counted

    def _wishes_squared(self, chosen: Ints) -> Ints:
        """A place that was not wished for counts as one rank past the end of her list."""
        columns, rank = self.problem.columns, self.options.rank[chosen]
        last = np.zeros(len(self.problem.candidates), dtype=np.int64)
        np.maximum.at(last, columns.candidate, columns.rank)
        rank = rank + (rank == 0) * (last[self.options.candidate[chosen]] + 1)
        squared: Ints = rank * rank * ~self._without(chosen)
        return squared

    def _moves(self, chosen: Ints) -> Ints:
        index = self.problem.slot_index
        previous = np.array(
            [-1 if c.previous is None else index[c.previous] for c in self.problem.candidates],
            dtype=np.int64,
        )[self.options.candidate[chosen]]
        moved: Flags = (previous >= 0) & (previous != self.options.slot[chosen])
        return moved.astype(np.int64)

    def _travel(self, chosen: Ints) -> Ints:
        return self.options.travel[chosen]

    def _lottery(self, chosen: Ints) -> Ints:
        """As `lottery_weight`, for many at once: almost all of the time here is hashing."""
        slots = [slot.id.encode() for slot in self.problem.slots]
        who = [f"{self.problem.seed}\n{c.id}\n".encode() for c in self.problem.candidates]
        weights = np.zeros(len(chosen), dtype=np.int64)
        drawn = np.flatnonzero(~self._without(chosen))
        at = chosen[drawn]
        digests = b"".join(
            sha256(who[c] + slots[s]).digest()[:4]
            for c, s in zip(
                self.options.candidate[at].tolist(), self.options.slot[at].tolist(), strict=True
            )
        )
        weights[drawn] = np.frombuffer(digests, dtype=">u4").astype(np.int64) >> 2
        return weights
