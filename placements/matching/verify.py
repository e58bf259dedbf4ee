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
consider those. A quota is like a slot that takes up some candidates of a school at some slots: with a
price above 0 for what it allows at most, below 0 for what it wants at least.

Where rules tie candidates to each other (`keeping`), prices can fall short of the best that is
possible. Then a level may say how far it was `searched`, which is a claim and no proof; it is told
apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

import numpy as np

from . import keeping, stability
from .definitions import Choices, Numbers, level_names
from .problem import Problem
from .solution import Level, Solution

# With costs below 2**40 and prices below this, no sum of two leaves 64 bits.
HIGHEST_PRICE = 2**60


def verify(problem: Problem, solution: Solution) -> list[str]:
    """A sentence for each thing that is wrong; none if everything holds."""
    wrong = list(_check_identity(problem, solution))
    wrong += _check_people(problem, solution)
    if wrong:
        return wrong
    at = _places(problem, solution)
    wrong += _check_places(problem, at)
    wrong += keeping.broken(problem, at)
    if not wrong:
        check = _check_stable if "stable" in problem.policy else _check_levels
        wrong += check(problem, solution, at)
    return wrong


def _check_identity(problem: Problem, solution: Solution) -> Iterator[str]:
    if solution.problem_sha256 != sha256(problem.canonical()).hexdigest():
        yield "The solution belongs to another problem: problem_sha256 differs."


def _check_people(problem: Problem, solution: Solution) -> Iterator[str]:
    """Everybody once, nobody else, slots that exist, in canonical order."""
    known, slots = set(problem.candidate_index), set(problem.slot_index)
    placed, unplaced = list(solution.assignments), list(solution.unplaced)
    listed = placed + unplaced
    if len(listed) != len(known) or known.symmetric_difference(listed):
        times = Counter(listed)
        missing, strange = known - set(listed), set(listed) - known
        yield from (f'"{name}" is not a candidate.' for name in sorted(strange))
        yield from (f'"{name}" is neither placed nor unplaced.' for name in sorted(missing))
        yield from (f'"{name}" is listed {n} times.' for name, n in sorted(times.items()) if n > 1)
    if not slots.issuperset(solution.assignments.values()):
        for name, slot in solution.assignments.items():
            if slot not in slots:
                yield f'"{name}" is placed at "{slot}", which is not a slot.'
    if placed != sorted(placed) or unplaced != sorted(unplaced):
        yield "The candidates are not in order of their ids."


def _places(problem: Problem, solution: Solution) -> Numbers:
    """Where everybody is: the number of her slot, -1 for those without."""
    at = np.full(len(problem.candidates), -1, dtype=np.int64)
    who = [problem.candidate_index[name] for name in solution.assignments]
    at[who] = [problem.slot_index[slot] for slot in solution.assignments.values()]
    return at


def _check_places(problem: Problem, at: Numbers) -> Iterator[str]:
    """Eligibility, capacity, pins."""
    load = np.bincount(at[at >= 0], minlength=len(problem.slots)).tolist()
    for slot, held in zip(problem.slots, load, strict=True):
        if held > slot.capacity:
            yield f'"{slot.id}" holds {held}, more than its capacity of {slot.capacity}.'
    for i in _ineligible(problem, at):
        yield f'"{problem.candidates[i].id}" may not be at "{problem.slots[at[i]].id}".'
    for candidate, place in zip(problem.candidates, at.tolist(), strict=True):
        if candidate.pinned is not None and place != problem.slot_index[candidate.pinned]:
            yield f'"{candidate.id}" is pinned to "{candidate.pinned}" but is not there.'


def _ineligible(problem: Problem, at: Numbers) -> list[int]:
    """Those who are somewhere that is not among their pairs."""
    placed, width = np.flatnonzero(at >= 0), len(problem.slots)
    wanted = placed * width + at[placed]
    pairs = problem.columns.candidate * width + problem.columns.slot
    # The pairs are in order; were they not, too much would be refused, never too little.
    where = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    allowed = pairs[where] == wanted if len(pairs) else np.zeros(len(wanted), dtype=np.bool_)
    refused: list[int] = placed[~allowed].tolist()
    return refused


def _check_levels(problem: Problem, solution: Solution, at: Numbers) -> Iterator[str]:
    names = [level.name for level in solution.levels]
    if names != level_names(problem):
        yield f"The levels are {names}, but the policy asks for {level_names(problem)}."
        return
    options = Choices(problem, at)
    proven = True
    for level in solution.levels:
        value = options.value(level.name)
        if level.value != value:
            yield f"The level {level.name} has the value {value}, not {level.value}."
        problems = list(_check_proof(options, level, claimable=proven))
        yield from problems
        yield from _check_search(level)
        proven = proven and level.proven and not problems
    status = _status(solution.levels)
    if solution.status != status:
        yield f'The status is "{solution.status}", but the levels make it "{status}".'


def _check_search(level: Level) -> Iterator[str]:
    """What a search claims cannot be worked out again here; that it makes sense can."""
    if level.searched is not None:
        if level.proven:
            yield f"The level {level.name} is proven, and claims a search besides."
        if not (level.bound or 0) <= level.searched <= level.value:
            yield (
                f"The level {level.name} cannot have been searched down to {level.searched}: its value "
                f"is {level.value}, its bound {level.bound}."
            )


def _status(levels: list[Level]) -> str:
    """Proven: by prices alone. Searched: some levels rest on a search through all that is possible."""
    if all(level.proven for level in levels):
        return "proven"
    best = all(level.proven or level.searched == level.value for level in levels)
    return "searched" if best else "unproven"


def _check_stable(problem: Problem, solution: Solution, at: Numbers) -> Iterator[str]:
    """Nobody blocks, nothing stable is better for the candidates, and how few could be left without
    a place is what the prices prove. With `stable` nothing more is promised."""
    if [level.name for level in solution.levels] != ["stable", "placed"]:
        yield 'A stable solution has the levels "stable" and "placed".'
        return
    stable, placed = solution.levels
    if (stable.value, stable.bound, stable.proven, dict(stable.prices)) != (0, 0, True, {}):
        yield "The level stable must say that 0 pairs block."
    yield from stability.wrong(problem, at)
    if placed.value != len(solution.unplaced):
        yield f"The level placed has the value {len(solution.unplaced)}, not {placed.value}."
    yield from _check_proof(Choices(problem, at), placed, claimable=True)
    if solution.status != "stable":
        yield f'The status is "{solution.status}", but the policy makes it "stable".'


def _check_proof(options: Choices, level: Level, *, claimable: bool) -> Iterator[str]:
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
    price = np.zeros(len(options.names), dtype=np.int64)
    yield from _fill_in(price, options, level)
    bound = options.bound(name, price)
    if bound != level.bound:
        yield f"The prices of the level {name} prove the bound {bound}, not {level.bound}."
    if level.proven != (bound == level.value):
        yield f"The level {name} has proven = {level.proven}, value {level.value}, bound {bound}."
    options.keep_best(price)


def _fill_in(price: Numbers, options: Choices, level: Level) -> Iterator[str]:
    """The level's prices into a column; those that could not prove anything are left out."""
    for slot, value in level.prices.items():
        at = options.names.get(slot)
        if at is None:
            yield f'The level {level.name} has a price for "{slot}", which is not a slot.'
        elif not -HIGHEST_PRICE <= value <= HIGHEST_PRICE:
            yield f'The price of "{slot}" at the level {level.name} is out of range.'
        elif not options.may_cost(at, value):
            sign = "negative" if value < 0 else "positive"
            yield f'The price of "{slot}" at the level {level.name} may not be {sign}.'
        else:
            price[at] = value
