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

from collections.abc import Iterable, Iterator, Mapping
from itertools import compress, repeat

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
    people = _numbers([*solution.assignments, *solution.unplaced], problem.candidate_index)
    places = _numbers(solution.assignments.values(), problem.slot_index)
    wrong += _check_people(problem, solution, people)
    wrong += _check_slots(solution, places)
    if wrong:
        return wrong
    at = np.full(len(problem.candidates), -1, dtype=np.int64)
    at[people[: len(places)]] = places
    wrong += _check_places(problem, at)
    wrong += keeping.broken(problem, at)
    if not wrong:
        check = _check_stable if "stable" in problem.policy else _check_levels
        wrong += check(problem, solution, at)
    return wrong


def _check_identity(problem: Problem, solution: Solution) -> Iterator[str]:
    if solution.problem_sha256 != problem.sha256:
        yield "The solution belongs to another problem: problem_sha256 differs."


def _numbers(names: Iterable[str], index: Mapping[str, int]) -> Numbers:
    """The number of each name, -1 for those that are not known."""
    return np.array(list(map(index.get, names, repeat(-1))), dtype=np.int64)


def _check_people(problem: Problem, solution: Solution, who: Numbers) -> Iterator[str]:
    """Everybody once, nobody else, in canonical order. `who`: the placed and then the unplaced."""
    listed = [*solution.assignments, *solution.unplaced]
    yield from (f'"{name}" is not a candidate.' for name in compress(listed, who == -1))
    times = np.bincount(who[who != -1], minlength=len(problem.candidates))
    for i in np.flatnonzero(times != 1).tolist():
        name = problem.candidates[i].id
        how = f"listed {times[i]} times" if times[i] else "neither placed nor unplaced"
        yield f'"{name}" is {how}.'
    placed = len(solution.assignments)
    if any((np.diff(part) < 0).any() for part in (who[:placed], who[placed:])):
        yield "The candidates are not in order of their ids."


def _check_slots(solution: Solution, where: Numbers) -> Iterator[str]:
    for name, slot in compress(solution.assignments.items(), where == -1):
        yield f'"{name}" is placed at "{slot}", which is not a slot.'


def _check_places(problem: Problem, at: Numbers) -> Iterator[str]:
    """Eligibility, capacity, pins."""
    capacity, pinned = problem.roster.capacity, problem.roster.pinned
    load = np.bincount(at[at >= 0], minlength=len(problem.slots))
    for i in np.flatnonzero(load > capacity).tolist():
        yield f'"{problem.slots[i].id}" holds {load[i]}, more than its capacity of {capacity[i]}.'
    for i in _ineligible(problem, at):
        yield f'"{problem.candidates[i].id}" may not be at "{problem.slots[at[i]].id}".'
    for i in np.flatnonzero((pinned != -1) & (pinned != at)).tolist():
        candidate = problem.candidates[i]
        yield f'"{candidate.id}" is pinned to "{candidate.pinned}" but is not there.'


def _ineligible(problem: Problem, at: Numbers) -> list[int]:
    """Those who are somewhere that is not among their pairs."""
    columns, refused = problem.columns, at != -1
    refused[columns.candidate[np.flatnonzero(columns.slot == at[columns.candidate])]] = False
    numbers: list[int] = np.flatnonzero(refused).tolist()
    return numbers


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
    at, values = _numbers(level.prices, options.names), list(level.prices.values())
    far = np.array(
        [not -HIGHEST_PRICE <= value <= HIGHEST_PRICE for value in values], dtype=np.bool_
    )
    yield from (
        f'The level {level.name} has a price for "{slot}", which is not a slot.'
        for slot in compress(level.prices, at == -1)
    )
    yield from (
        f'The price of "{slot}" at the level {level.name} is out of range.'
        for slot in compress(level.prices, far)
    )
    usable = (at != -1) & ~far
    at, paid = at[usable], np.array(list(compress(values, usable)), dtype=np.int64)
    may = options.may_cost(at, paid)
    price[at[may]] = paid[may]
    for slot, value in compress(compress(level.prices.items(), usable), ~may):
        sign = "negative" if value < 0 else "positive"
        yield f'The price of "{slot}" at the level {level.name} may not be {sign}.'
