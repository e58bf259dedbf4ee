"""A new workplace's form, filled in from the register of businesses by its organisation number."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from placements.models import Workplace
from schools import units
from schools.models import Municipality, RegisteredUnit
from schools.registers import counties_of


@dataclass(frozen=True)
class Filled:
    """What the form begins with; or the workplace that has the number already; or why there is nothing."""

    number: str = ""
    initial: dict[str, object] | None = None
    already: Workplace | None = None
    problem: str = ""


def possible() -> bool:
    """Whether there is a register to look in."""
    return bool(settings.BUSINESS_REGISTER_URL) or RegisteredUnit.objects.exists()


def look_up(text: str, user: User) -> Filled:
    try:
        unit = units.find(text)
    except units.NotFound as error:
        return Filled(text, problem=str(error))
    seen = Workplace.objects.visible_to(user)
    if already := seen.filter(organisation_number=unit.number).first():
        return Filled(text, already=already)
    today = Municipality.objects.current(timezone.localdate())
    here = today.filter(number=unit.municipality, county__in=counties_of(user)).first()
    above = seen.filter(organisation_number=unit.above).first() if unit.above else None
    initial: dict[str, object] = {
        "organisation_number": unit.number,
        "name": unit.name[:140],
        "address": unit.address,
        "kind": _kind(unit.industry),
        "municipality": here.pk if here else None,
        "parent": above.pk if above else None,
    }
    return Filled(text, initial={key: value for key, value in initial.items() if value})


def _kind(industry: str) -> str:
    """What the industry's first digits say in both of the codes in use (SN2007 and SN2025)."""
    if industry.startswith("86.1"):
        return Workplace.Kind.HOSPITAL
    return Workplace.Kind.GP_OFFICE if industry.startswith("86.21") else ""
