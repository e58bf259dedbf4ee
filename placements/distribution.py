"""So many places over so many units: as they took last year, and none fewer than are taken already."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass


class TooFewToShare(ValueError):
    """More students are placed already than there are places to share out."""


@dataclass(frozen=True)
class Unit:
    """One that takes part. `before`: what it offered last year; `least`: students it has already."""

    key: Hashable
    before: int = 0
    least: int = 0


def distribute(places: int, units: Sequence[Unit]) -> Mapping[Hashable, int]:
    """Everybody's least first; the rest one by one to whoever is furthest below her share.

    Shares go by last year's numbers; evenly if nobody offered any. Ties go to who comes first, so the
    same question has the same answer.
    """
    given = {unit.key: unit.least for unit in units}
    left = places - sum(given.values())
    if left < 0:
        raise TooFewToShare(places)
    weights = {unit.key: unit.before for unit in units}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    sharing = [unit.key for unit in units if weights[unit.key]]
    for _place in range(left if sharing else 0):
        # The highest averages of Sainte-Laguë: nobody's share depends on the order of the units.
        nearest = max(sharing, key=lambda key: weights[key] / (2 * given[key] + 1))
        given[nearest] += 1
    return given
