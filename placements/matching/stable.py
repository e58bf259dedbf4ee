"""The policy `stable`: for workplaces that truly rank students. Student-proposing deferred acceptance.

Each candidate asks the slot she likes best; each slot keeps those who come first there, as many as it
has room for; whoever is turned away asks her next one. What comes out is stable: no candidate and no
slot would both rather have each other than what they got. Of all such answers it is the best for every
candidate at once, and since no two are equal anywhere in the orders (lots see to that), the only such.

It may place fewer than could be placed. How many could, is found besides, and proven by prices as
everywhere; both numbers stand in the solution, under `placed`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .certificate import certify
from .core import Core
from .costs import Costs
from .errors import ProblemError, Stopped
from .flow import choose
from .options import Options
from .pairs import Ints
from .policies import LOTTERY, PLACED, STABLE, TRAVEL
from .problem import Problem
from .solution import STABLE as STATUS
from .solution import Level, Solution

LAST = 2**40  # where the workplace has no opinion: after all that it has one about


def solve(
    problem: Problem,
    on_progress: Callable[[str, int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """The stable answer that is best for all candidates, and beside it how many could be placed."""
    _refuse_beyond(problem)
    for done, name in enumerate((STABLE, PLACED)):
        if should_stop is not None and should_stop():
            raise Stopped(f"Stopped before the level {name}.")
        if on_progress is not None:
            on_progress(name, done, 2)
        if name == STABLE:
            assignments = _accepted(problem)
    unplaced = [c.id for c in problem.candidates if c.id not in assignments]
    most = _most_placed(problem)
    found = replace(most, value=len(unplaced), proven=most.bound == len(unplaced))
    if on_progress is not None:
        on_progress(PLACED, 2, 2)
    return Solution(
        assignments=assignments,
        unplaced=unplaced,
        levels=[Level(STABLE, value=0, bound=0, proven=True), found],
        status=STATUS,
        problem_sha256=problem.sha256,
    )


def _refuse_beyond(problem: Problem) -> None:
    """With rules that tie candidates to each other there may be no stable answer at all."""
    tied = [name for name in ("quotas", "together", "apart") if getattr(problem, name)]
    tied += ["minimum"] * any(slot.minimum > 1 for slot in problem.slots)
    tied += ["person"] * bool(problem.rules.people)
    if tied:
        raise ProblemError(f'The policy "{STABLE}" cannot be combined with {tied[0]}.')


def _accepted(problem: Problem) -> dict[str, str]:
    """Deferred acceptance among those who are not pinned, for the places that pins leave."""
    orders = Orders(problem)
    mine, slot, standing = orders.wished
    ends = np.searchsorted(mine, np.arange(len(problem.candidates) + 1)).tolist()
    at = ends[:-1]
    kept: list[list[tuple[int, int]]] = [[] for _ in problem.slots]  # the last comes out first
    asking = list(range(len(problem.candidates)))
    while asking:
        who = asking.pop()
        if at[who] == ends[who + 1]:
            continue  # no slot is left to ask
        here, place = int(slot[at[who]]), -int(standing[at[who]])
        at[who] += 1
        if len(kept[here]) < orders.room[here]:
            heapq.heappush(kept[here], (place, who))
        else:
            asking.append(heapq.heappushpop(kept[here], (place, who))[1])
    held = {i: c.pinned for i, c in enumerate(problem.candidates) if c.pinned is not None}
    for i, holders in enumerate(kept):
        held.update({who: problem.slots[i].id for _, who in holders})
    return {problem.candidates[who].id: held[who] for who in sorted(held)}


class Orders:
    """Who likes what best, without ties: the pairs of those not pinned, at slots with room for them.

    A candidate goes by her wishes (what she did not wish for comes after her last), then travel if the
    policy says so, then lots. A slot goes by its own order (`pairs.priority`, 1 first; those it does not
    name come last), then priority classes, then lots.
    """

    def __init__(self, problem: Problem) -> None:
        pins = Counter(c.pinned for c in problem.candidates if c.pinned is not None)
        self.room = [slot.capacity - pins[slot.id] for slot in problem.slots]
        options = Options.of(problem)
        loose = np.array([c.pinned is None for c in problem.candidates], dtype=np.bool_)
        usable = np.append(np.array(self.room, dtype=np.int64) > 0, False)  # nowhere is no slot
        kept = np.flatnonzero(usable[options.slot] & loose[options.candidate])
        self.candidate, self.slot = options.candidate[kept], options.slot[kept]
        costs = Costs(options)
        self.wish = costs.of("wishes:rank_sum", kept)
        self.lot = costs.of(LOTTERY, kept)
        travel = options.travel[kept] if TRAVEL in problem.policy else np.zeros_like(kept)
        self.order, self.urgency = _slots_view(problem, options, kept)
        first = (self.slot, self.lot, travel, self.wish, self.candidate)
        self._by_wish = np.lexsort(first)
        of_slot = np.lexsort((self.candidate, self.lot, -self.urgency, self.order, self.slot))
        self.standing = np.empty(len(kept), dtype=np.int64)
        self.standing[of_slot] = np.arange(len(kept))

    @property
    def wished(self) -> tuple[Ints, Ints, Ints]:
        """Candidate, slot and standing there (lower comes first), each candidate's best slot first."""
        by = self._by_wish
        return self.candidate[by], self.slot[by], self.standing[by]


def _slots_view(problem: Problem, options: Options, kept: Ints) -> tuple[Ints, Ints]:
    """The workplace's own number for each option, and the candidate's priority class."""
    columns, width = problem.columns, len(problem.slots)
    wanted = options.candidate[kept] * width + options.slot[kept]
    at = np.searchsorted(columns.candidate * width + columns.slot, wanted)
    order = columns.priority[at]
    classes = np.array([c.priority for c in problem.candidates], dtype=np.int64)
    return np.where(order > 0, order, LAST), classes[options.candidate[kept]]


def _most_placed(problem: Problem) -> Level:
    """How few could be left without a place, with the prices that prove it."""
    options = Options.of(problem)
    core, costs = Core.whole(options), Costs(options)
    answer = core.settled.copy()
    if len(core.start):
        cost = costs.of(PLACED, core.option)
        chosen, _ = choose(core, cost, core.positions(answer))
        answer[core.candidate] = core.option[chosen]
    return certify(options, [PLACED], answer)[0]
