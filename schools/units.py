"""The national register of businesses: its file read in, and one unit of it found by its number.

The file is the one that Enhetsregisteret publishes for sub-units (`underenheter`), as CSV or JSON,
packed with gzip or not. What has closed and what is outside health is left out: a one-person firm is
called by its owner's name, and the names of all of them are no business of ours.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import re
import urllib.error
import urllib.request
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from stdnum.no import orgnr

from accounts.errors import DomainError
from schools.models import RegisteredUnit

HEALTH = ("86", "87", "88")  # the divisions are the same in SN2007 and SN2025; the groups are not
CHUNK = 2000
SECONDS = 3  # a form does not wait longer for somebody else's server
COLUMNS = ("above", "name", "industry", "address", "municipality", "read_at")
# As companies are called, whatever stands around it.
_FORMS = {
    "AS",
    "ASA",
    "HF",
    "RHF",
    "DA",
    "ANS",
    "KF",
    "IKS",
    "SA",
    "BA",
    "BHT",
    "NAV",
    "DPS",
    "BUP",
}
_SMALL = {"OG", "I", "PÅ", "FOR", "AV", "VED", "TIL", "MED"}


class NotFound(DomainError):
    """No unit to fill the form from; the text says why."""


@dataclass
class Read:
    """What became of a file."""

    units: int = 0
    closed: int = 0
    elsewhere: int = 0
    broken: list[int] = field(default_factory=list)


def read_in(
    path: Path, *, industries: Collection[str] = HEALTH, counties: Collection[str] = ()
) -> Read:
    """Read a file from the register into the table; what is there already is renewed."""
    report = Read()
    with transaction.atomic():
        units = _kept(_lines(path), report, tuple(industries) or ("",), tuple(counties) or ("",))
        while chunk := list(itertools.islice(units, CHUNK)):
            by_number = {unit.number: unit for unit in chunk}
            RegisteredUnit.objects.bulk_create(
                by_number.values(),
                update_conflicts=True,
                unique_fields=["number"],
                update_fields=COLUMNS,
            )
    return report


def find(text: str) -> RegisteredUnit:
    """Return the unit with the number, from the table or, where it is allowed, from the live register."""
    number = re.sub(r"[\s.]|NO|MVA", "", text.upper())
    if not orgnr.is_valid(number):
        raise NotFound(
            _("“%(number)s” is no organisation number. It has nine digits; look for a slip.")
            % {"number": text}
        )
    unit = RegisteredUnit.objects.filter(number=number).first() or _asked(number)
    if unit is None:
        raise NotFound(
            _(
                "%(number)s is not in the register we have. Write the name and address yourself; the"
                " number can stand."
            )
            % {"number": number}
        )
    return unit


def _asked(number: str) -> RegisteredUnit | None:
    """Ask the live register, if the installation has one; its silence is no hindrance."""
    if not settings.BUSINESS_REGISTER_URL:
        return None
    address = f"{settings.BUSINESS_REGISTER_URL.rstrip('/')}/underenheter/{number}"
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310  # the address is the installation's own
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
            unit = _unit(_flat(json.loads(answer.read(100_000))))
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return unit if unit and unit.number == number else None


def _kept(
    lines: Iterable[dict[str, str]],
    report: Read,
    industries: tuple[str, ...],
    counties: tuple[str, ...],
) -> Iterator[RegisteredUnit]:
    for line, cells in enumerate(lines, 2):
        unit = _unit(cells)
        if unit is None:
            report.broken.append(line)
        elif cells.get("nedleggelsesdato") or cells.get("slettedato"):
            report.closed += 1
        elif not unit.industry.startswith(industries) or not unit.municipality.startswith(counties):
            report.elsewhere += 1
        else:
            report.units += 1
            yield unit


def _unit(cells: dict[str, str]) -> RegisteredUnit | None:
    number, name = cells.get("organisasjonsnummer", ""), cells.get("navn", "")
    if not name or not orgnr.is_valid(number):
        return None
    where = "beliggenhetsadresse" if cells.get("beliggenhetsadresse.kommunenummer") else ""
    where = where or "forretningsadresse"
    town = f"{cells.get(f'{where}.postnummer', '')} {cells.get(f'{where}.poststed', '').title()}"
    street = cells.get(f"{where}.adresse", "")
    return RegisteredUnit(
        number=number,
        above=cells.get("overordnetEnhet", "")[:9],
        name=as_written(name)[:200],
        industry=cells.get("naeringskode1.kode", "")[:10],
        address=", ".join(part for part in (street, town.strip()) if part)[:200],
        municipality=cells.get(f"{where}.kommunenummer", "")[:4],
        read_at=Now(),
    )


def as_written(name: str) -> str:
    """LADE LEGESENTER AS is called Lade legesenter AS only by people; nearest without knowing words."""
    if name != name.upper():
        return name
    words = name.split()
    return " ".join(
        word if word in _FORMS else word.lower() if i and word in _SMALL else word.title()
        for i, word in enumerate(words)
    )


def _lines(path: Path) -> Iterator[dict[str, str]]:
    packed = path.suffix == ".gz"
    kind = (path.with_suffix("") if packed else path).suffix
    with gzip.open(path) if packed else path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        if kind == ".json":
            found = json.load(text)
            found = (
                found.get("_embedded", {}).get("underenheter", [found])
                if isinstance(found, dict)
                else found
            )
            yield from map(_flat, found)
        else:
            head = text.readline()
            parted = ";" if head.count(";") > head.count(",") else ","
            names = next(csv.reader([head], delimiter=parted), [])
            for row in csv.DictReader(text, fieldnames=names, delimiter=parted):
                yield {k: (v or "").strip() for k, v in row.items() if k}


def _flat(value: Any, above: str = "") -> dict[str, str]:
    """The names of the CSV for what JSON nests: `beliggenhetsadresse.kommunenummer`."""
    if isinstance(value, dict):
        cells: dict[str, str] = {}
        for key, inner in value.items():
            cells |= _flat(inner, f"{above}.{key}" if above else key)
        return cells
    if isinstance(value, list):
        return {above: ", ".join(str(v) for v in value if not isinstance(v, dict))}
    return {above: "" if value is None else str(value)}
