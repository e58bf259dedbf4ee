"""Helps tests write class lists, and hold a school still to see whether anything moved."""

import datetime as dt
import hashlib
from pathlib import Path

from django.db import models

from accounts.models import AuditEvent, Membership, OutboxMessage, User
from placements.models import Contact, Workplace
from schools.models import (
    Clearance,
    County,
    Import,
    Municipality,
    Programme,
    Requirement,
    SchoolClass,
    Student,
)
from schools.reference import PROGRAMMES, REQUIREMENTS

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
REGISTER = dt.date(2024, 1, 1)
HEADERS = "Fornavn;Etternavn;Klasse;Feidenavn;E-post;Mobil;Kommune"
REGISTERS: tuple[type[models.Model], ...] = (
    Student,
    SchoolClass,
    Clearance,
    User,
    Membership,
    Workplace,
    Contact,
    Workplace.requirements.through,
    Workplace.learning_areas.through,
    OutboxMessage,
)


def row(n: int, **other: str) -> str:
    cells = {
        "given": f"Ada{chr(97 + n % 26)}",
        "family": "Moen",
        "class": "3HSA",
        "feide": f"elev{n}@feide.example",
        "email": f"elev{n}@elev.example",
        "phone": "41234567",
        "municipality": "Trondheim",
        **other,
    }
    return ";".join(cells.values())


def listing(*rows: str, headers: str = HEADERS) -> str:
    return "\r\n".join([headers, *rows]) + "\r\n"


def state(*extra: type[models.Model]) -> str:
    """A hash of every row an import could touch."""
    digest = hashlib.sha256()
    for model in (*REGISTERS, *extra):
        for values in model._base_manager.order_by("pk").values_list():
            digest.update(repr((model._meta.label, values)).encode())
    return digest.hexdigest()


EVERYTHING = (Import, AuditEvent)


def load_reference() -> None:
    """As much of the real register as the lists need: loading all of it takes a second a test."""
    county = County.objects.create(number="50", name="Trøndelag", valid_from=REGISTER)
    elsewhere = County.objects.create(number="15", name="Resten", valid_from=REGISTER)
    places = [
        ("5001", "Trondheim", county),
        ("5028", "Melhus", county),
        ("5029", "Skaun", county),
        ("5031", "Malvik", county),
        ("5035", "Stjørdal", county),
        ("5037", "Levanger", county),
        ("5054", "Indre Fosen", county),
        ("0301", "Oslo", elsewhere),
        ("1515", "Herøy", elsewhere),
        ("1818", "Herøy", elsewhere),
    ]
    Municipality.objects.bulk_create(
        Municipality(
            number=number, name=name, county=owner, latitude=63, longitude=10, valid_from=REGISTER
        )
        for number, name, owner in places
    )
    Programme.objects.bulk_create(
        Programme(code=code, year=year, name_nb=nb, name_nn=nn, name_en=en)
        for code, year, nb, nn, en in PROGRAMMES
    )
    Requirement.objects.bulk_create(
        Requirement(code=code, due_days=days, name_nb=nb[0], name_nn=nn[0], name_en=en[0])
        for code, days, nb, nn, en in REQUIREMENTS
    )
