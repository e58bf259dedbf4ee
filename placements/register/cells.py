"""Looks up what the cells of one workplace row say, as far as one row alone can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum.no import orgnr

from placements.models import Workplace
from placements.register.columns import KINDS, LABELS
from schools import registers
from schools.columns import plain
from schools.imports import Plan
from schools.models import County, Municipality, Requirement

_LENGTHS = {"name": 140, "address": 200, "meet_at": 200, "contact_name": 120}


@dataclass
class Read:
    """One row, looked up as far as it can be before the tree is known."""

    number: int
    cells: dict[str, str]
    organisation_number: str | None
    kind: str | None
    municipality: Municipality | None
    phone: str
    contact_phone: str
    requirements: set[Requirement]
    workplace: Workplace | None = None
    trying: bool = False


class Cells:
    """Reads rows one by one; what is wrong in them goes to the plan."""

    def __init__(self, county: County, plan: Plan) -> None:
        self.county = county
        self.plan = plan
        self.municipalities = registers.Municipalities(county)
        self.elsewhere = set(
            Workplace.objects.exclude(municipality__county=county)
            .exclude(organisation_number=None)
            .values_list("organisation_number", flat=True)
        )
        self.wanted = {
            plain(word): requirement
            for requirement in Requirement.objects.all()
            for word in (
                requirement.code,
                requirement.name_nb,
                requirement.name_nn,
                requirement.name_en,
            )
            if word
        }

    def read(self, number: int, cells: dict[str, str]) -> Read:
        if not cells.get("name"):
            self._error(number, "name", _("The cell is empty. Every workplace has a name."))
        for key, most in _LENGTHS.items():
            if len(cells.get(key, "")) > most:
                text = _("The text is too long: at most %(most)d signs.") % {"most": most}
                self._error(number, key, text)
        return Read(
            number,
            cells,
            self._organisation_number(number, cells),
            self._kind(number, cells),
            self._municipality(number, cells),
            self._phone(number, cells, "phone"),
            self._phone(number, cells, "contact_phone"),
            self._requirements(number, cells),
        )

    def _organisation_number(self, number: int, cells: dict[str, str]) -> str | None:
        text = re.sub(r"[\s.]|(?i:NO|MVA)", "", cells.get("organisation_number", ""))
        if not text:
            return None
        if not orgnr.is_valid(text):
            self._error(
                number,
                "organisation_number",
                _(
                    "“%(text)s” is no organisation number: it has nine digits, the last of which checks"
                    " the others. Look it up in Brønnøysund, or leave the cell empty."
                )
                % {"text": text[:40]},
            )
        elif text in self.elsewhere:
            self._error(
                number,
                "organisation_number",
                _(
                    "%(text)s is already registered in another county. Ask an administrator to move it."
                )
                % {"text": text},
            )
        return text

    def _kind(self, number: int, cells: dict[str, str]) -> str | None:
        text = cells.get("kind", "")
        if not text:
            return None
        kind = KINDS.get(plain(text))
        if kind is None:
            choices = ", ".join(str(label).lower() for label in Workplace.Kind.labels)
            self._error(
                number,
                "kind",
                _("“%(text)s” is no kind we know. Write one of these: %(choices)s.")
                % {"text": text[:60], "choices": choices},
            )
        return kind

    def _municipality(self, number: int, cells: dict[str, str]) -> Municipality | None:
        if not cells.get("municipality"):
            return None
        try:
            found = self.municipalities.find(cells["municipality"])
        except registers.Unknown as error:
            self._error(number, "municipality", str(error))
            return None
        if found.county_id != self.county.pk:
            self._error(
                number,
                "municipality",
                _("%(name)s is in another county. Import only your own county's workplaces.")
                % {"name": found.name},
            )
        return found

    def _phone(self, number: int, cells: dict[str, str], key: str) -> str:
        try:
            return registers.phone(cells[key]) if cells.get(key) else ""
        except registers.Unknown as error:
            self._error(number, key, str(error))
            return ""

    def _requirements(self, number: int, cells: dict[str, str]) -> set[Requirement]:
        found = set()
        for word in re.split(r"[,;/|]", cells.get("requirements", "")):
            if not word.strip():
                continue
            requirement = self.wanted.get(plain(word)) or self._begins(word)
            if requirement is None:
                names = ", ".join(sorted({r.name for r in self.wanted.values()}))
                self._error(
                    number,
                    "requirements",
                    _("We know no requirement “%(text)s”. Those we know: %(names)s.")
                    % {"text": word.strip()[:60], "names": names},
                )
            else:
                found.add(requirement)
        return found

    def _begins(self, word: str) -> Requirement | None:
        """The one requirement whose name begins so: `Politiattest` for `Politiattest vist`."""
        start = plain(word)
        if len(start) < 3:
            return None
        found = {requirement for name, requirement in self.wanted.items() if name.startswith(start)}
        return found.pop() if len(found) == 1 else None

    def _error(self, number: int, key: str, text: str) -> None:
        self.plan.error(number, LABELS[key], text)
