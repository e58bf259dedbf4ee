"""Reading tabular files cannot be made to hang, to swell, or to open anything else."""

import resource
import time

import pytest

from schools import tables, xlsx
from schools.tables import Refused
from tests.schools.nasty import CELLS, SHEET, cases, rezipped, workbook

EVIL = {
    "a million declared rows",
    "a million shared strings",
    "billion laughs",
    "reads a file of the server",
    "zip bomb",
    "zip bomb that lies",
    "one cell at the far corner",
    "a million short rows",
    "six megabytes",
}


def _cpu() -> float:
    """Seconds of work so far, here and in children: how busy the machine is does not matter."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("name", sorted(EVIL))
def test_refused_fast_and_without_growing(name):
    content = next(content for case, _expected, content in cases() if case == name)
    data = content() if callable(content) else content
    before, started = _peak(), _cpu()
    with pytest.raises(Refused):
        tables.read_file("liste.xlsx", data)
    assert _cpu() - started < 2
    assert _peak() - before <= 80


def test_the_child_is_stopped_even_when_nothing_is_weighed_first(monkeypatch):
    """The control: without the first guard the second one holds."""
    elements = b"<a/>" * 12_000_000
    bomb = rezipped(
        lambda parts: parts.update(
            {SHEET: parts[SHEET].replace(b"<sheetData>", elements + b"<sheetData>")}
        )
    )
    monkeypatch.setattr(xlsx, "weigh", lambda data: None)
    before, started = _peak(), time.monotonic()
    with pytest.raises(xlsx.Unreadable):
        xlsx.rows(bomb, max_rows=10, max_columns=10)
    assert time.monotonic() - started < xlsx.WALL_SECONDS + 2
    assert _peak() - before <= 80


def test_formulas_are_read_as_last_saved_and_never_evaluated():
    data = workbook(lambda book: book.active.cell(2, 2, "=1+1"))
    rows = tables.read_file("liste.xlsx", data)
    assert rows[1].cells[1] == ""


def test_what_the_name_says_does_not_matter():
    assert [r.cells for r in tables.read_file("liste.csv", workbook())] == CELLS
    assert [r.cells for r in tables.read_file("x.pdf", b"a;b\n1;2")] == [
        ["a", "b"],
        ["1", "2"],
    ]


def test_rows_keep_the_numbers_they_have_in_the_spreadsheet():
    rows = tables.read_text("a;b\n\n;\n1;2\n")
    assert [(row.number, row.cells) for row in rows] == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_a_number_that_only_looks_like_an_identity_number_passes():
    assert tables.read_text("a;b\n15108695089;12345678901")
    with pytest.raises(Refused):
        tables.read_text("a;b\n15108695088;x")
