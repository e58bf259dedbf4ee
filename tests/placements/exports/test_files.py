"""The files, opened again by openpyxl and by csv: what was put in comes out, and nothing runs."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.utils import translation

from placements.exports import csv_file, excel
from placements.exports.cells import Column, Table, harmless, is_dangerous

ATTACKS = [
    '=HYPERLINK("http://evil.example","Klikk")',
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    "|calc",
]
HARMLESS = [
    "Anne-Marie",
    "73 11 11 11",
    "+47 73 11 11 11",
    "-12",
    "a=b",
    "",
    "Øst & Vest; «sør»\nnord",
]


def table(values):
    return Table(
        "Elever: 3HSA [1]",
        [
            Column("Navn", "Hva eleven heter.", lambda row: row[0]),
            Column("Verdi", "En verdi.", lambda row: row[1]),
        ],
        [("x", value) for value in values],
    )


def read_csv(values, language="nb"):
    data = b"".join(csv_file.lines(table(values), language))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_excel(values):
    with translation.override("nb"):
        return openpyxl.load_workbook(io.BytesIO(excel.workbook(table(values))))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_spreadsheet_could_run_is_text(attack):
    assert is_dangerous(attack)
    (_, cell) = read_csv([attack])[1]
    assert cell == f"'{attack}"
    cell = read_excel([attack]).worksheets[0]["B2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.hyperlink is None
    assert cell.value.replace("_x000D_", "\r").strip() == attack.strip()


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_is_not_touched(text):
    assert harmless(text) == text
    assert read_csv([text])[1][1] == text
    cell = read_excel([text]).worksheets[0]["B2"]
    assert (cell.value or "") == text
    assert not cell.quotePrefix


def test_the_danger_is_real():
    """Negative control: written plainly, the same text is a formula."""
    book = openpyxl.Workbook()
    book.active["A1"] = ATTACKS[0]
    out = io.BytesIO()
    book.save(out)
    assert openpyxl.load_workbook(out).active["A1"].data_type == "f"


NOON = dt.datetime(2027, 7, 1, 10, 5, tzinfo=dt.UTC)
VALUES = [None, True, False, 7, 63.4305, 10.0, dt.date(2027, 2, 8), NOON]


def test_csv_is_as_norwegian_excel_reads_it():
    data = b"".join(csv_file.lines(table(VALUES), "nb"))
    assert data.startswith("\ufeffNavn;Verdi\r\n".encode())
    assert [row[1] for row in read_csv(VALUES)[1:]] == [
        "", "Ja", "Nei", "7", "63,4305", "10", "08.02.2027", "01.07.2027 12:05",
    ]  # fmt: skip


def test_csv_has_its_own_language_however_late_it_is_read():
    lines = csv_file.lines(table([True]), "nb")
    with translation.override("en"):
        assert "Ja" in b"".join(lines).decode()
        assert translation.get_language() == "en"


def test_excel_keeps_numbers_and_dates():
    sheet = read_excel(VALUES).worksheets[0]
    values = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert values == [
        *(None, "Ja", "Nei", 7, 63.4305, 10),
        dt.datetime(2027, 2, 8),  # noqa: DTZ001  # a spreadsheet knows no time zones
        dt.datetime(2027, 7, 1, 12, 5),  # noqa: DTZ001
    ]
    assert sheet["B8"].number_format == "dd.mm.yyyy"


def test_excel_is_ready_to_read():
    book = read_excel([1, 2, 3])
    first, second = book.worksheets
    assert first.title == "Elever 3HSA 1"
    assert first.freeze_panes == "B2"
    assert first.auto_filter.ref == "A1:B4"
    assert first["A1"].font.bold
    assert first["A1"].fill.fgColor.rgb == "FF1F6153"
    assert first.print_title_rows == "$1:$1"
    assert second.title == "Forklaring"
    rows = [[cell.value for cell in row] for row in second.iter_rows()]
    assert ["Navn", "Hva eleven heter."] in rows
    assert ["Verdi", "En verdi."] in rows
    assert ["Rader", 3] in rows


def test_an_empty_table_opens_too():
    assert read_excel([]).worksheets[0].auto_filter.ref == "A1:B1"
    assert read_csv([]) == [["Navn", "Verdi"]]
