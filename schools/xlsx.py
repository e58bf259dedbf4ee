"""Reads the first visible sheet of an Excel workbook, in a process of its own.

A workbook is a zip of XML and may be built to exhaust whoever opens it. So the zip's own directory is
weighed first, and the reading itself happens in a child process that the kernel stops when it takes
too much memory or time. The child knows no settings and no database: bytes in, rows out.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

MAX_FILES, MAX_PART, MAX_TOTAL = 300, 8 * 2**20, 24 * 2**20
MEMORY, CPU_SECONDS, WALL_SECONDS = 512 * 2**20, 5, 10


class Unreadable(Exception):
    """Why the workbook was not read, as one word that the caller turns into a sentence."""


def weigh(data: bytes) -> None:
    """Refuse, from the zip's directory alone, what is no workbook or would grow too big."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OSError):
        raise Unreadable("damaged") from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("locked")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable("macros")
    if "xl/workbook.xml" not in names:
        raise Unreadable("other")
    sizes = [part.file_size for part in parts]
    if len(parts) > MAX_FILES or max(sizes) > MAX_PART or sum(sizes) > MAX_TOTAL:
        raise Unreadable("big")


def rows(data: bytes, *, max_rows: int, max_columns: int) -> list[list[str]]:
    """The cells of the first visible sheet as text, formulas as the values last saved."""
    weigh(data)
    command = [sys.executable, "-I", str(Path(__file__)), str(max_rows), str(max_columns)]
    try:
        child = subprocess.run(  # noqa: S603  # our own interpreter and this very file
            command, input=data, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("big") from None
    if child.returncode != 0:
        raise Unreadable("big" if child.returncode < 0 else "damaged")
    answer: dict[str, list[list[str]]] = json.loads(child.stdout)
    return answer["rows"]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _read(data: bytes, max_rows: int, max_columns: int) -> list[list[str]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        return []
    sheet = visible[0]
    # What the sheet says of its own size is not to be trusted: one row more than we take will do.
    sheet.reset_dimensions()
    cells = sheet.iter_rows(max_row=max_rows + 1, max_col=max_columns + 1, values_only=True)
    return [_trimmed([_text(value) for value in row]) for row in cells]


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells that pad it: one cell far out makes every row as wide."""
    while row and not row[-1]:
        row.pop()
    return row


def _main() -> None:
    import resource
    import warnings

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    warnings.simplefilter("ignore")
    max_rows, max_columns = int(sys.argv[1]), int(sys.argv[2])
    found = _read(sys.stdin.buffer.read(), max_rows, max_columns)
    sys.stdout.write(json.dumps({"rows": found}))


if __name__ == "__main__":
    _main()
