"""Helps tests write class lists, and hold a school still to see whether anything moved."""

import hashlib
from pathlib import Path

from django.db import models

from accounts.models import AuditEvent, Membership, OutboxMessage, User
from placements.models import Contact, Workplace
from schools.models import Clearance, Import, SchoolClass, Student

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
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
