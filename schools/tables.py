"""Turns an uploaded file, or cells pasted from Excel, into rows of text, or says why not.

CSV in UTF-8, UTF-16 or Windows-1252, parted by `;`, `,`, tab or `|`; XLSX. Nothing is stored here. A
file that holds a national identity number anywhere is refused as a whole, and never echoed.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError
from schools import xlsx
from schools.identity import holds_identity_number

MAX_BYTES = 5 * 2**20
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5000, 100, 2000

_REASONS = {
    "damaged": gettext_lazy(
        "The Excel file is damaged and cannot be read. Open it in Excel, save it again as .xlsx"
        " and try once more."
    ),
    "locked": gettext_lazy(
        "The file is locked with a password. Save it without one and try again."
    ),
    "macros": gettext_lazy("The file holds macros. Save it as an ordinary .xlsx and try again."),
    "other": gettext_lazy("This is not a list we can read. Save it as .xlsx or .csv."),
    "big": gettext_lazy(
        "The Excel file unpacks to far more than a list of people would. Copy the list into a new"
        " workbook and try again."
    ),
}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": gettext_lazy(
        "The file is locked with a password, or is of the old .xls kind. Save it as .xlsx without"
        " a password and try again."
    ),
    b"%PDF": gettext_lazy("This is a PDF. Save the list as .xlsx or .csv instead."),
}
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


class Refused(DomainError):
    """The file as a whole cannot be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Row:
    """One row that holds something, with the number it has in the spreadsheet."""

    number: int
    cells: list[str]


def read_file(name: str, data: bytes) -> list[Row]:
    """Read an uploaded file by what it is, whatever its name says."""
    if len(data) > MAX_BYTES:
        raise Refused(_("The file is larger than 5 MB."))
    for magic, reason in _FOREIGN.items():
        if data.startswith(magic):
            raise Refused(str(reason))
    if data.startswith(_PICTURES) or re.match(rb"\s*<(\?xml|!doctype|html|table)", data, re.I):
        raise Refused(str(_REASONS["other"]))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            found = xlsx.rows(data, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
        except xlsx.Unreadable as error:
            raise Refused(str(_REASONS[str(error)])) from None
        return _checked(found)
    return read_text(_decoded(data))


def read_text(text: str) -> list[Row]:
    """Read separated text: a CSV file, or cells pasted from a spreadsheet."""
    if len(text) > MAX_BYTES:
        raise Refused(_("The file is larger than 5 MB."))
    first, _newline, rest = text.partition("\n")
    if named := re.fullmatch(r"sep=(.)\s*", first, re.I):
        # Excel's own way of naming the separator; the line still counts as row 1.
        return _checked([[], *_separated(rest, named[1])])
    return _checked(_separated(text, _delimiter(text)))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[1:40:2].count(0) > 10:
        encodings = ["utf-16-le"]
    elif data[0:40:2].count(0) > 10:
        encodings = ["utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", text):
            return text
    raise Refused(_("The file holds signs that are no text. Save it as .xlsx, or as CSV in UTF-8."))


def _delimiter(text: str) -> str:
    """The separator that cuts the first lines into the most columns, most alike."""
    lines = [line for line in text[:20000].splitlines() if line.strip()][:20]

    def score(delimiter: str) -> tuple[int, int]:
        widths = Counter(line.count(delimiter) for line in lines if delimiter in line)
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return times, width

    return max("\t;,|", key=score)


def _separated(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[list[str]] = []
    try:
        for cells in reader:
            found.append(cells)
            if len(found) > MAX_ROWS + 1:
                break
    except csv.Error:
        raise Refused(
            _(
                "Row %(row)d: the quotation marks do not come in pairs. Open the row, remove stray"
                ' " and try again.'
            )
            % {"row": len(found) + 1}
        ) from None
    return found


def _clean(cell: str) -> str:
    """Without soft hyphens, double spaces and what copying from web pages and Excel leaves."""
    text = unicodedata.normalize("NFC", cell).replace("\u00ad", "").replace("\u200b", "")
    return " ".join(text.replace("\ufeff", "").split())


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _checked(found: list[list[str]]) -> list[Row]:
    if len(found) > MAX_ROWS:
        # Weighed on what is there; what lies below is not even looked at.
        _refuse_identity_numbers([Row(n, cells) for n, cells in enumerate(found, start=1)])
        raise Refused(
            _("The file has more than 5,000 rows. Divide it and import one part at a time.")
        )
    return check([Row(number, cells) for number, cells in enumerate(found, start=1)])


def check(found: list[Row]) -> list[Row]:
    """The rows that hold something, cleaned; refused as a whole when there is no using them."""
    rows = [
        Row(row.number, cells)
        for row in found
        if (cells := _trimmed([_clean(cell) for cell in row.cells]))
    ]
    if not rows:
        raise Refused(_("The file is empty."))
    # First of all, so that nothing below can say what such a file holds.
    _refuse_identity_numbers(rows)
    if len(rows) > MAX_ROWS:
        raise Refused(
            _("The file has more than 5,000 rows. Divide it and import one part at a time.")
        )
    if max(len(row.cells) for row in rows) > MAX_COLUMNS:
        raise Refused(_("The file has more than 100 columns. Remove those that are not needed."))
    for row in rows:
        if max(len(cell) for cell in row.cells) > MAX_CELL:
            raise Refused(
                _("Row %(row)d holds a cell of more than 2,000 signs. Shorten it and try again.")
                % {"row": row.number}
            )
    return rows


def _refuse_identity_numbers(rows: list[Row]) -> None:
    hits = [row.number for row in rows if _holds_identity_number(row.cells)]
    if not hits:
        return
    numbers = ", ".join(str(number) for number in hits[:10]) + (" ..." if len(hits) > 10 else "")
    raise Refused(
        _(
            "The file holds national identity numbers and has not been stored. Remove the column"
            " with them and try again. They are in row %(rows)s."
        )
        % {"rows": numbers}
    )


def _holds_identity_number(cells: list[str]) -> bool:
    """Also as Excel mangles them: without the first nought, or birth date and number apart."""
    plain = [re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", c)) for c in cells]
    mangled = [f"0{cell}" for cell in plain if re.fullmatch(r"\d{10}", cell)] + [
        left.zfill(6) + right
        for left, right in pairwise(plain)
        if re.fullmatch(r"\d{5,6}", left) and re.fullmatch(r"\d{5}", right)
    ]
    return any(holds_identity_number(text) for text in plain + mangled)
