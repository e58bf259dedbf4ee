"""Rows of a query as columns, and the arrays that come of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Aggregate, BinaryField, F, Func

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.int16]
Names = npt.NDArray[np.bytes_]


class Bytes(Aggregate):
    """A whole column as one value: no row, and no object, for each of a hundred thousand wishes.

    Several in one query are in the same order. Without rows it is None; NULL is left out."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"

    def __init__(self, column: str, sent_by: str) -> None:
        binary: BinaryField[Any, Any] = BinaryField()
        super().__init__(
            Func(F(column), function=sent_by, output_field=binary), output_field=binary
        )


def ids(column: str) -> Bytes:
    return Bytes(column, "uuid_send")


def small_numbers(column: str) -> Bytes:
    return Bytes(column, "int2send")


def names(sent: bytes | None) -> Names:
    """What `ids` gave. Sorted as PostgreSQL sorts them; no two differ only in the zeros at the end."""
    return np.frombuffer(sent or b"", dtype="S16")


def numbers(sent: bytes | None) -> Ints:
    return np.frombuffer(sent or b"", dtype=">i2").astype(np.int64)


def matches(asked: Names, known: Names) -> tuple[Ints, Ints]:
    """Which of those asked for is which of those known: the positions of all that are the same."""
    order = np.argsort(known, kind="stable")
    first, last = (np.searchsorted(known, asked, side, sorter=order) for side in ("left", "right"))
    times = last - first
    found = np.repeat(np.arange(len(asked)), times)
    within = np.arange(len(found)) - np.repeat(np.cumsum(times) - times, times)
    return found, order[first[found] + within]


@dataclass(frozen=True)
class Columns:
    """Rows of one query, a list for each column."""

    values: dict[str, list[Any]]

    @classmethod
    def read(cls, rows: Iterable[tuple[Any, ...]], names: tuple[str, ...]) -> Columns:
        table = list(zip(*rows, strict=True)) or [()] * len(names)
        return cls({name: list(column) for name, column in zip(names, table, strict=True)})

    def __getitem__(self, name: str) -> list[Any]:
        return self.values[name]

    def __len__(self) -> int:
        return len(self.values["pk"])

    def codes(self, name: str, known: dict[Any, int]) -> Ints:
        """The column as small numbers, the same value the same number; None is -1."""
        return np.array(
            [-1 if v is None else known.setdefault(v, len(known)) for v in self[name]],
            dtype=np.int64,
        )

    def flags(self, name: str) -> Flags:
        return np.array(self[name], dtype=np.bool_)

    def names(self, name: str) -> Names:
        """A column of ids, as `names` gives one of a query."""
        return names(b"".join(pk.bytes for pk in self[name]))
