"""CSV as Norwegian Excel opens it by itself: semicolons, a byte order mark, decimal commas, 31.12.2027."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from placements.exports.cells import Cell, Table, harmless


class _Line:
    """What the csv module writes to: it hands back the line."""

    def write(self, text: str) -> str:
        return text


def lines(table: Table, language: str) -> Iterator[bytes]:
    """The file, piece by piece. It is read after the view has answered, so it sets its own language."""
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff".encode() + _bytes(writer, [harmless(column.name) for column in table.columns])
    rows = iter(table.lines())
    while True:
        with translation.override(language):
            line = next(rows, None)
            if line is None:
                return
            data = _bytes(writer, [text(cell) for cell in line])
        yield data


def _bytes(writer: Any, cells: list[str]) -> bytes:
    line: str = writer.writerow(cells)
    return line.encode()


def text(cell: Cell) -> str:
    """How a value is written in Norwegian."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("Yes") if cell else _("No")
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(cell, dt.datetime):
        return f"{timezone.localtime(cell):%d.%m.%Y %H:%M}"
    if isinstance(cell, dt.date):
        return f"{cell:%d.%m.%Y}"
    return harmless(str(cell))
