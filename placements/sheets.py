"""The administration's lists as sheets: each column once, for files written and files read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db.models import Model
from django.utils import timezone, translation
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Translated
from placements.exports.cells import Cell, Table
from placements.exports.cells import Column as Shown
from placements.models import Workplace
from placements.register.columns import KINDS
from schools.calendar import DAY
from schools.columns import Column, plain
from schools.models import County, Municipality
from schools.registers import Unknown


class Places:
    """Today's counties and municipalities, by number or by name; read once for a file."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.counties = self._by_name(County.objects.current(today))
        self.municipalities = self._by_name(Municipality.objects.current(today))
        self._wholes: dict[str, list[Workplace]] | None = None
        self._named: dict[type[Translated], dict[str, Any]] = {}

    def county(self, text: str) -> Any:
        return self._one(self.counties, text, _("We know no county called “%(text)s”."))

    def municipality(self, text: str) -> Any:
        said = _("We know no municipality called “%(text)s”, or several. Write its number.")
        return self._one(self.municipalities, text, said)

    def whole(self, text: str) -> Any:
        """The hospital or trust that a unit belongs to, by its name or organisation number."""
        if self._wholes is None:
            self._wholes = {}
            for row in Workplace.objects.all():
                for name in {row.name.casefold(), row.organisation_number or ""} - {""}:
                    self._wholes.setdefault(name, []).append(row)
        said = _(
            "There is no workplace called “%(text)s”, or there are several. Read the whole in before its"
            " units, or write its organisation number."
        )
        return self._one(self._wholes, text, said)

    def named(self, model: type[Translated]) -> dict[str, Any]:
        """Every row of a small register, by its code and by its name in each language."""
        if model not in self._named:
            self._named[model] = {
                plain(word): row
                for row in cast(Any, model).objects.all()
                for word in (row.code, row.name_nb, row.name_nn, row.name_en)
                if word
            }
        return self._named[model]

    @cached_property
    def kinds(self) -> dict[str, str]:
        words = dict(KINDS)
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                words |= {plain(str(label)): value for value, label in Workplace.Kind.choices}
        return words

    def _by_name(self, rows: Iterable[Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in rows:
            for name in {row.number, row.name.casefold()}:
                found.setdefault(name, []).append(row)
        return found

    def _one(self, found: dict[str, list[Any]], text: str, said: str) -> Any:
        rows = found.get(text.casefold(), [])
        if len(rows) != 1:
            raise Unknown(said % {"text": text})
        return rows[0]


Reader = Callable[[str, Places], Any]


@dataclass(frozen=True)
class Part:
    """A column: which of the model's fields it is, how it is shown, and how it is read back."""

    key: str
    name: str | Promise
    about: str | Promise
    show: Callable[[Any], Cell]
    read: Reader
    required: bool = False
    width: int = 20
    beside: bool = False  # not a field of the row itself: see workplace_sheet.py

    @property
    def column(self) -> Column:
        """Known by its name in each language."""
        names = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                names.append(str(self.name))
        return Column(self.key, str(self.name), tuple(names), self.required, str(self.about))


@dataclass(frozen=True)
class Sheet:
    """A list that is written to a file and read from one. `key` tells which row is which."""

    model: type[Model]
    parts: tuple[Part, ...]
    key: tuple[str, ...]
    select: tuple[str, ...]

    @property
    def name(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def columns(self) -> list[Column]:
        return [part.column for part in self.parts]

    def table(self, rows: Iterable[Any]) -> Table:
        columns = [Shown(str(p.name), str(p.about), p.show, p.width) for p in self.parts]
        return Table(self.name, columns, rows)


def words(text: str, places: Places) -> str:
    return text


def number(text: str, places: Places) -> str | None:
    """Digits in groups are one number; nothing is none."""
    return re.sub(r"\s", "", text) or None


def decimal(text: str, places: Places) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Unknown(_("“%(text)s” is no number.") % {"text": text}) from None


def date(text: str, places: Places) -> dt.date | None:
    if not text:
        return None
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            continue
    raise Unknown(_("“%(text)s” is no date. Write it as 31.12.2027.") % {"text": text})


def day_after(text: str, places: Places) -> dt.date | None:
    """People write the last day; we keep the first day after it."""
    last = date(text, places)
    return last and last + DAY


def county(text: str, places: Places) -> Any:
    return places.county(text)


def municipality(text: str, places: Places) -> Any:
    return places.municipality(text)


def whole(text: str, places: Places) -> Any:
    return places.whole(text) if text else None


def kind(text: str, places: Places) -> str:
    """In any of our languages, or as people call it."""
    try:
        return places.kinds[plain(text)]
    except KeyError:
        labels = ", ".join(str(label).lower() for label in Workplace.Kind.labels)
        said = _("“%(text)s” is no kind we know. Write one of these: %(choices)s.")
        raise Unknown(said % {"text": text, "choices": labels}) from None


def yes_or_no(text: str, places: Places) -> bool:
    if plain(text) in ("ja", "yes", "j", "y", "x", "1", "true"):
        return True
    if plain(text) in ("nei", "no", "n", "0", "false"):
        return False
    raise Unknown(_("“%(text)s” is neither yes nor no.") % {"text": text})
