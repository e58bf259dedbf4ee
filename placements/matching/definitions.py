"""What every choice costs at every level, from the definitions, for `verify`: a second reading of the
design, with no code of the solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .allowances import Quotas
from .problem import Problem

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Choices:
    """What each candidate may be given, as columns: her pairs, and to go without (slot -1).

    `at` is where everybody is in the solution: the number of her slot, or -1.
    """

    def __init__(self, problem: Problem, at: Numbers) -> None:
        self.problem, self.at = problem, at
        columns, everybody = problem.columns, np.arange(len(problem.candidates))
        nothing = np.zeros_like(everybody)
        self.candidate = np.concatenate([columns.candidate, everybody])
        self.slot = np.concatenate([columns.slot, nothing - 1])
        self.rank = np.concatenate([columns.rank, nothing])
        self.travel = np.concatenate([columns.travel, nothing])
        self.seats = Seats(problem, int(np.count_nonzero(at == -1)))
        self.places, self.quotas = len(problem.slots), Quotas(problem)
        self.all_seats = self.places + len(self.seats.cost)
        self.names = {
            **problem.slot_index,
            **self.seats.names(self.places),
            **{f"quota:{i}": self.all_seats + i for i in range(len(problem.quotas))},
        }
        room = np.array([slot.capacity for slot in problem.slots], dtype=np.int64)
        self.capacity = np.concatenate([room, np.ones_like(self.seats.cost)])
        self.filled = np.zeros(len(self.names), dtype=np.bool_)
        self.weight = np.full(len(self.slot), -1, dtype=np.int64)  # drawn when first asked for
        at_place = self.slot == at[self.candidate]
        self.taken = np.flatnonzero(at_place)
        pinned = np.array([c.pinned is not None for c in problem.candidates], dtype=np.bool_)
        self.live = np.flatnonzero(at_place | ~pinned[self.candidate])

    def value(self, level: str) -> int:
        """What the solution comes to."""
        if level == "fairness":
            return self.seats.taken(self.at == -1)
        return whole_sum(self.cost(level, self.taken))

    def cost(self, level: str, which: Numbers) -> Numbers:
        """The definitions of the levels; what `fairness` costs is the seats' to say."""
        who, slot = self.candidate[which], self.slot[which]
        without: Flags = slot == -1
        if level == "placed":
            return without.astype(np.int64)
        if level.startswith("placed:"):
            least = int(level.removeprefix("placed:"))
            people = self.problem.candidates
            urgent: Flags = np.array([c.priority >= least for c in people], dtype=np.bool_)
            counted: Flags = without & urgent[who]
            return counted.astype(np.int64)
        if level.startswith("wishes:"):
            return self._wishes(level.split(":")[1:], who, self.rank[which], without)
        if level == "fairness":
            return np.zeros_like(slot)
        if level == "breadth":
            lacked, offered, unmet = self._areas
            missed: Numbers = unmet[lacked[who], offered[slot]]
            return missed
        if level == "moves":
            moved: Flags = (self._before[who] != -2) & (self._before[who] != slot)
            return moved.astype(np.int64)
        if level == "travel":
            return np.where(without, 0, self.travel[which])
        if level == "lottery":
            return self._weights(which)
        raise ValueError(f"The level {level} has no definition here.")

    def _wishes(self, form: list[str], who: Numbers, wish: Numbers, without: Flags) -> Numbers:
        """`wish` is 0 where she did not wish to be; that counts as the wish after her last."""
        rank = np.where(wish == 0, self._last_rank[who] + 1, wish)
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
    def _before(self) -> Numbers:
        """Where everybody was, -2 for those who were nowhere."""
        index = self.problem.slot_index
        before = [index[c.previous] if c.previous else -2 for c in self.problem.candidates]
        return np.array(before, dtype=np.int64)

    @cached_property
    def _areas(self) -> tuple[Numbers, Numbers, Numbers]:
        """The kinds of candidates by the learning areas they lack, the kinds of slots by those they
        offer, and for each two how many stay unmet. The last slot, which is number -1, offers none."""
        lacked, wants = _kinds([c.lacks for c in self.problem.candidates])
        offered, gives = _kinds([*(s.offers for s in self.problem.slots), ()])
        unmet = [[len(set(w) - set(g)) for g in gives] for w in wants]
        return lacked, offered, np.array(unmet, dtype=np.int64).reshape(len(wants), len(gives))

    def _weights(self, which: Numbers) -> Numbers:
        """The first 30 bits of the SHA-256 of seed, candidate and slot, one to a line."""
        new = which[(self.weight[which] < 0) & (self.slot[which] >= 0)]
        self.weight[new] = self.problem.lots.draw(self.candidate[new], self.slot[new]) // 4
        return np.maximum(self.weight[which], 0)

    def bound(self, level: str, price: Numbers) -> int:
        """What the prices prove: the least of everybody's charges, less what is paid back."""
        places, seats = self.places, self.all_seats
        wait = self.seats.charge(price[places:seats], fair=level == "fairness")
        who, slot = self.candidate[self.live], self.slot[self.live]
        charge = np.append(price[:places], 0)[slot] + (slot == -1) * wait[who]
        charge += self.quotas.charge(price[seats:], who, slot)
        self.charged = self.cost(level, self.live) + charge
        self.least = np.full(len(self.problem.candidates), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(self.least, who, self.charged)
        paid_back = sum(c * p for c, p in _zip(self.capacity, price[:seats]) if p)
        return whole_sum(self.least) - paid_back - self.quotas.paid_back(price[seats:])

    def may_cost(self, at: int, price: int) -> bool:
        """Whether such a price could prove anything: a slot that may have room left costs nothing less
        than 0, a quota that allows any number nothing more."""
        if self.filled[at] or price == 0:
            return True
        if at < self.all_seats:
            return price > 0
        return price < 0 or self.problem.quotas[at - self.all_seats].at_most is not None

    def keep_best(self, price: Numbers) -> None:
        """After a proven level: only the options that gave the bound, and slots with a price."""
        self.live = self.live[self.charged == self.least[self.candidate[self.live]]]
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
        schools = [candidate.school or "" for candidate in problem.candidates]
        members = Counter(schools)
        if "fairness" not in problem.policy or len(members) == 1:
            members.clear()
        number = {school: i for i, school in enumerate(sorted(members))}
        self.of = np.array([number.get(school, 0) for school in schools], dtype=np.int64)
        self.count = [min(members[school], without + 1) for school in number]
        self.cost = np.array(
            [
                (2 * k - 1) * 1_000_000 // members[school]
                for school, seats in zip(number, self.count, strict=True)
                for k in range(1, seats + 1)
            ],
            dtype=np.int64,
        )
        self.first = np.cumsum([0, *self.count])[:-1]
        self.school = np.repeat(np.arange(len(number)), self.count)
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
        if not len(self.cost):
            return np.zeros_like(self.of)
        self.charged = np.where(self.live, price + self.cost * fair, np.iinfo(np.int64).max)
        self.least = np.minimum.reduceat(self.charged, self.first)
        cheapest: Numbers = self.least[self.of]
        return cheapest

    def keep_cheapest(self) -> None:
        """After a proven level nobody waits on a seat that was not among the cheapest."""
        if len(self.cost):
            self.live &= self.charged == self.least[self.school]


def _kinds(areas: list[tuple[str, ...]]) -> tuple[Numbers, list[tuple[str, ...]]]:
    """Which of the different tuples each is, and what these are: many share one."""
    number = {each: i for i, each in enumerate(dict.fromkeys(areas))}
    return np.array([number[each] for each in areas], dtype=np.int64), list(number)


def level_names(problem: Problem) -> list[str]:
    """Priority classes first, the most urgent before the rest; then the policy."""
    priorities = {candidate.priority for candidate in problem.candidates}
    urgent = sorted(priorities - {min(priorities)}, reverse=True) if priorities else []
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


def _zip(*columns: Numbers) -> Iterator[tuple[int, ...]]:
    """Columns as rows of Python's own integers, which have no limit."""
    return zip(*(column.tolist() for column in columns), strict=True)


def whole_sum(values: Numbers) -> int:
    """Exact: the halves are added apart, since 64 bits can overflow."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
