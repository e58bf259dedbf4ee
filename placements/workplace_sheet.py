"""Workplaces as a sheet: the register's own fields, and who answers, what is required and what is learnt.

Of the latter an empty cell changes nothing. Names of requirements and learning areas take the place of
those there were; a contact is known by her address, and who answers already stays as she is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.exports.registers import answering
from placements.models import Contact, LearningArea, Workplace
from placements.register_sheets import MUNICIPALITY, ORGANISATION_NUMBER
from placements.sheets import (
    Part,
    Places,
    Sheet,
    kind,
    whole,
    words,
    yes_or_no,
)
from placements.workplace_rows import ANSWERING
from schools.columns import plain
from schools.models import Requirement
from schools.registers import Unknown

NOTHING = {"", "-", "–"}
EMAIL = Contact._meta.get_field("email")
Details = list[tuple[str, str, str]]


def with_all(rows: Any) -> Any:
    """With what `answering` and `compare` ask of each."""
    current = Contact.objects.current().order_by("name")
    return rows.select_related("parent__parent").prefetch_related(
        *(Prefetch(path, queryset=current) for path in ANSWERING), "requirements", "learning_areas"
    )


def pieces(text: str) -> list[str]:
    """As they stand between the commas; one that stands for nothing keeps its place."""
    found = [part.strip() for part in re.split(r"[,;|]", text)] if text else []
    return ["" if part in NOTHING else part for part in found]


def requirements(text: str, places: Places) -> list[Any]:
    said = _("We know no requirement “%(text)s”. Those we know: %(names)s.")
    return _named(text, places.named(Requirement), said)


def areas(text: str, places: Places) -> list[Any]:
    said = _("We know no learning area “%(text)s”. Those we know: %(names)s.")
    return _named(text, places.named(LearningArea), said)


def _named(text: str, known: Mapping[str, Any], said: str) -> list[Any]:
    found = {}
    for word in filter(None, pieces(text)):
        row = known.get(plain(word))
        if row is None:
            names = ", ".join(sorted({str(one) for one in known.values()}))
            raise Unknown(said % {"text": word[:60], "names": names})
        found[row.pk] = row
    return sorted(found.values(), key=lambda row: str(row.code))


def emails(text: str, places: Places) -> list[str]:
    found = [address.lower() for address in pieces(text) if address]
    for address in found:
        try:
            EMAIL.run_validators(address)
        except ValidationError:
            said = _("“%(text)s” is no e-mail address. Write it as name@office.no.")
            raise Unknown(said % {"text": address[:60]}) from None
    return found


def several(text: str, places: Places) -> list[str]:
    return pieces(text)


@dataclass
class Beside:
    """What one row says of a workplace: None, where it says nothing."""

    requirements: list[Requirement] | None = None
    learning_areas: list[LearningArea] | None = None
    new_contacts: list[Contact] = field(default_factory=list)
    details: Details = field(default_factory=list)


class Wrong(Unknown):
    """A cell that does not fit the others of its row."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def compare(known: Workplace | None, values: Mapping[str, Any]) -> Beside:
    """What would be new of it. Raises `Wrong` where names and addresses do not go together."""
    labels = {part.key: str(part.name) for part in BESIDE}
    said = Beside()
    for key in ("requirements", "learning_areas"):
        now = values.get(key) or []
        before = sorted(getattr(known, key).all(), key=lambda row: row.code) if known else []
        if now and now != before:
            setattr(said, key, now)
            said.details.append((labels[key], _listed(before), _listed(now)))
    there = answering(known) if known else []
    said.new_contacts = _new_contacts(values, {contact.email.lower() for contact in there})
    if said.new_contacts:
        now = [*(there if known and there and there[0].workplace_id == known.pk else [])]
        details = (labels["contact_emails"], _listed(now), _listed([*now, *said.new_contacts]))
        said.details.append(details)
    return said


def _listed(rows: Iterable[object]) -> str:
    return ", ".join(str(row) for row in rows)


def _new_contacts(values: Mapping[str, Any], there: set[str]) -> list[Contact]:
    """Each address that does not answer already, with the name and the number at its place."""
    addresses = values.get("contact_emails") or []
    if len(set(addresses)) < len(addresses):
        raise Wrong("contact_emails", _("The same address stands there twice."))
    beside = {}
    for key, length in (("contacts", 120), ("contact_phones", 20)):
        given = values.get(key) or []
        if any(given) and not addresses:
            text = _("The contact has no e-mail address. Fill it in, or leave the contact out.")
            raise Wrong("contact_emails", text)
        if any(given) and len(given) != len(addresses):
            text = _("There are %(n)d here and %(of)d addresses: as many, in the same order.")
            raise Wrong(key, text % {"n": len(given), "of": len(addresses)})
        if any(len(one) > length for one in given):
            raise Wrong(key, _("The text is too long: at most %(most)d signs.") % {"most": length})
        beside[key] = given or [""] * len(addresses)
    return [
        Contact(name="" if name == address else name, email=address, phone=phone)
        for address, name, phone in zip(
            addresses, beside["contacts"], beside["contact_phones"], strict=True
        )
        if address not in there
    ]


BESIDE = (
    Part(
        "contacts",
        gettext_lazy("Contacts"),
        gettext_lazy("New ones are added, parted by comma. Who answers already stays as she is."),
        lambda r: "",
        several,
        beside=True,
    ),
    Part(
        "contact_emails",
        gettext_lazy("Contacts' e-mail"),
        gettext_lazy("One for each contact, in the same order. By it a contact is known."),
        lambda r: "",
        emails,
        beside=True,
    ),
    Part(
        "contact_phones",
        gettext_lazy("Contacts' phone"),
        gettext_lazy("In the same order; – for who has none."),
        lambda r: "",
        several,
        beside=True,
    ),
    Part(
        "requirements",
        gettext_lazy("Requirements"),
        gettext_lazy("Names or codes, parted by comma. An empty cell changes nothing."),
        lambda r: "",
        requirements,
        beside=True,
    ),
    Part(
        "learning_areas",
        gettext_lazy("Learning areas"),
        gettext_lazy("Names or codes, parted by comma. An empty cell changes nothing."),
        lambda r: "",
        areas,
        beside=True,
    ),
)

WORKPLACES = Sheet(
    Workplace,
    (
        Part(
            "name",
            gettext_lazy("Name"),
            gettext_lazy("The workplace's name."),
            lambda r: r.name,
            words,
            required=True,
            width=34,
        ),
        Part(
            "parent",
            gettext_lazy("Belongs to"),
            gettext_lazy("The hospital or trust it is a unit of."),
            lambda r: r.parent.name if r.parent else "",
            whole,
            width=28,
        ),
        Part(
            "kind",
            gettext_lazy("Kind"),
            gettext_lazy("What kind of workplace it is."),
            lambda r: r.get_kind_display(),
            kind,
            required=True,
        ),
        MUNICIPALITY,
        Part(
            "address",
            gettext_lazy("Address"),
            gettext_lazy("The street address."),
            lambda r: r.address,
            words,
            width=30,
        ),
        Part(
            "phone",
            gettext_lazy("Phone"),
            gettext_lazy("The workplace's phone."),
            lambda r: r.phone,
            words,
        ),
        ORGANISATION_NUMBER,
        *BESIDE,
        Part(
            "step_free",
            gettext_lazy("Step-free access"),
            gettext_lazy("Whether one gets in without steps."),
            lambda r: r.step_free,
            yes_or_no,
        ),
        Part(
            "needs_car",
            gettext_lazy("Needs a car"),
            gettext_lazy("Whether it cannot be reached without a car."),
            lambda r: r.needs_car,
            yes_or_no,
        ),
        Part(
            "active",
            gettext_lazy("In use"),
            gettext_lazy("Whether it is asked for places."),
            lambda r: r.active,
            yes_or_no,
        ),
    ),
    key=("municipality", "name", "parent"),
    select=("municipality", "parent"),
)
