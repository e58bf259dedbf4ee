"""Finds out which column of somebody's file is which, whatever the headers are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from schools.tables import Row

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise

Text = Union[str, "Promise"]


@dataclass(frozen=True)
class Column:
    """One thing we can import: its key, its name to people, and the headers it is known by."""

    key: str
    label: Text
    headers: tuple[str, ...]
    required: bool = False
    help: Text = ""


def plain(header: str) -> str:
    """The header without what differs from one export to the next: case, accents, signs, spaces."""
    decomposed = unicodedata.normalize(
        "NFKD", header.casefold().replace("ø", "o").replace("æ", "ae")
    )
    return re.sub(r"[^a-z0-9]", "", decomposed)


def _known(columns: Sequence[Column]) -> dict[str, str]:
    """Which column each known header stands for; the first column that claims it has it."""
    known: dict[str, str] = {}
    for column in columns:
        for header in (column.key, *column.headers):
            known.setdefault(plain(header), column.key)
    return known


def header_row(rows: Sequence[Row], columns: Sequence[Column]) -> int:
    """Where the headers are: exports often begin with a title. The first row if nothing is known."""
    known = _known(columns)
    best, most = 0, 1
    for index, row in enumerate(rows[:15]):
        hits = len({known[plain(cell)] for cell in row.cells if plain(cell) in known})
        if hits > most:
            best, most = index, hits
    return best


def guess(
    headers: Sequence[str], columns: Sequence[Column], remembered: Mapping[str, str]
) -> dict[str, int]:
    """Column key -> position in the file: as last time if those headers are here, else by name."""
    places: dict[str, int] = {}
    positions = {plain(header): i for i, header in reversed(list(enumerate(headers))) if header}
    for column in columns:
        position = positions.get(plain(remembered.get(column.key, "")))
        if position is not None:
            places[column.key] = position
    known = _known(columns)
    for position, header in enumerate(headers):
        key = known.get(plain(header))
        if key and key not in places and position not in places.values():
            places[key] = position
    return places
