"""Eligible pairs as NumPy columns: a million of them are five arrays, not a million objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError, ProblemError
from .fields import MAX_PRIORITY, MAX_RANK, MAX_TRAVEL, Check, optional, shown, whole

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CHECKS: dict[str, Check] = {
    "rank": optional(whole(1, MAX_RANK)),
    "travel": whole(0, MAX_TRAVEL),
    "priority": optional(whole(1, MAX_PRIORITY)),
}
MOST = {"rank": MAX_RANK, "travel": MAX_TRAVEL, "priority": MAX_PRIORITY}


@dataclass(frozen=True, slots=True)
class Pair:
    """This candidate may have this slot. `rank` is her wish, None if eligible but not wished."""

    candidate: str
    slot: str
    rank: int | None = None
    travel: int = 0
    priority: int | None = None


@dataclass(frozen=True, eq=False)
class Pairs:
    """Columns of one length. `candidate` and `slot` are positions in the problem's lists.

    0 in `rank` or `priority` means none.
    """

    candidate: Ints
    slot: Ints
    rank: Ints
    travel: Ints
    priority: Ints

    @classmethod
    def from_columns(
        cls,
        candidate: npt.ArrayLike,
        slot: npt.ArrayLike,
        *,
        rank: npt.ArrayLike | None = None,
        travel: npt.ArrayLike | None = None,
        priority: npt.ArrayLike | None = None,
    ) -> Pairs:
        """Columns straight from a query or a computation; what is not given is none."""
        given = {"rank": rank, "travel": travel, "priority": priority}
        first = _column("candidate", candidate)
        blank = np.zeros(len(first), dtype=np.int64)
        rest = {k: blank if v is None else _column(k, v) for k, v in given.items()}
        return cls(first, _column("slot", slot), **rest)

    @classmethod
    def of(cls, source: Any, candidate_at: Mapping[str, int], slot_at: Mapping[str, int]) -> Pairs:
        """Checked columns, whether they came as columns or as `Pair` objects."""
        if isinstance(source, Pairs):
            source.check(len(candidate_at), len(slot_at))
            return source
        rows = [_row(i, pair, candidate_at, slot_at) for i, pair in enumerate(source)]
        table = np.array(rows, dtype=np.int64).reshape(-1, 5)
        return cls(*(np.ascontiguousarray(column) for column in table.T))

    def __len__(self) -> int:
        return len(self.candidate)

    def check(self, candidates: int, slots: int) -> None:
        most = {"candidate": candidates - 1, "slot": slots - 1, **MOST}
        for name, limit in most.items():
            column = getattr(self, name)
            if len(column) != len(self):
                raise InputError(f"The pair columns differ in length: see {name}.")
            outside = np.flatnonzero((column < 0) | (column > limit))
            if len(outside):
                i = int(outside[0])
                raise InputError(
                    f"pairs[{i}].{name} must be from 0 to {limit}, not {int(column[i])}."
                )

    def refuse_repeated(self, candidate_ids: Sequence[str], slot_ids: Sequence[str]) -> None:
        key = self.candidate * (len(slot_ids) + 1) + self.slot
        if _rises(key):
            return
        order = np.argsort(key, kind="stable")
        same = np.flatnonzero(np.diff(key[order]) == 0)
        if len(same):
            i = int(order[same + 1].min())
            raise InputError(
                f'pairs[{i}] repeats the pair of "{candidate_ids[self.candidate[i]]}" '
                f'and "{slot_ids[self.slot[i]]}".'
            )

    def reordered(self, candidates: Sequence[int], slots: Sequence[int]) -> Pairs:
        """The same pairs after the candidates and slots were put in the order given."""
        candidate = _inverse(candidates)[self.candidate]
        slot = _inverse(slots)[self.slot]
        columns = (candidate, slot, self.rank, self.travel, self.priority)
        if _rises(candidate * (len(slots) + 1) + slot):
            settled = [column.copy() for column in columns]
        else:
            order = np.lexsort((slot, candidate))
            settled = [column[order] for column in columns]
        for column in settled:
            column.setflags(write=False)
        return Pairs(*settled)

    def has(self, candidate: int, slot: int) -> bool:
        low, high = np.searchsorted(self.candidate, [candidate, candidate + 1])
        return bool(np.any(self.slot[low:high] == slot))

    def each(self, candidate_ids: Sequence[str], slot_ids: Sequence[str]) -> Iterator[Pair]:
        columns = (self.candidate, self.slot, self.rank, self.travel, self.priority)
        for c, s, rank, travel, priority in zip(*(x.tolist() for x in columns), strict=True):
            yield Pair(candidate_ids[c], slot_ids[s], rank or None, travel, priority or None)


def _row(
    i: int, pair: Pair, candidate_at: Mapping[str, int], slot_at: Mapping[str, int]
) -> tuple[int, int, int, int, int]:
    """One checked row. The common case must be quick: this runs once for every pair there is."""
    try:
        candidate, slot = candidate_at[pair.candidate], slot_at[pair.slot]
    except (KeyError, TypeError):
        name, value, ids = "candidate", pair.candidate, candidate_at
        if isinstance(value, str) and value in ids:
            name, value = "slot", pair.slot
        raise InputError(f"pairs[{i}].{name} is {shown(value)}, not in {name}s.") from None
    rank, travel, priority = pair.rank, pair.travel, pair.priority
    if type(travel) is not int or not 0 <= travel <= MAX_TRAVEL:
        CHECKS["travel"](travel, f"pairs[{i}].travel")
    if rank is not None and (type(rank) is not int or not 1 <= rank <= MAX_RANK):
        CHECKS["rank"](rank, f"pairs[{i}].rank")
    if priority is not None:
        CHECKS["priority"](priority, f"pairs[{i}].priority")
    return candidate, slot, rank or 0, travel, priority or 0


def _column(name: str, values: npt.ArrayLike) -> Ints:
    column = np.asarray(values)
    if column.ndim != 1 or (column.size and not np.issubdtype(column.dtype, np.integer)):
        raise ProblemError(f"The column {name} must be one row of whole numbers.")
    return column.astype(np.int64)


def _rises(key: Ints) -> bool:
    """Nothing to sort, and nothing there twice: so it comes from a database that was asked in order."""
    return bool((key[1:] > key[:-1]).all())


def _inverse(order: Iterable[int]) -> Ints:
    order = np.fromiter(order, dtype=np.int64)
    inverse = np.empty(len(order), dtype=np.int64)
    inverse[order] = np.arange(len(order))
    return inverse
