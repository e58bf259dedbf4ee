"""What a broken rule touches: who is in it, and how far it is to where there is room. For `search`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .pairs import Flags, Ints
from .shadow import Open
from .tied import Tied

FAR = 20  # moves
STEPS = 6
STEEP = 8  # so many moves that a later level forbids are better than one that the level before does


def touched(tied: Tied, answer: Ints) -> Flags:
    """Whoever is in a rule that the answer breaks: those who hold what it speaks of, or, where they are
    too few, may."""
    found = np.zeros(len(tied.problem.candidates), dtype=np.bool_)
    for row in tied.rows:
        filled = int(row.weight @ answer[row.column])
        if row.rule and not row.least <= filled <= row.most:
            column = row.column[row.column < tied.first_seat]
            if filled > row.most and (row.weight > 0).all():
                column = column[answer[column] == 1]
            found[tied.options.candidate[column]] = True
    return found


def disturbance(tied: Tied, states: Sequence[Open], answer: Ints) -> Ints:
    """What each change of the answer is to cost: what a level leaves closed is the dearer, the earlier
    it is. `states`: what is open before the first level, and after each."""
    closed: Ints = np.stack([state.high == 0 for state in states]).sum(axis=0)
    closed = STEPS * closed // len(states)
    without = np.append(tied.options.slot, np.zeros(tied.width - tied.first_seat, int))
    closed[without == tied.options.nowhere] = STEPS + 2  # and nobody is to lose her place
    cost: Ints = np.where(answer == 1, 0, STEEP**closed)
    return cost


def from_room(tied: Tied, left: Open, answer: Ints, load: npt.NDArray[np.float64]) -> Ints:
    """How many moves each slot is from one with room left, for those whom the answer has there."""
    options, first = tied.options, tied.first_seat
    room = np.array([slot.capacity for slot in tied.problem.slots])
    far = np.full(options.nowhere + 1, FAR)
    far[: options.real][load < room - 0.5] = 0
    usable, held = left.high[:first] == 1, answer[:first] == 1
    place = np.zeros(len(tied.problem.candidates), dtype=np.int64)
    place[options.candidate[held]] = options.slot[held]
    origin, to = place[options.candidate[usable]], options.slot[usable]
    for moves in range(1, FAR):
        reached = origin[far[to] == moves - 1]
        new = reached[far[reached] > moves]
        if not len(new):
            break
        far[new] = moves
    return far[: options.real]


def varies(tied: Tied, left: Open, cost: Ints) -> bool:
    """Whether what is open to somebody differs in cost, or seats cost anything."""
    usable = left.high[: tied.first_seat] == 1
    who, mine = tied.options.candidate[usable], cost[: tied.first_seat][usable]
    lowest = np.full(len(tied.problem.candidates), 2**62, dtype=np.int64)
    np.minimum.at(lowest, who, mine)
    return bool(np.any(mine != lowest[who]) or np.any(cost[tied.first_seat :]))
