"""What may stand in a cell of a file, and how it is made harmless."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Cell = str | int | float | bool | dt.date | dt.datetime | None

# A spreadsheet takes what begins so for a formula. A phone number or a negative number is none.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠|]")
_NUMBER = re.compile(r"[+-]?[\d ]+(,\d+)?")


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it means, and how it is read from a row."""

    name: str
    about: str
    value: Callable[[Any], Cell]
    width: int = 18


@dataclass(frozen=True)
class Table:
    """Rows with their columns. `name` becomes the file's name and the sheet's."""

    name: str
    columns: list[Column]
    rows: Iterable[Any]

    def lines(self) -> Iterable[list[Cell]]:
        for row in self.rows:
            yield [column.value(row) for column in self.columns]


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could run it."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def harmless(text: str) -> str:
    """The same text, with the apostrophe that tells a spreadsheet that it is text."""
    return f"'{text}" if is_dangerous(text) else text
