"""An order of wishes in which some may be equally good: moving about in it, as plain values.

A ranking is a tuple of groups, the best first; those in one group are equally good. No group is
empty and nothing is in it twice: every function here keeps it so.
"""

from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

Group = tuple[UUID, ...]
Ranking = tuple[Group, ...]


def of(ranked: Iterable[tuple[UUID, int]]) -> Ranking:
    """The ranking that pairs of item and rank stand for; gaps between ranks mean nothing."""
    rows = sorted(ranked, key=lambda row: row[1])
    return tuple(
        tuple(item for item, _ in group) for _, group in groupby(rows, key=lambda row: row[1])
    )


def ranks(ranking: Ranking) -> dict[UUID, int]:
    """The rank of each item: 1, 2, 3... without gaps, the same for those that are equally good."""
    return {item: n for n, group in enumerate(ranking, start=1) for item in group}


def add(ranking: Ranking, item: UUID) -> Ranking:
    """Put the item last, if it is not there."""
    return ranking if item in ranks(ranking) else (*ranking, (item,))


def remove(ranking: Ranking, item: UUID) -> Ranking:
    left = (tuple(i for i in group if i != item) for group in ranking)
    return tuple(group for group in left if group)


def up(ranking: Ranking, item: UUID) -> Ranking:
    """One step better: out above those it equals, else past the group above."""
    at = _where(ranking, item)
    if at is None:
        return ranking
    if len(ranking[at]) == 1:
        at = max(at - 1, 0)
    return _alone_at(remove(ranking, item), at, item)


def down(ranking: Ranking, item: UUID) -> Ranking:
    """One step worse: out below those it equals, else past the group below."""
    at = _where(ranking, item)
    return ranking if at is None else _alone_at(remove(ranking, item), at + 1, item)


def equal(ranking: Ranking, item: UUID) -> Ranking:
    """As good as the group above."""
    at = _where(ranking, item)
    if not at:
        return ranking
    rest = remove(ranking, item)
    return (*rest[: at - 1], (*rest[at - 1], item), *rest[at:])


def before(ranking: Ranking, item: UUID, other: UUID) -> Ranking:
    """Just above the other one: what dropping it there means."""
    if item == other or _where(ranking, item) is None:
        return ranking
    rest = remove(ranking, item)
    at = _where(rest, other)
    return ranking if at is None else _alone_at(rest, at, item)


def _where(ranking: Ranking, item: UUID) -> int | None:
    return next((n for n, group in enumerate(ranking) if item in group), None)


def _alone_at(ranking: Ranking, at: int, item: UUID) -> Ranking:
    return (*ranking[:at], (item,), *ranking[at:])
