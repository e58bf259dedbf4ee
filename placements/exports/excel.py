"""An Excel file: the table with a frozen heading and filters, and a sheet that explains its columns.

Text is always written as text: nothing in it becomes a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from placements.exports.cells import Cell, Table, is_dangerous

HEADING = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F6153", "border": 1,
           "border_color": "#9AA5B1", "text_wrap": True, "valign": "vcenter"}  # fmt: skip
OPTIONS = {
    "constant_memory": True,  # a row leaves memory when the next one begins
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Sheet:
    """A worksheet that knows how each kind of value is written."""

    def __init__(self, book: Any, name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.plain = book.add_format({"valign": "top"})
        self.wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 15})
        self.heading = book.add_format(HEADING)
        self.quoted = book.add_format({"valign": "top", "quote_prefix": True})
        self.date = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})
        self.moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"})

    def put(self, row: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self.sheet.write_string(row, column, _("Yes") if cell else _("No"), self.plain)
        elif isinstance(cell, int | float):
            self.sheet.write_number(row, column, cell, self.plain)
        elif isinstance(cell, dt.datetime):
            local = timezone.localtime(cell).replace(tzinfo=None)
            self.sheet.write_datetime(row, column, local, self.moment)
        elif isinstance(cell, dt.date):
            self.sheet.write_datetime(row, column, cell, self.date)
        else:
            # The quote mark keeps it text also after somebody has edited the cell or saved it as CSV.
            form = self.quoted if is_dangerous(cell) else self.plain
            self.sheet.write_string(row, column, cell, form)


def workbook(table: Table) -> bytes:
    """The whole file. Rows go to disk as they are read."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": table.name, "author": "Praksisplass"})
    count = _rows(_Sheet(book, _sheet_name(table.name)), table)
    _explanation(_Sheet(book, _("Explanation")), table, count)
    book.close()
    return out.getvalue()


def _rows(sheet: _Sheet, table: Table) -> int:
    for n, column in enumerate(table.columns):
        sheet.sheet.set_column(n, n, column.width)
    sheet.sheet.set_row(0, 32)
    sheet.sheet.freeze_panes(1, 1)
    sheet.sheet.set_landscape()
    sheet.sheet.set_paper(9)
    sheet.sheet.fit_to_pages(1, 0)
    sheet.sheet.repeat_rows(0)
    for n, column in enumerate(table.columns):
        sheet.sheet.write_string(0, n, column.name, sheet.heading)
    count = 0
    for count, line in enumerate(table.lines(), start=1):
        for n, cell in enumerate(line):
            sheet.put(count, n, cell)
    sheet.sheet.autofilter(0, 0, count, len(table.columns) - 1)
    return count


def _explanation(sheet: _Sheet, table: Table, count: int) -> None:
    sheet.sheet.set_column(0, 0, 28)
    sheet.sheet.set_column(1, 1, 80)
    sheet.sheet.write_string(0, 0, table.name, sheet.title)
    sheet.sheet.write_string(1, 0, _("Made"), sheet.plain)
    sheet.put(1, 1, timezone.now())
    sheet.sheet.write_string(2, 0, _("Rows"), sheet.plain)
    sheet.put(2, 1, count)
    sheet.sheet.write_string(
        3, 0, _("This file holds personal data. Delete it when you no longer need it."), sheet.plain
    )
    sheet.sheet.write_string(5, 0, _("Column"), sheet.heading)
    sheet.sheet.write_string(5, 1, _("What it means"), sheet.heading)
    for n, column in enumerate(table.columns, start=6):
        sheet.sheet.write_string(n, 0, column.name, sheet.wrapped)
        sheet.sheet.write_string(n, 1, column.about, sheet.wrapped)


def _sheet_name(name: str) -> str:
    """At most 31 characters, none of those that Excel refuses."""
    return "".join(c for c in name if c not in "[]:*?/\\'")[:31] or "1"
