"""Class lists as they come from the world, and from those who mean harm. Built here, not kept."""

import io
import zipfile
from collections.abc import Callable, Iterator

import openpyxl

from tests.schools.lists import HEADERS, listing, row

GOOD, ERRORS, REFUSED = "good", "errors", "refused"
FNR = "15108695088"  # the example of python-stdnum: passes the check digits, belongs to nobody
Case = tuple[str, str, bytes | Callable[[], bytes]]

ROWS = [row(1), row(2, given="Åse", family="Ødegård")]
CLEAN = listing(*ROWS)
CELLS = [line.split(";") for line in CLEAN.split("\r\n") if line]


def text_cases() -> Iterator[Case]:
    yield "utf-8", GOOD, CLEAN.encode()
    yield "utf-8 with bom", GOOD, CLEAN.encode("utf-8-sig")
    yield "windows-1252", GOOD, CLEAN.encode("cp1252")
    yield "latin-1", GOOD, CLEAN.encode("latin-1")
    yield "utf-16 with bom", GOOD, CLEAN.replace(";", "\t").encode("utf-16")
    yield "utf-16 big-endian with bom", GOOD, b"\xfe\xff" + CLEAN.encode("utf-16-be")
    yield "utf-16 without bom", GOOD, CLEAN.encode("utf-16-le")
    yield "utf-16 cut in half", REFUSED, CLEAN.encode("utf-16")[:-1]
    yield "utf-32", REFUSED, CLEAN.encode("utf-32")
    yield "ebcdic", REFUSED, CLEAN.encode("cp500")
    yield "nul bytes", REFUSED, CLEAN.encode().replace(b"Moen", b"Mo\x00en")
    yield "only nul bytes", REFUSED, b"\x00" * 4096
    yield "control signs", REFUSED, CLEAN.encode().replace(b"Moen", b"Mo\x07en")
    yield "random bytes", REFUSED, bytes(range(256)) * 20
    yield "half an emoji", REFUSED, CLEAN.encode() + b"\x81\x8d\x8f"
    for name, delimiter in (("comma", ","), ("tab", "\t"), ("bar", "|")):
        yield f"parted by {name}", GOOD, CLEAN.replace(";", delimiter).encode()
    yield "sep= line", GOOD, b"sep=,\r\n" + CLEAN.replace(";", ",").encode()
    yield "unix line ends", GOOD, CLEAN.replace("\r\n", "\n").encode()
    yield "old mac line ends", GOOD, CLEAN.replace("\r\n", "\r").encode()
    yield "mixed line ends", GOOD, CLEAN.replace("\r\n", "\n", 1).encode()
    yield "no last line end", GOOD, CLEAN.rstrip().encode()
    yield "quoted cells", GOOD, CLEAN.replace("Moen", '"Moen"').encode()
    yield "line end in a cell", GOOD, CLEAN.replace("Moen", '"Mo\nen"').encode()
    yield "separator in a cell", ERRORS, CLEAN.replace("Moen", '"Mo;en"').encode()
    yield "doubled quotes", GOOD, CLEAN.replace("Moen", '"Mo ""x"" en"').encode()
    yield "quote never closed", REFUSED, CLEAN.replace("Moen", '"Moen', 1).encode()
    yield "text after a quote", REFUSED, CLEAN.replace("Moen", '"Mo"en', 1).encode()
    yield "one endless cell", REFUSED, CLEAN.replace("Moen", "M" * 200_000).encode()
    yield "a long cell", REFUSED, CLEAN.replace("Moen", "M" * 3000).encode()
    yield "empty", REFUSED, b""
    yield "only a bom", REFUSED, b"\xef\xbb\xbf"
    yield "only blank lines", REFUSED, b"\r\n;;;;\r\n   \r\n"
    yield "headers and no rows", REFUSED, (HEADERS + "\r\n").encode()
    yield "rows and no headers", REFUSED, "\r\n".join(ROWS).encode()
    yield "headers of another world", REFUSED, CLEAN.replace(HEADERS, "a;b;c;d;e;f;g").encode()
    yield (
        "nynorsk headers",
        GOOD,
        CLEAN.replace(
            HEADERS, "Førenamn;Etternamn;Klasse;Feidenamn;E-post;Mobil;Heimkommune"
        ).encode(),
    )
    yield (
        "english headers",
        GOOD,
        CLEAN.replace(
            HEADERS, "First name;Last name;Class;Username;Email address;Mobile;Municipality"
        ).encode(),
    )
    yield (
        "SHOUTED headers with signs",
        GOOD,
        CLEAN.replace(
            HEADERS, " FORNAVN* ;ETTER-NAVN;Klasse:;Feide.navn;E-POST;MOBIL;KOMMUNE "
        ).encode(),
    )
    yield "title above the headers", GOOD, ("Klasseliste 3HSA;;;\r\n\r\n" + CLEAN).encode()
    yield (
        "500 columns",
        REFUSED,
        listing(*(r + ";x" * 500 for r in ROWS), headers=HEADERS + ";y" * 500).encode(),
    )
    yield "5,001 rows", REFUSED, listing(*(row(n) for n in range(5001))).encode()
    yield "six megabytes", REFUSED, b"x" * (5 * 2**20 + 10)
    yield "a million short rows", REFUSED, b"a;b\n" * 1_000_000
    yield "rows of uneven length", ERRORS, (CLEAN + "Kari\r\n;;;;;;;;;;\r\nOla;Lund\r\n").encode()


def cell_cases() -> Iterator[Case]:
    for name, other in {
        "no Feide name": {"feide": ""},
        "Feide name with a space": {"feide": "kari moen"},
        "no e-mail": {"email": ""},
        "e-mail without a domain": {"email": "kari"},
        "two e-mails in a cell": {"email": "a@b.no, c@d.no"},
        "phone in words": {"phone": "ring mor"},
        "phone of seven digits": {"phone": "4123456"},
        "phone as a float": {"phone": "4.1234567E7"},
        "no class": {"class": ""},
        "class of another programme": {"class": "1STA"},
        "class that is a sentence": {"class": "hele trinnet samlet i ett rom"},
        "municipality that is none": {"municipality": "Atlantis"},
        "municipality that is a postal code": {"municipality": "7030"},
        "municipality that there are two of": {"municipality": "Herøy"},
        "no municipality": {"municipality": ""},
        "no family name": {"family": ""},
        "date in the name": {"family": "2026-11-23"},
        "ambiguous date in the name": {"family": "03/04/05"},
        "Excel serial in the name": {"family": "45984"},
        "formula in the name": {"given": "=HYPERLINK(A1)"},
        "script in the name": {"given": "<script>alert(1)</script>"},
        "very long name": {"given": "A" * 300},
    }.items():
        yield name, ERRORS, listing(row(1), row(5, **other)).encode()
    yield (
        "the same Feide name twice",
        ERRORS,
        listing(row(1), row(2, feide="ELEV1@feide.example")).encode(),
    )
    yield (
        "the same e-mail twice",
        ERRORS,
        listing(row(1), row(2, email="Elev1@elev.example")).encode(),
    )
    yield "the same row twice", ERRORS, listing(row(1), row(1)).encode()
    yield "a sum at the bottom", ERRORS, (CLEAN + "Antall elever: 2;;;;;;\r\n").encode()
    for name, cell in {
        "identity number": FNR,
        "identity number with a space": "151086 95088",
        "identity number with a dash": "151086–95088",
        "identity number with a narrow space": "151086\u00a095088",
        "identity number in a sentence": f"fnr. {FNR} (mor)",
        "identity number in wide digits": "１５１０８６９５０８８",
    }.items():
        rows = [r + ";" for r in ROWS] + [row(7) + f";{cell}"]
        yield name, REFUSED, listing(*rows, headers=HEADERS + ";Merknad").encode()
    yield (
        "identity number in two cells",
        REFUSED,
        listing(*(r + ";151086;95088" for r in ROWS), headers=HEADERS + ";Født;Nummer").encode(),
    )
    yield "identity number in the headers", REFUSED, CLEAN.replace("Mobil", FNR).encode()


def workbook(change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for cells in CELLS:
        book.active.append(cells)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A workbook whose parts have been tampered with."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BILLION = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]><worksheet>&j;</worksheet>"""
    % b"".join(
        b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("j") + 1)
    )
)


def _million_rows(parts: dict[str, bytes]) -> None:
    rows = b"".join(b'<row r="%d"/>' % n for n in range(1, 1_048_577))
    parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + rows)


def _shared_strings(parts: dict[str, bytes]) -> None:
    parts["xl/sharedStrings.xml"] = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<si><t>a</t></si>" * 1_000_000
        + b"</sst>"
    )


def _lie_about_size(data: bytes) -> bytes:
    """A bomb whose directory says that it is small."""
    out = bytearray(data)
    at = out.rfind(b"PK\x01\x02", 0, out.rfind(SHEET.encode()))
    out[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(out)


def excel_cases() -> Iterator[Case]:
    yield "xlsx", GOOD, workbook
    yield "numbers as numbers", GOOD, lambda: workbook(lambda b: b.active.cell(2, 6, 41234567.0))
    yield "merged cells", ERRORS, lambda: workbook(lambda b: b.active.merge_cells("A2:B3"))
    yield (
        "hidden first sheet",
        GOOD,
        lambda: workbook(lambda b: setattr(b.create_sheet("x", 0), "sheet_state", "hidden")),
    )
    yield (
        "identity number on the hidden sheet only",
        GOOD,
        lambda: workbook(
            lambda b: (
                b.create_sheet("x", 0).append([FNR]),
                setattr(b["x"], "sheet_state", "veryHidden"),
            )
        ),
    )
    yield (
        "formulas never calculated",
        ERRORS,
        lambda: workbook(lambda b: b.active.cell(2, 2, '=CONCATENATE("Mo","en")')),
    )
    yield (
        "formula to the web",
        ERRORS,
        lambda: workbook(lambda b: b.active.cell(2, 2, '=WEBSERVICE("http://127.0.0.1:1/x")')),
    )
    yield "errors in cells", ERRORS, lambda: workbook(lambda b: b.active.cell(2, 7, "#REF!"))
    yield (
        "identity number as a number",
        REFUSED,
        lambda: workbook(lambda b: b.active.cell(2, 9, int(FNR))),
    )
    yield (
        "one cell at the far corner",
        REFUSED,
        lambda: workbook(lambda b: b.active.cell(1_048_576, 16_384, "x")),
    )
    yield (
        "500 columns in excel",
        REFUSED,
        lambda: workbook(lambda b: [b.active.cell(1, n, "x") for n in range(10, 500)]),
    )
    yield "empty workbook", REFUSED, lambda: workbook(lambda b: b.active.delete_rows(1, 9))
    yield "macros", REFUSED, lambda: rezipped(lambda p: p.update({"xl/vbaProject.bin": b"x"}))
    yield "a million declared rows", REFUSED, lambda: rezipped(_million_rows)
    yield "a million shared strings", REFUSED, lambda: rezipped(_shared_strings)
    yield "billion laughs", REFUSED, lambda: rezipped(lambda p: p.update({SHEET: BILLION}))
    yield (
        "reads a file of the server",
        REFUSED,
        lambda: rezipped(
            lambda p: p.update(
                {SHEET: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'}
            )
        ),
    )
    yield "zip bomb", REFUSED, lambda: rezipped(lambda p: p.update({SHEET: b" " * 200 * 2**20}))
    yield (
        "zip bomb that lies",
        REFUSED,
        lambda: _lie_about_size(
            rezipped(lambda p: p.update({SHEET: p[SHEET] + b" " * 100 * 2**20}))
        ),
    )
    yield (
        "a thousand parts",
        REFUSED,
        lambda: rezipped(lambda p: p.update({f"xl/media/{n}.png": b"" for n in range(1000)})),
    )
    yield "no sheet inside", REFUSED, lambda: rezipped(lambda p: p.pop(SHEET))
    yield "sheet that is no xml", REFUSED, lambda: rezipped(lambda p: p.update({SHEET: b"hello"}))
    yield "xlsx cut short", REFUSED, lambda: workbook()[:-700]
    yield (
        "word document",
        REFUSED,
        lambda: rezipped(
            lambda p: (p.pop("xl/workbook.xml"), p.update({"word/document.xml": b"<x/>"}))
        ),
    )
    yield "old xls or password", REFUSED, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    yield "empty zip", REFUSED, b"PK\x05\x06" + b"\0" * 18
    yield "pdf called xlsx", REFUSED, b"%PDF-1.7\n" + b"x" * 100
    yield "picture called csv", REFUSED, b"\x89PNG\r\n\x1a\n" + b"\0" * 100
    yield "web page called xls", REFUSED, b"<html><table><tr><td>Fornavn</td></tr></table></html>"
    yield "gzip", REFUSED, b"\x1f\x8b\x08" + b"\0" * 50


def cases() -> list[Case]:
    return [*text_cases(), *cell_cases(), *excel_cases()]
