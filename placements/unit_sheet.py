"""A sheet of units and places, as a hospital keeps it: read against the units and periods asked about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from placements.models import Period, Workplace
from placements.templatetags.weeks import week_numbers
from schools.columns import plain
from schools.tables import Refused, Row

MOST = 99
HEADERS = 15  # exports often begin with a title


@dataclass
class Sheet:
    """What the sheet says: a number for a unit in a period; and what in it cannot be read."""

    places: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def heading(period: Period) -> str:
    """What the period's column is called in the sheet we give out."""
    return f"{week_numbers(period)} {period.name}".strip()


def read(rows: Sequence[Row], units: Sequence[Workplace], periods: Sequence[Period]) -> Sheet:
    """Rows that hold a unit of ours and numbers. With an error in it nothing of it is to be used."""
    at, columns = _columns(rows, periods)
    known = _names(units)
    sheet, seen = Sheet(), dict[UUID, int]()
    for row in rows[at + 1 :]:
        named = next((found for cell in row.cells if (found := known.get(plain(cell)))), None)
        if not any(row.cells[place : place + 1] != [] for place in columns) and not named:
            continue
        if named is None:
            _wrong(sheet, row, _first(row), _("is none of the units you answer for, or two."))
            continue
        if named.pk in seen:
            _wrong(
                sheet, row, named.name, _("stands in row %(row)d too.") % {"row": seen[named.pk]}
            )
        seen[named.pk] = row.number
        for place, period in columns.items():
            text = row.cells[place].strip() if place < len(row.cells) else ""
            number = _number(text)
            if number is not None:
                sheet.places[named.pk, period.pk] = number
            elif text:
                where = _("column “%(name)s”: “%(text)s”") % {
                    "name": rows[at].cells[place],
                    "text": text[:40],
                }
                _wrong(sheet, row, where, _("is no whole number from 0 to 99."))
    if not seen and not sheet.errors:
        sheet.errors.append(_("The sheet names none of your units."))
    return sheet


def _columns(rows: Sequence[Row], periods: Sequence[Period]) -> tuple[int, dict[int, Period]]:
    """Where the headings are, and which column is which period."""
    best: tuple[int, dict[int, Period]] = (0, {})
    for at, row in enumerate(rows[:HEADERS]):
        found = _match(row.cells, periods)
        if len(found) > len(best[1]):
            best = at, found
    if not best[1]:
        names = ", ".join(f"“{heading(period)}”" for period in periods)
        raise Refused(
            _("No column is headed by the weeks of a period. Call the columns %(names)s.")
            % {"names": names}
        )
    return best


def _match(cells: Sequence[str], periods: Sequence[Period]) -> dict[int, Period]:
    """By the heading we give out, else by the weeks if one period alone has them, else by its name."""
    found: dict[int, Period] = {}
    weeks = Counter(_weeks(period) for period in periods)
    names = Counter(plain(period.name) for period in periods if period.name)

    def claim(period: Period, fits: list[int]) -> None:
        free = [place for place in fits if place not in found]
        if free and period not in found.values():
            found[free[0]] = period

    for period in periods:
        ours = plain(heading(period))
        claim(period, [n for n, cell in enumerate(cells) if plain(cell) == ours])
    for period in periods:
        if weeks[_weeks(period)] == 1:
            mine = _weeks(period)
            claim(period, [n for n, cell in enumerate(cells) if _weeks_in(cell) == mine])
    for period in periods:
        name = plain(period.name)
        if name and names[name] == 1:
            claim(period, [n for n, cell in enumerate(cells) if plain(cell) == name])
    return found


def _weeks(period: Period) -> tuple[int, int]:
    return period.start.isocalendar().week, period.last_day.isocalendar().week


def _weeks_in(cell: str) -> tuple[int, int] | None:
    """Week 6-9, uke 6 til 9, v. 6: the first and the last number, when there are at most two."""
    numbers = [int(number) for number in re.findall(r"\d+", cell)]
    return (numbers[0], numbers[-1]) if 1 <= len(numbers) <= 2 else None


def _names(units: Sequence[Workplace]) -> dict[str, Workplace]:
    """Each unit by its number, its name, and its name after its hospital's; not what two are called."""
    called = [
        (plain(name), unit)
        for unit in units
        for name in {
            unit.name,
            f"{unit.parent.name} {unit.name}" if unit.parent else unit.name,
            unit.organisation_number or unit.name,
        }
    ]
    times = Counter(name for name, _unit in set(called))
    return {name: unit for name, unit in called if times[name] == 1 and name}


def _number(text: str) -> int | None:
    """3, 3.0 or 3,0: Excel writes a whole number in all of these ways."""
    found = re.fullmatch(r"(\d{1,2})([.,]0+)?", text)
    return int(found[1]) if found and int(found[1]) <= MOST else None


def _first(row: Row) -> str:
    return f"“{next((cell for cell in row.cells if cell), '')[:60]}”"


def _wrong(sheet: Sheet, row: Row, what: str, why: str) -> None:
    sheet.errors.append(
        _("Row %(row)d, %(what)s %(why)s") % {"row": row.number, "what": what, "why": why}
    )
