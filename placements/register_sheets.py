"""Which registers an administrator may have as a sheet and read in again, and their columns."""

from django.utils.translation import gettext_lazy

from placements.sheets import (
    Part,
    Sheet,
    county,
    date,
    day_after,
    decimal,
    municipality,
    number,
    words,
)
from schools.calendar import DAY
from schools.models import Municipality, School, SchoolBreak

COUNTY = Part(
    "county",
    gettext_lazy("County"),
    gettext_lazy("Its name or its two digits."),
    lambda r: r.county.name,
    county,
    required=True,
)

MUNICIPALITY = Part(
    "municipality",
    gettext_lazy("Municipality"),
    gettext_lazy("Where it lies: its name or four digits."),
    lambda r: r.municipality.name,
    municipality,
    required=True,
)
ORGANISATION_NUMBER = Part(
    "organisation_number",
    gettext_lazy("Organisation number"),
    gettext_lazy("Nine digits, from the register of business enterprises."),
    lambda r: r.organisation_number,
    number,
)

BREAKS = Sheet(
    SchoolBreak,
    (
        COUNTY,
        Part(
            "name",
            gettext_lazy("Name"),
            gettext_lazy("What the days are called, as “Autumn break”."),
            lambda r: r.name,
            words,
            required=True,
        ),
        Part(
            "start",
            gettext_lazy("First day"),
            gettext_lazy("The first day without school."),
            lambda r: r.start,
            date,
            required=True,
        ),
        Part(
            "end",
            gettext_lazy("Last day"),
            gettext_lazy("The last day without school."),
            lambda r: r.end - DAY,
            day_after,
            required=True,
        ),
    ),
    key=("county", "name", "start"),
    select=("county",),
)

MUNICIPALITIES = Sheet(
    Municipality,
    (
        Part(
            "number",
            gettext_lazy("Number"),
            gettext_lazy("Four digits."),
            lambda r: r.number,
            lambda text, places: text.zfill(4),  # Excel drops the nought in front
            required=True,
            width=10,
        ),
        Part(
            "name",
            gettext_lazy("Name"),
            gettext_lazy("The Norwegian name."),
            lambda r: r.name,
            words,
            required=True,
        ),
        Part(
            "other_name",
            gettext_lazy("Other name"),
            gettext_lazy("Another official name, if it has one."),
            lambda r: r.other_name,
            words,
        ),
        COUNTY,
        Part(
            "centre",
            gettext_lazy("Centre"),
            gettext_lazy("Where most people live."),
            lambda r: r.centre,
            words,
        ),
        Part(
            "latitude",
            gettext_lazy("Latitude"),
            gettext_lazy("Of the centre, in degrees."),
            lambda r: r.latitude,
            decimal,
            required=True,
        ),
        Part(
            "longitude",
            gettext_lazy("Longitude"),
            gettext_lazy("Of the centre, in degrees."),
            lambda r: r.longitude,
            decimal,
            required=True,
        ),
        Part(
            "valid_from",
            gettext_lazy("Valid from"),
            gettext_lazy("The day it became as it is."),
            lambda r: r.valid_from,
            date,
            required=True,
        ),
        Part(
            "valid_to",
            gettext_lazy("Valid to"),
            gettext_lazy("The day it ceased to be; empty for those that are."),
            lambda r: r.valid_to,
            date,
        ),
    ),
    key=("number", "valid_from"),
    select=("county",),
)

SCHOOLS = Sheet(
    School,
    (
        Part(
            "name",
            gettext_lazy("Name"),
            gettext_lazy("The school's name."),
            lambda r: r.name,
            words,
            required=True,
            width=34,
        ),
        MUNICIPALITY,
        COUNTY,
        ORGANISATION_NUMBER,
        Part(
            "contact_name",
            gettext_lazy("Contact for workplaces"),
            gettext_lazy("Who the workplaces may ring."),
            lambda r: r.contact_name,
            words,
        ),
        Part(
            "contact_phone",
            gettext_lazy("Phone"),
            gettext_lazy("Of the contact."),
            lambda r: r.contact_phone,
            words,
        ),
        Part(
            "contact_email",
            gettext_lazy("E-mail"),
            gettext_lazy("Of the contact."),
            lambda r: r.contact_email,
            words,
            width=30,
        ),
    ),
    key=("name", "municipality"),
    select=("county", "municipality"),
)

SHEETS = (BREAKS, MUNICIPALITIES, SCHOOLS)
