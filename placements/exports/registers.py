"""The tables of the registers: students and workplaces, and what each column means."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from placements.exports.cells import Column, Table
from placements.exports.shared import who
from placements.models import Contact, Workplace
from schools.models import Student

LANGUAGES = dict(settings.LANGUAGES)


def students(rows: Iterable[Student]) -> Table:
    """`rows` come with to_do and ready."""
    columns = [
        *who(lambda r: r, lambda r: r.school),
        Column(
            _("Feide name"), _("What the school's system calls her."), lambda r: r.external_id, 30
        ),
        Column(
            _("Lives in"),
            _("The municipality that travel is reckoned from."),
            lambda r: r.municipality.name,
        ),
        Column(_("E-mail"), _("Where mail to the student goes."), lambda r: r.email, 30),
        Column(
            _("Phone"), _("The student's phone, if the school has given it."), lambda r: r.phone
        ),
        Column(
            _("Language"),
            _("What the student is written to in."),
            lambda r: str(LANGUAGES.get(r.written_standard, "")),
        ),
        Column(
            pgettext("clearances", "Ready"),
            _("How many of the things she must have ready are ready."),
            lambda r: r.ready,
            8,
        ),
        Column(_("Required"), _("How many things she must have ready."), lambda r: r.to_do, 8),
        Column(
            _("Left the school"),
            _("The day she left; empty for those who are there."),
            lambda r: r.left_at,
            12,
        ),
    ]
    return Table(_("Students"), columns, rows)


def answering(workplace: Workplace) -> list[Contact]:
    """Those who answer for it: its own, else its hospital's, else the trust's. All are read before."""
    place: Workplace | None = workplace
    while place:
        if found := list(place.contacts.all()):
            return found
        place = place.parent
    return []


def workplaces(rows: Iterable[Workplace]) -> Table:
    """`rows` come with municipality, parents, current contacts, requirements and learning areas."""

    def joined(values: Iterable[object]) -> str:
        return ", ".join(str(value) for value in values if value)

    def in_order(values: Iterable[str]) -> str:
        """With a line for who has none, so that each stands where its name does."""
        found = list(values)
        return ", ".join(value or "–" for value in found) if any(found) else ""

    columns = [
        Column(_("Name"), _("The workplace's name."), lambda r: r.name, 34),
        Column(
            _("Belongs to"),
            _("The hospital or trust it is a unit of."),
            lambda r: r.parent.name if r.parent else "",
            28,
        ),
        Column(_("Kind"), _("What kind of workplace it is."), lambda r: r.get_kind_display()),
        Column(_("Municipality"), _("Where it lies."), lambda r: r.municipality.name),
        Column(_("Address"), _("The street address."), lambda r: r.address, 30),
        Column(_("Phone"), _("The workplace's phone."), lambda r: r.phone),
        Column(
            _("Organisation number"),
            _("Nine digits, from the register of business enterprises."),
            lambda r: r.organisation_number,
            14,
        ),
        Column(
            _("Contacts"),
            _("Who answers for it; a unit without its own has its hospital's."),
            lambda r: joined(answering(r)),
            28,
        ),
        Column(
            _("Contacts' e-mail"),
            _("In the same order."),
            lambda r: joined(c.email for c in answering(r)),
            34,
        ),
        Column(
            _("Contacts' phone"),
            _("In the same order."),
            lambda r: in_order(c.phone for c in answering(r)),
        ),
        Column(
            _("Requirements"),
            _("What a student must have ready before she starts there."),
            lambda r: joined(x.name for x in r.requirements.all()),
            34,
        ),
        Column(
            _("Learning areas"),
            _("What one can learn there."),
            lambda r: joined(x.name for x in r.learning_areas.all()),
            34,
        ),
        Column(
            _("Step-free access"),
            _("Whether one gets in without steps."),
            lambda r: r.step_free,
            10,
        ),
        Column(
            _("Needs a car"),
            _("Whether it cannot be reached without a car."),
            lambda r: r.needs_car,
            10,
        ),
        Column(
            _("Latitude"),
            _("In degrees; empty where only the municipality is known."),
            lambda r: r.latitude,
            11,
        ),
        Column(
            _("Longitude"),
            _("In degrees; empty where only the municipality is known."),
            lambda r: r.longitude,
            11,
        ),
        Column(_("In use"), _("Whether it is asked for places."), lambda r: r.active, 9),
    ]
    return Table(_("Workplaces"), columns, rows)
