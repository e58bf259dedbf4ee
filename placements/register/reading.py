"""Reads a workplace list against a county as it is now: what is wrong, and what it would change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from placements.models import Contact, Workplace
from placements.register.cells import Cells, Read
from placements.register.columns import LABELS
from placements.register.plan import RegisterPlan, shown
from schools.imports import Change, StagedRow
from schools.models import Import

LEVELS = 3  # trust, hospital, unit
Key = tuple[UUID, str, UUID | None]


def _key(workplace: Workplace, name: str) -> Key:
    return workplace.municipality_id, name.casefold(), workplace.parent_id


class Reader:
    """Reads one list against one county. Made anew for each reading."""

    def __init__(self, import_: Import) -> None:
        self.options = import_.options
        self.plan = RegisterPlan()
        self.cells = Cells(import_.county, self.plan)
        here = Workplace.objects.filter(municipality__county=import_.county)
        self.existing = list(here.select_related("municipality", "parent", "parent__parent"))
        self.by_name: dict[str, list[Workplace]] = defaultdict(list)
        for workplace in self.existing:
            self.by_name[workplace.name.casefold()].append(workplace)
        self.by_number = {w.organisation_number: w for w in self.existing if w.organisation_number}
        self.required_by: dict[UUID, set[UUID]] = defaultdict(set)
        through = Workplace.requirements.through.objects.filter(workplace__in=here)
        for workplace_id, requirement_id in through.values_list("workplace_id", "requirement_id"):
            self.required_by[workplace_id].add(requirement_id)
        self.contacts = {
            (c.workplace_id, c.email.lower()): c
            for c in Contact.objects.current().filter(workplace__in=here)
        }
        self.keys = {_key(w, w.name): w.pk for w in self.existing}
        self.listed: dict[UUID, int] = {}
        self.named: dict[Key, int] = {}

    def read(self, rows: Iterable[StagedRow]) -> RegisterPlan:
        self.rows = [self.cells.read(number, cells) for number, cells in rows]
        self.rows_by_number = {r.organisation_number: r for r in self.rows if r.organisation_number}
        self.rows_by_name: dict[str, list[Read]] = defaultdict(list)
        for row in self.rows:
            self.rows_by_name[row.cells.get("name", "").casefold()].append(row)
        self.parents = {row.cells.get("parent", "").casefold() for row in self.rows}
        if self.plan.errors:
            return self.plan
        for row in self.rows:
            self._settle(row)
        if not self.plan.errors and self.options.get("whole_register"):
            self._gone()
        return self.plan

    # --- its place in the tree, and what changes ------------------------------------------------------

    def _settle(self, row: Read, depth: int = 1) -> Workplace | None:
        """Find or make the row's workplace, its parent's row before it."""
        if row.workplace or row.trying:
            if not row.workplace:
                self._error(
                    row.number, "parent", _("A unit cannot belong to one of its own units.")
                )
            return row.workplace
        row.trying = True
        before = len(self.plan.errors)
        parent = self._parent(row, depth)
        if len(self.plan.errors) > before:
            return None
        found = self._existing(row, parent)
        if len(self.plan.errors) > before:
            return None
        row.workplace = self._made(row, parent) if found is None else found
        if row.workplace is None or self._misplaced(row, row.workplace, parent):
            return None
        self._write(row, row.workplace, parent, is_new=found is None)
        return row.workplace

    def _parent(self, row: Read, depth: int) -> Workplace | None:
        text = row.cells.get("parent", "")
        if not text:
            return None
        digits = re.sub(r"\s", "", text)
        rows = (
            [self.rows_by_number[digits]]
            if digits in self.rows_by_number
            else self.rows_by_name.get(text.casefold(), [])
        )
        if len(rows) == 1:
            found = self._settle(rows[0], depth + 1) if depth <= LEVELS else None
            if found is None:
                text = _(
                    "The row of “%(text)s” has an error, or lies too deep. Mend that first."
                ) % {"text": text[:60]}
                self._error(row.number, "parent", text)
            return found
        known = (
            [self.by_number[digits]] if digits in self.by_number else self.by_name[text.casefold()]
        )
        if len(known) == 1 and not rows:
            return known[0]
        many = len(rows) > 1 or len(known) > 1
        self._error(
            row.number,
            "parent",
            (
                _("There are several called “%(text)s”. Write the organisation number instead.")
                if many
                else _(
                    "We know no workplace “%(text)s”. Put it in the list too, or correct the name."
                )
            )
            % {"text": text[:60]},
        )
        return None

    def _existing(self, row: Read, parent: Workplace | None) -> Workplace | None:
        if row.organisation_number in self.by_number:
            return self.by_number[row.organisation_number]
        named = [
            w
            for w in self.by_name[row.cells["name"].casefold()]
            if row.municipality is None or w.municipality_id == row.municipality.pk
        ]
        if parent is not None:
            named = [w for w in named if w.parent_id == parent.pk] or [
                w for w in named if w.parent_id is None and w.pk != parent.pk
            ]
        if len(named) > 1:
            text = _(
                "Several workplaces have this name. Add an organisation number or what it belongs to."
            )
            self._error(row.number, "name", text)
        elif named and row.organisation_number and named[0].organisation_number:
            text = _("This workplace is registered with another organisation number (%(number)s).")
            self._error(
                row.number, "organisation_number", text % {"number": named[0].organisation_number}
            )
        return named[0] if named else None

    def _made(self, row: Read, parent: Workplace | None) -> Workplace | None:
        municipality = row.municipality or (parent.municipality if parent else None)
        kind = row.kind or (parent.kind if parent else None)
        if municipality is None:
            text = _("The cell is empty. A new workplace needs a municipality.")
            self._error(row.number, "municipality", text)
        if kind is None:
            text = _("The cell is empty. Write what kind of workplace this is, such as GP office.")
            self._error(row.number, "kind", text)
        if municipality is None or kind is None:
            return None
        return Workplace(
            name=row.cells["name"], kind=kind, municipality=municipality, parent=parent
        )

    def _misplaced(self, row: Read, workplace: Workplace, parent: Workplace | None) -> bool:
        """Whether the row says what another row or workplace is already, or lies too deep."""
        parent = parent or workplace.parent
        level, above = 1, parent
        while above is not None and level <= LEVELS:
            level, above = level + 1, above.parent
        if level > LEVELS:
            text = _("Units go at most three deep: trust, hospital, unit.")
            self._error(row.number, "parent", text)
            return True
        municipality = row.municipality or workplace.municipality
        key = (municipality.pk, row.cells["name"].casefold(), parent.pk if parent else None)
        other = self.listed.get(workplace.pk) or self.named.get(key)
        if other:
            text = _("This is the same workplace as in row %(row)d. Remove one of the rows.")
            self._error(row.number, "name", text % {"row": other})
            return True
        if self.keys.get(key, workplace.pk) != workplace.pk:
            text = _("Another workplace already has this name. Correct the organisation number.")
            self._error(row.number, "name", text)
            return True
        self.named[key] = self.listed[workplace.pk] = row.number
        return False

    def _write(
        self, row: Read, workplace: Workplace, parent: Workplace | None, *, is_new: bool
    ) -> None:
        was = {} if is_new else shown(workplace)
        cells = row.cells
        fields: dict[str, Any] = {
            "name": cells["name"],
            "organisation_number": row.organisation_number,
            "kind": row.kind,
            "municipality": row.municipality,
            "parent": parent,
            "address": cells.get("address"),
            "meet_at": cells.get("meet_at"),
            "phone": row.phone,
        }
        for name, value in fields.items():
            if value:  # an empty cell never erases what is known
                setattr(workplace, name, value)
        if not is_new:
            workplace.active = True
        details = self._details(workplace, was)
        details += self._contact(row, workplace)
        details += self._require(row, workplace)
        if is_new:
            # A trust or hospital whose units are in the list does not itself receive students.
            workplace.receives_students = not (
                {workplace.name.casefold(), workplace.organisation_number} & self.parents
            )
            self.plan.created.append(workplace)
            facts = ((str(LABELS["kind"]), "", workplace.get_kind_display()),)
            self.plan.changes.append(Change("new", workplace.name, row.number, facts))
        elif details:
            workplace.version += 1
            self.plan.updated.append(workplace)
            self.plan.changes.append(Change("changed", workplace.name, row.number, tuple(details)))
        else:
            self.plan.unchanged += 1

    def _details(self, workplace: Workplace, was: dict[str, str]) -> list[tuple[str, str, str]]:
        if not was:
            return []
        now = shown(workplace)
        return [(label, was[label], now[label]) for label in now if was[label] != now[label]]

    def _contact(self, row: Read, workplace: Workplace) -> list[tuple[str, str, str]]:
        email = row.cells.get("contact_email", "").lower()
        name, phone = row.cells.get("contact_name", ""), row.contact_phone
        if not email:
            if name or phone:
                text = _("The contact has no e-mail address. Fill it in, or leave the contact out.")
                self._error(row.number, "contact_email", text)
            return []
        try:
            validate_email(email)
        except ValidationError:
            text = _("“%(text)s” is no e-mail address. Write it as name@office.no.")
            self._error(row.number, "contact_email", text % {"text": email[:60]})
            return []
        contact = self.contacts.get((workplace.pk, email))
        if contact is None:
            self.plan.new_contacts.append(
                Contact(workplace=workplace, name=name, email=email, phone=phone)
            )
            return [(_("Contact"), "", name or email)]
        before = (contact.name, contact.phone)
        contact.name, contact.phone = name or contact.name, phone or contact.phone
        if before == (contact.name, contact.phone):
            return []
        self.plan.contacts.append(contact)
        return [(_("Contact"), " ".join(before).strip(), f"{contact.name} {contact.phone}".strip())]

    def _require(self, row: Read, workplace: Workplace) -> list[tuple[str, str, str]]:
        now = {requirement.pk for requirement in row.requirements}
        before = self.required_by.get(workplace.pk, set())
        if not now or now == before:
            return []
        self.plan.requirements[workplace.pk] = row.requirements
        names = {requirement.pk: requirement.name for requirement in self.cells.wanted.values()}
        return [
            (
                str(LABELS["requirements"]),
                ", ".join(sorted(names[pk] for pk in before)),
                ", ".join(sorted(names[pk] for pk in now)),
            )
        ]

    def _gone(self) -> None:
        parents = {w.parent_id for w in self.existing}
        for workplace in sorted(self.existing, key=lambda w: w.name):
            if workplace.active and workplace.pk not in self.listed and workplace.pk not in parents:
                workplace.active = False
                workplace.version += 1
                self.plan.closed.append(workplace)
                self.plan.changes.append(Change("gone", workplace.name))

    def _error(self, number: int, key: str, text: str) -> None:
        self.plan.error(number, LABELS[key], text)
