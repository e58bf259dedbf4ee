"""What every choice costs at every level, from the definitions, for `verify`: a second reading of the
design, with no code of the solver."""

from __future__ import annotations

from functools import cached_property
from operator import mul
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .allowances import Quotas
from .problem import Problem

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Rows(NamedTuple):
    """Choices as columns: the number of each, whose it is, which slot (-1 to go without), which wish (0
    for none), and how far."""

    number: Numbers
    who: Numbers
    slot: Numbers
    wish: Numbers
    travel: Numbers

    def only(self, which: Flags) -> Rows:
        at = np.flatnonzero(which)
        return Rows(*(column[at] for column in self))


class Choices:
    """What each candidate may be given: her pairs, and to go without.

    `at` is where everybody is in the solution: the number of her slot, or -1.
    """

    def __init__(self, problem: Problem, at: Numbers) -> None:
        self.problem, self.at = problem, at
        columns, everybody = problem.columns, np.arange(len(problem.candidates))
        nothing = np.zeros_like(everybody)
        rows = Rows(
            np.arange(len(columns) + len(everybody)),
            np.concatenate([columns.candidate, everybody]),
            np.concatenate([columns.slot, nothing - 1]),
            np.concatenate([columns.rank, nothing]),
            np.concatenate([columns.travel, nothing]),
        )
        self.seats = Seats(problem, int(np.count_nonzero(at == -1)))
        self.places, self.quotas = len(problem.slots), Quotas(problem)
        self.all_seats = self.places + len(self.seats.cost)
        self.names = {
            **problem.slot_index,
            **self.seats.names(self.places),
            **{f"quota:{i}": self.all_seats + i for i in range(len(problem.quotas))},
        }
        self.capacity = np.concatenate([problem.roster.capacity, np.ones_like(self.seats.cost)])
        self.filled = np.zeros(len(self.names), dtype=np.bool_)
        self.weight = np.full(len(rows.slot), -1, dtype=np.int64)  # drawn when first asked for
        at_place = rows.slot == at[rows.who]
        pinned = problem.roster.pinned != -1
        self.taken = rows.only(at_place)
        self.live = rows.only(at_place | ~pinned[rows.who]) if pinned.any() else rows

    def value(self, level: str) -> int:
        """What the solution comes to."""
        if level == "fairness":
            return self.seats.taken(self.at == -1)
        return whole_sum(self.cost(level, self.taken))

    def cost(self, level: str, those: Rows) -> Numbers:
        """The definitions of the levels; what `fairness` costs is the seats' to say."""
        without: Flags = those.slot == -1
        roster = self.problem.roster
        if level == "placed":
            return without.astype(np.int64)
        if level.startswith("placed:"):
            urgent = roster.priority >= int(level.removeprefix("placed:"))
            counted: Flags = without & urgent[those.who]
            return counted.astype(np.int64)
        if level.startswith("wishes:"):
            return self._wishes(level.split(":")[1:], those, without)
        if level == "fairness":
            return np.zeros_like(those.slot)
        if level == "breadth":
            (lacked, _), (offered, _) = roster.lacks, roster.offers
            missed: Numbers = self._unmet[lacked[those.who], offered[those.slot]]
            return missed
        if level == "moves":
            before = roster.previous[those.who]
            moved: Flags = (before != -1) & (before != those.slot)
            return moved.astype(np.int64)
        if level == "travel":
            return np.where(without, 0, those.travel)
        if level == "lottery":
            return self._weights(those)
        raise ValueError(f"The level {level} has no definition here.")

    def _wishes(self, form: list[str], those: Rows, without: Flags) -> Numbers:
        """`wish` is 0 where she did not wish to be; that counts as the wish after her last."""
        rank = np.where(those.wish == 0, self._last_rank[those.who] + 1, those.wish)
        if form == ["squared"]:
            return rank**2 * ~without
        if form == ["rank_sum"]:
            return rank * ~without
        if form[0] == "greedy":
            missed: Flags = without | (rank != int(form[1]))
            return missed.astype(np.int64)
        if form[0] == "generous":
            return ((rank >= int(form[1])) & ~without).astype(np.int64)
        raise ValueError(f"The wishes are not weighed by {form} here.")

    @cached_property
    def _last_rank(self) -> Numbers:
        last = np.zeros(len(self.problem.candidates), dtype=np.int64)
        np.maximum.at(last, self.problem.columns.candidate, self.problem.columns.rank)
        return last

    @cached_property
    def _unmet(self) -> Numbers:
        """For each two sets of learning areas, how many of those lacked are not offered."""
        (_, wants), (_, gives) = self.problem.roster.lacks, self.problem.roster.offers
        unmet = [[len(set(w) - set(g)) for g in gives] for w in wants]
        return np.array(unmet, dtype=np.int64).reshape(len(wants), len(gives))

    def _weights(self, those: Rows) -> Numbers:
        """The first 30 bits of the SHA-256 of seed, candidate and slot, one to a line."""
        new = those.only((self.weight[those.number] < 0) & (those.slot >= 0))
        self.weight[new.number] = self.problem.lots.draw(new.who, new.slot) // 4
        return np.maximum(self.weight[those.number], 0)

    def bound(self, level: str, price: Numbers) -> int:
        """What the prices prove: the least of everybody's charges, less what is paid back."""
        places, seats, live = self.places, self.all_seats, self.live
        self.charged = self.cost(level, live)
        if price[:places].any():
            self.charged = self.charged + np.append(price[:places], 0)[live.slot]
        if len(self.seats.cost):
            wait = self.seats.charge(price[places:seats], fair=level == "fairness")
            self.charged = self.charged + (live.slot == -1) * wait[live.who]
        if price[seats:].any():
            self.charged = self.charged + self.quotas.charge(price[seats:], live.who, live.slot)
        self.least = np.full(len(self.problem.candidates), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(self.least, live.who, self.charged)
        paid_back: int = sum(map(mul, self.capacity.tolist(), price[:seats].tolist()))
        return whole_sum(self.least) - paid_back - self.quotas.paid_back(price[seats:])

    def may_cost(self, at: Numbers, price: Numbers) -> Flags:
        """Whether such prices could prove anything: a slot that may have room left costs nothing less
        than 0, a quota that allows any number nothing more."""
        below = (price < 0) & (at < self.all_seats)
        above = (price > 0) & ~self._scarce[at]
        could: Flags = self.filled[at] | ~(below | above)
        return could

    @cached_property
    def _scarce(self) -> Flags:
        """What there may be too little of: places, seats, and what a quota allows at most."""
        limited = [quota.at_most is not None for quota in self.problem.quotas]
        return np.append(np.ones(self.all_seats), limited).astype(np.bool_)

    def keep_best(self, price: Numbers) -> None:
        """After a proven level: only the options that gave the bound, and slots with a price."""
        best = self.charged == self.least[self.live.who]
        if not best.all():
            self.live = self.live.only(best)
        self.seats.keep_cheapest()
        self.quotas.keep_met(price[self.all_seats :])
        self.filled |= price != 0


class Seats:
    """What `fairness` counts: seats to wait on, none if the rules do not ask or all go to one school.

    The k-th seat of a school of n costs (2k - 1) / n, in whole millionths: together u of them cost
    u * u / n. Whoever goes without waits on a seat of her school, the cheapest that is left. With a
    seat more than go `without` in all, seats are never what is scarce.
    """

    def __init__(self, problem: Problem, without: int) -> None:
        self.of, schools = problem.roster.schools
        members = np.bincount(self.of, minlength=len(schools)).tolist()
        if "fairness" not in problem.policy or len(members) == 1:
            members.clear()
        self.count = [min(school, without + 1) for school in members]
        self.cost = np.array(
            [
                (2 * k - 1) * 1_000_000 // school
                for school, seats in zip(members, self.count, strict=True)
                for k in range(1, seats + 1)
            ],
            dtype=np.int64,
        )
        self.first = np.cumsum([0, *self.count])[:-1]
        self.school = np.repeat(np.arange(len(members)), self.count)
        self.live = np.ones(len(self.cost), dtype=np.bool_)

    def names(self, after: int) -> dict[str, int]:
        """The number of each seat; the slots come first."""
        each = [
            f"waiting:{school}:{k}" for school, n in enumerate(self.count) for k in range(1, n + 1)
        ]
        return {name: after + i for i, name in enumerate(each)}

    def taken(self, waiting: Flags) -> int:
        """What the seats cost of those who are waiting."""
        those = np.bincount(self.of[waiting], minlength=len(self.count))
        return sum(
            whole_sum(self.cost[first : first + n])
            for first, n in zip(self.first.tolist(), those.tolist(), strict=False)
        )

    def charge(self, price: Numbers, *, fair: bool) -> Numbers:
        """By candidate: what waiting costs her, on the cheapest of her school's seats."""
        self.charged = np.where(self.live, price + self.cost * fair, np.iinfo(np.int64).max)
        self.least = np.minimum.reduceat(self.charged, self.first)
        cheapest: Numbers = self.least[self.of]
        return cheapest

    def keep_cheapest(self) -> None:
        """After a proven level nobody waits on a seat that was not among the cheapest."""
        if len(self.cost):
            self.live &= self.charged == self.least[self.school]


def level_names(problem: Problem) -> list[str]:
    """Priority classes first, the most urgent before the rest; then the policy."""
    urgent = np.unique(problem.roster.priority)[:0:-1].tolist()
    names = [f"placed:{priority}" for priority in urgent]
    longest = int(problem.columns.rank.max(initial=0))
    for name in problem.policy:
        if name == "wishes:greedy":  # the first wish first
            names += [f"{name}:{rank}" for rank in range(1, longest + 1)]
        elif name == "wishes:generous":  # the wish after the longest list's last one first
            names += [f"{name}:{rank}" for rank in range(longest + 1, 1, -1)]
        else:
            names.append(name)
    return names


def whole_sum(values: Numbers) -> int:
    """Exact: the halves are added apart, since 64 bits can overflow."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
