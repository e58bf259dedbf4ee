"""What prices for slots, seats and quotas prove of a level, in whole numbers, and what they leave open:
counted as `definitions` counts it, on the columns of `tied`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .options import total
from .pairs import Flags, Ints
from .tied import FREE, Tied

HIGHEST = 2**60


@dataclass(eq=False)
class Open:
    """What the levels so far leave: from `least` to `most` of each row, `low` to `high` of each column."""

    least: Ints
    most: Ints
    low: Ints
    high: Ints

    @classmethod
    def of(cls, tied: Tied) -> Open:
        return cls(
            np.array([row.least for row in tied.rows], dtype=np.int64),
            np.array([row.most for row in tied.rows], dtype=np.int64),
            np.zeros(tied.width, dtype=np.int64),
            np.ones(tied.width, dtype=np.int64),
        )

    def copy(self) -> Open:
        return Open(self.least.copy(), self.most.copy(), self.low.copy(), self.high.copy())


class Shadow:
    """One level's prices. `bound` is what they prove no answer that is open can go below."""

    def __init__(
        self, tied: Tied, left: Open, cost: Ints, slot: Ints, seat: Ints, quota: Ints
    ) -> None:
        self.tied, self.left = tied, left
        self.slot, self.seat, self.quota = slot, seat, quota
        options, seats = tied.options, tied.seat_columns
        self.live: Flags = left.high[seats] == 1
        self.charged_seat = np.where(self.live, cost[seats] + seat, HIGHEST)
        charge = np.append(slot, 0)[options.slot]
        for price, column in zip(quota.tolist(), tied.quota_columns, strict=True):
            charge[column] += price
        self.waiting = np.full(len(tied.seats.members), HIGHEST, dtype=np.int64)
        np.minimum.at(self.waiting, tied.school, self.charged_seat)
        if len(self.waiting):
            without = np.flatnonzero(options.slot == options.nowhere)
            charge[without] += self.waiting[tied.seats.school[options.candidate[without]]]
        self.charged = cost[: tied.first_seat] + charge
        self.usable: Flags = left.high[: tied.first_seat] == 1
        self.lowest = np.full(len(tied.problem.candidates), HIGHEST, dtype=np.int64)
        np.minimum.at(self.lowest, options.candidate[self.usable], self.charged[self.usable])
        room = np.array([place.capacity for place in tied.problem.slots], dtype=np.int64)
        self.bound = total(self.lowest) - total(room * slot) - total(seat) - self._paid_back()

    @classmethod
    def of(cls, tied: Tied, left: Open, cost: Ints, marginals: npt.NDArray[np.float64]) -> Shadow:
        """From what a linear program would pay for one more of each row."""
        whole = np.rint(marginals).astype(np.int64)
        met = left.least == left.most
        slot, quota = whole[tied.slot_rows].copy(), whole[tied.quota_rows].copy()
        loose = ~met[tied.slot_rows]
        slot[loose] = np.maximum(slot[loose], 0)
        quota[(left.most[tied.quota_rows] >= FREE) & (quota > 0)] = 0
        seats = tied.seat_columns
        gain = whole[tied.wait_rows][tied.school] - cost[seats]
        seat = np.where(left.low[seats] == 1, gain, np.maximum(gain, 0))
        seat[left.high[seats] == 0] = 0
        return cls(tied, left, cost, slot, seat, quota)

    @classmethod
    def named(cls, tied: Tied, left: Open, cost: Ints, prices: Mapping[str, int]) -> Shadow:
        """From prices as a solution has them."""
        at = tied.named
        each = np.zeros(len(at), dtype=np.int64)
        for name, price in prices.items():
            each[at[name]] = price
        slots, seats = len(tied.problem.slots), len(tied.order)
        return cls(
            tied, left, cost, each[:slots], each[slots : slots + seats], each[slots + seats :]
        )

    def names(self) -> dict[str, int]:
        """The prices other than 0, by the names that `verify` knows."""
        each = np.concatenate([self.slot, self.seat, self.quota])
        names = list(self.tied.named)
        return {names[i]: int(each[i]) for i in np.flatnonzero(each).tolist()}

    def narrowed(self) -> Open:
        """The level is proven: only what costs the least stays open, and what has a price is full."""
        tied, left = self.tied, self.left.copy()
        best = self.charged == self.lowest[tied.options.candidate]
        left.high[: tied.first_seat] = self.usable & best
        if len(tied.order):
            seats = tied.seat_columns
            left.high[seats] = self.live & (self.charged_seat == self.waiting[tied.school])
            left.low[seats] |= self.seat != 0
        rows = np.arange(len(left.least))
        full = rows[tied.slot_rows][self.slot != 0]
        up, down = (rows[tied.quota_rows][self.quota * sign > 0] for sign in (1, -1))
        for at_most in (full, up):
            left.least[at_most] = left.most[at_most]
        left.most[down] = left.least[down]
        return left

    def _paid_back(self) -> int:
        bounds = zip(
            self.quota.tolist(),
            self.left.least[self.tied.quota_rows].tolist(),
            self.left.most[self.tied.quota_rows].tolist(),
            strict=True,
        )
        return sum(price * (most if price > 0 else least) for price, least, most in bounds if price)
