"""Rows of a query as columns, and the arrays that come of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


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
