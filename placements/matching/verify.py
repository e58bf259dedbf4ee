"""Is this solution what it claims to be? Written from the definitions, with no code of the solver.

Given are a problem and a solution, from whomever. Checked are the hash, that everybody is listed
once, that nobody is where she may not be, that no slot is overfull, every pin, every level's value,
and every claim of proof, by working the bound out again from the prices. Why that is a proof:

Charge a price for each place of a slot. Whatever the assignment, its cost is at least
    the sum over candidates of the least (cost + price) among her options
    less the sum over slots of capacity x price,
provided no price is below 0, since no slot is used beyond capacity; below 0 is allowed too where
every assignment considered fills the slot. Going without a place is an option that is never
charged. An assignment whose cost equals this bound is best; and then every best one uses only
options that attain the least, and fills every slot with a price. So the next level need only
consider those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat

import numpy as np
import numpy.typing as npt

from .problem import Problem
from .solution import Level, Solution

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# With costs below 2**40 and prices below this, no sum of two leaves 64 bits.
HIGHEST_PRICE = 2**60


def verify(problem: Problem, solution: Solution) -> list[str]:
    """A sentence for each thing that is wrong; none if everything holds."""
    wrong = list(_check_identity(problem, solution))
    wrong += _check_people(problem, solution)
    if not wrong:
        wrong += _check_places(problem, solution)
    if not wrong:
        wrong += _check_levels(problem, solution)
    return wrong


def _check_identity(problem: Problem, solution: Solution) -> Iterator[str]:
    if solution.problem_sha256 != sha256(problem.canonical()).hexdigest():
        yield "The solution belongs to another problem: problem_sha256 differs."


def _check_people(problem: Problem, solution: Solution) -> Iterator[str]:
    """Everybody once, nobody else, slots that exist, in canonical order."""
    known, slots = set(problem.candidate_index), set(problem.slot_index)
    placed, unplaced = list(solution.assignments), list(solution.unplaced)
    listed = Counter(placed + unplaced)
    yield from (f'"{name}" is not a candidate.' for name in sorted(set(listed) - known))
    yield from (f'"{name}" is neither placed nor unplaced.' for name in sorted(known - set(listed)))
    yield from (f'"{name}" is listed {n} times.' for name, n in sorted(listed.items()) if n > 1)
    for name, slot in solution.assignments.items():
        if slot not in slots:
            yield f'"{name}" is placed at "{slot}", which is not a slot.'
    if placed != sorted(placed) or unplaced != sorted(unplaced):
        yield "The candidates are not in order of their ids."


def _check_places(problem: Problem, solution: Solution) -> Iterator[str]:
    """Eligibility, capacity, pins."""
    load = Counter(solution.assignments.values())
    for slot in problem.slots:
        if load[slot.id] > slot.capacity:
            yield f'"{slot.id}" holds {load[slot.id]}, more than its capacity of {slot.capacity}.'
    for name, place in _ineligible(problem, solution):
        yield f'"{name}" may not be at "{place}".'
    for candidate in problem.candidates:
        if candidate.pinned and solution.assignments.get(candidate.id) != candidate.pinned:
            yield f'"{candidate.id}" is pinned to "{candidate.pinned}" but is not there.'


def _ineligible(problem: Problem, solution: Solution) -> list[tuple[str, str]]:
    """Those assignments that are not among the pairs."""
    given, width = list(solution.assignments.items()), len(problem.slots)
    numbers = [problem.candidate_index[c] * width + problem.slot_index[s] for c, s in given]
    pairs = problem.columns.candidate * width + problem.columns.slot
    # The pairs are in order; were they not, too much would be refused, never too little.
    wanted = np.array(numbers, dtype=np.int64)
    at = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    allowed = pairs[at] == wanted if len(pairs) else np.zeros(len(wanted), dtype=np.bool_)
    return [given[i] for i in np.flatnonzero(~allowed).tolist()]


def _check_levels(problem: Problem, solution: Solution) -> Iterator[str]:
    names = [level.name for level in solution.levels]
    if names != _level_names(problem):
        yield f"The levels are {names}, but the policy asks for {_level_names(problem)}."
        return
    options = _Options(problem, solution)
    proven = True
    for level in solution.levels:
        value = _sum(options.cost(level.name, options.taken))
        if level.value != value:
            yield f"The level {level.name} has the value {value}, not {level.value}."
        problems = list(_check_proof(options, level, claimable=proven))
        yield from problems
        proven = proven and level.proven and not problems
    status = "proven" if all(level.proven for level in solution.levels) else "unproven"
    if solution.status != status:
        yield f'The status is "{solution.status}", but the levels make it "{status}".'


def _check_proof(options: _Options, level: Level, *, claimable: bool) -> Iterator[str]:
    """The bound again from the prices; if it proves the level, only best options stay."""
    name = level.name
    if level.proven and not claimable:
        yield f"The level {name} cannot be proven after one that is not."
    if level.bound is None:
        if level.proven or level.prices:
            yield f"The level {name} claims a proof without a bound."
        return
    if not claimable:
        yield f"The level {name} claims a bound after a level that is not proven."
        return
    price = np.zeros(len(options.capacity), dtype=np.int64)
    yield from _fill_in(price, options, level)
    bound = options.bound(name, price)
    if bound != level.bound:
        yield f"The prices of the level {name} prove the bound {bound}, not {level.bound}."
    if level.proven != (bound == level.value):
        yield f"The level {name} has proven = {level.proven}, value {level.value}, bound {bound}."
    options.keep_best(price)


def _fill_in(price: Numbers, options: _Options, level: Level) -> Iterator[str]:
    """The level's prices into a column; those that could not prove anything are left out."""
    for slot, value in level.prices.items():
        at = options.names.get(slot)
        if at is None:
            yield f'The level {level.name} has a price for "{slot}", which is not a slot.'
        elif abs(value) > HIGHEST_PRICE:
            yield f'The price of "{slot}" at the level {level.name} is out of range.'
        elif value < 0 and not options.filled[at]:
            yield f'The price of "{slot}" at the level {level.name} may not be negative.'
        else:
            price[at] = value


class _Options:
    """What each candidate may be given, as columns; the last of hers is to go without (slot -1)."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem = problem
        columns, everybody = problem.columns, len(problem.candidates)
        self.seats = _seats(problem, len(solution.unplaced))
        self.names = dict(problem.slot_index)
        for name, _, _ in self.seats:
            self.names[name] = len(self.names)
        # Slot -1 is the last entry of both columns: no capacity to pay back, never filled.
        rooms = [slot.capacity for slot in problem.slots] + [1] * len(self.seats) + [0]
        self.capacity = np.array(rooms, dtype=np.int64)
        self.filled = np.zeros(len(self.capacity), dtype=np.bool_)
        without = [(c, s) for c in range(everybody) for s in self._waiting(c)]
        self.candidate = np.append(columns.candidate, [c for c, _ in without]).astype(np.int64)
        self.slot = np.append(columns.slot, [s for _, s in without]).astype(np.int64)
        self.rank = np.append(columns.rank, np.zeros(len(without), dtype=np.int64))
        self.travel = np.append(columns.travel, np.zeros(len(without), dtype=np.int64))
        self.weight = np.full(len(self.slot), -1, dtype=np.int64)  # drawn when first asked for
        self.last_rank = np.zeros(everybody, dtype=np.int64)
        np.maximum.at(self.last_rank, columns.candidate, columns.rank)
        held = [solution.assignments.get(c.id) for c in problem.candidates]
        free = self._free()
        place = np.array(
            [next(free[i]) if s is None else problem.slot_index[s] for i, s in enumerate(held)],
            dtype=np.int64,
        )
        pinned = np.array([c.pinned is not None for c in problem.candidates], dtype=np.bool_)
        at_place = self.slot == place[self.candidate]
        self.taken = np.flatnonzero(at_place)
        self.live = np.flatnonzero(at_place | ~pinned[self.candidate])

    def _waiting(self, candidate: int) -> list[int]:
        """Where she goes without: on any seat of her school if there are seats, else nowhere."""
        if not self.seats:
            return [-1]
        school = self.problem.candidates[candidate].school or ""
        first = len(self.problem.slots)
        return [first + i for i, (_, its, _) in enumerate(self.seats) if its == school]

    def _free(self) -> list[Iterator[int]]:
        """For each candidate the seats of her school, which all of it share: those who go without
        take them in order."""
        shared: dict[str, Iterator[int]] = {}
        for i, candidate in enumerate(self.problem.candidates):
            if (school := candidate.school or "") not in shared:
                shared[school] = iter(self._waiting(i)) if self.seats else repeat(-1)
        return [shared[candidate.school or ""] for candidate in self.problem.candidates]

    def cost(self, level: str, which: Numbers) -> Numbers:
        """The definitions of the levels."""
        who, slot = self.candidate[which], self.slot[which]
        people = self.problem.candidates
        without: Flags = (slot == -1) | (slot >= len(self.problem.slots))
        if level == "placed":
            return without.astype(np.int64)
        if level.startswith("placed:"):
            least = int(level.removeprefix("placed:"))
            counted: Flags = np.array([c.priority >= least for c in people], dtype=np.bool_)
            return (without & counted[who]).astype(np.int64)
        if level.startswith("wishes:"):
            return self._wishes(level.split(":")[1:], who, self.rank[which], without)
        if level == "fairness":
            dear = np.array([0] * len(self.problem.slots) + [c for _, _, c in self.seats] + [0])
            return dear[slot].astype(np.int64)
        if level == "breadth":
            return self._unmet(who, slot)
        if level == "moves":
            before = [self.problem.slot_index[c.previous] if c.previous else -2 for c in people]
            at = np.array(before, dtype=np.int64)[who]
            moved: Flags = (at != -2) & (at != slot)
            return moved.astype(np.int64)
        if level == "travel":
            return self.travel[which] * ~without
        if level == "lottery":
            return self._weights(which)
        raise ValueError(f"The level {level} has no definition here.")

    def _wishes(self, form: list[str], who: Numbers, wish: Numbers, without: Flags) -> Numbers:
        """`wish` is 0 where she did not wish to be; that counts as the wish after her last."""
        rank = np.where(wish == 0, self.last_rank[who] + 1, wish)
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

    def _unmet(self, who: Numbers, slot: Numbers) -> Numbers:
        """The learning areas that she lacks and her place, if she has one, does not offer; worked
        out once for each two sets of areas, since many share them."""
        lacked = [frozenset(c.lacks) for c in self.problem.candidates]
        offered = [frozenset(s.offers) for s in self.problem.slots]
        offered += [frozenset()] * (len(self.seats) + 1)
        wants = {areas: i for i, areas in enumerate(dict.fromkeys(lacked))}
        gives = {areas: i for i, areas in enumerate(dict.fromkeys(offered))}
        table = np.array([[len(w - g) for g in gives] for w in wants], dtype=np.int64)
        row = np.array([wants[areas] for areas in lacked], dtype=np.int64)
        column = np.array([gives[areas] for areas in offered], dtype=np.int64)
        unmet: Numbers = table.reshape(len(wants), len(gives))[row[who], column[slot]]
        return unmet

    def _weights(self, which: Numbers) -> Numbers:
        """The first 30 bits of the SHA-256 of seed, candidate and slot, one to a line."""
        placed = (self.slot[which] >= 0) & (self.slot[which] < len(self.problem.slots))
        new = which[(self.weight[which] < 0) & placed]
        people, slots, seed = self.problem.candidates, self.problem.slots, self.problem.seed
        drawn = [
            sha256(f"{seed}\n{people[c].id}\n{slots[s].id}".encode()).digest()[:4]
            for c, s in _zip(self.candidate[new], self.slot[new])
        ]
        self.weight[new] = np.frombuffer(b"".join(drawn), dtype=">u4") // 4
        return np.maximum(self.weight[which], 0)

    def bound(self, level: str, price: Numbers) -> int:
        """What the prices prove: the least of everybody's charges, less what is paid back."""
        self.charged = self.cost(level, self.live) + price[self.slot[self.live]]
        self.least = np.full(len(self.problem.candidates), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(self.least, self.candidate[self.live], self.charged)
        return _sum(self.least) - sum(c * p for c, p in _zip(self.capacity, price) if p)

    def keep_best(self, price: Numbers) -> None:
        """After a proven level: only the options that gave the bound, and slots with a price."""
        self.live = self.live[self.charged == self.least[self.candidate[self.live]]]
        self.filled |= price != 0


def _seats(problem: Problem, without: int) -> list[tuple[str, str, int]]:
    """What `fairness` counts: name, school and cost of each seat, none if the rules do not ask or all
    go to one school. The k-th of n students costs (2k - 1) / n, in whole millionths: together u of
    them cost u * u / n. With a seat more than go `without` in all, seats are never what is scarce."""
    members = Counter(candidate.school or "" for candidate in problem.candidates)
    if "fairness" not in problem.policy or len(members) == 1:
        return []
    return [
        (f"waiting:{number}:{k}", school, (2 * k - 1) * 1_000_000 // members[school])
        for number, school in enumerate(sorted(members))
        for k in range(1, min(members[school], without + 1) + 1)
    ]


def _level_names(problem: Problem) -> list[str]:
    """Priority classes first, the most urgent before the rest; then the policy."""
    priorities = {candidate.priority for candidate in problem.candidates}
    urgent = sorted(priorities - {min(priorities)}, reverse=True) if priorities else []
    names = [f"placed:{priority}" for priority in urgent]
    longest = max(problem.columns.rank.tolist(), default=0)
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


def _sum(values: Numbers) -> int:
    """Exact: the halves are added apart, since 64 bits can overflow."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())
