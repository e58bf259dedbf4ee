"""What each option costs at each level: the definitions that the solver minimises.

`verify` has its own copy of these definitions on purpose: two readings of the design must agree.
"""

from __future__ import annotations

from functools import cached_property
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
        """As `lottery_weight`, for many at once; hashing takes time, so each is drawn only once."""
        weights = self._drawn
        new = chosen[(weights[chosen] < 0) & ~self._without(chosen)]
        who, slots = self._lines
        digests = b"".join(
            [
                sha256(who[c] + slots[s]).digest()[:4]
                for c, s in zip(
                    self.options.candidate[new].tolist(),
                    self.options.slot[new].tolist(),
                    strict=True,
                )
            ]
        )
        weights[new] = np.frombuffer(digests, dtype=">u4") >> 2
        return np.maximum(weights[chosen], 0)

    @cached_property
    def _drawn(self) -> Ints:
        """The weight of every option drawn so far, -1 for the others."""
        return np.full(len(self.options.slot), -1, dtype=np.int64)

    @cached_property
    def _lines(self) -> tuple[list[bytes], list[bytes]]:
        """What is hashed, but for the choice of candidate and slot."""
        seed = self.problem.seed
        return (
            [f"{seed}\n{c.id}\n".encode() for c in self.problem.candidates],
            [slot.id.encode() for slot in self.problem.slots],
        )
