"""Generated rounds of any size, the same each time: scarce places, local wishes, ties.

5 to 10 wishes each among the nearest workplaces, 22 % of them tied with the wish before, places for
about 95 % of the demand but not where the demand is, one place in ten wished for by nobody.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from placements.matching import Candidate, Pairs, Problem, Slot

NEIGHBOURS = 24
TIED = 0.22
SUPPLY = 0.95


def local_round(
    candidates: int, *, seed: int = 1, previous: float = 0.0, schools: int = 0
) -> Problem:
    """`previous`: the share of candidates who had a place before, one of those they may have.

    With `schools` the candidates belong to that many, from west to east, and lack learning areas that
    not every slot offers: then all the levels have something to decide."""
    draw = np.random.default_rng(seed)
    slots = max(6, candidates // 6)
    homes = draw.random((candidates, 2))
    near, minutes = _nearest(homes, draw.random((slots, 2)))
    capacity = 1 + draw.multinomial(
        max(0, int(SUPPLY * candidates) - slots), _popularity(draw, slots)
    )
    wishes = draw.integers(5, 11, candidates)
    picked = np.argsort(draw.random(near.shape), axis=1)[:, :10]
    order = np.arange(picked.shape[1])
    rank = np.cumsum((draw.random(picked.shape) >= TIED) | (order == 0), axis=1)
    kept = order < wishes[:, None]
    rank[order == wishes[:, None] - 1] *= draw.random(candidates)[wishes <= picked.shape[1]] < 0.9
    row = np.repeat(np.arange(candidates), kept.sum(axis=1))
    slot = np.take_along_axis(near, picked, axis=1)
    before = np.where(draw.random(candidates) < previous, slot[:, 0], -1)
    return Problem(
        [
            Candidate(
                f"c{i:07}",
                previous=None if p < 0 else f"s{p:06}",
                school=f"S{int(schools * west):04}" if schools else None,
                lacks=("laboratory", "logistics")[i % 2 :] if schools else (),
            )
            for i, (p, west) in enumerate(zip(before.tolist(), homes[:, 0].tolist(), strict=True))
        ],
        [
            Slot(f"s{j:06}", size, offers=("laboratory",) if schools and j % 3 else ())
            for j, size in enumerate(capacity.tolist())
        ],
        Pairs.from_columns(
            row,
            slot[kept],
            rank=rank[kept],
            travel=np.take_along_axis(minutes, picked, axis=1)[kept],
        ),
        seed=str(seed),
    )


def _popularity(draw: np.random.Generator, slots: int) -> np.ndarray:
    weight = draw.exponential(size=slots)
    return weight / weight.sum()


def _nearest(homes: np.ndarray, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest sites of each home, and the minutes there."""
    distance, near = cKDTree(sites).query(homes, k=min(NEIGHBOURS, len(sites)))
    return near, 5 + (10 * np.sqrt(len(sites)) * distance).astype(np.int64)
