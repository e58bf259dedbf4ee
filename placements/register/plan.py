"""What a workplace list would do, and the rows to do it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from placements.models import Contact, Workplace
from placements.register.columns import LABELS
from schools.imports import Plan
from schools.models import Requirement


@dataclass
class RegisterPlan(Plan):
    """What the list would do, and the rows to do it with."""

    created: list[Workplace] = field(default_factory=list)
    updated: list[Workplace] = field(default_factory=list)
    closed: list[Workplace] = field(default_factory=list)
    new_contacts: list[Contact] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    requirements: dict[UUID, set[Requirement]] = field(default_factory=dict)


def shown(workplace: Workplace) -> dict[str, str]:
    """What the preview compares, by the name people know it by."""
    return {
        str(LABELS["name"]): workplace.name,
        str(LABELS["organisation_number"]): workplace.organisation_number or "",
        str(LABELS["kind"]): workplace.get_kind_display(),
        str(LABELS["municipality"]): str(workplace.municipality),
        str(LABELS["parent"]): str(workplace.parent or ""),
        str(LABELS["address"]): workplace.address,
        str(LABELS["phone"]): workplace.phone,
        str(LABELS["meet_at"]): workplace.meet_at,
        _("In use"): _("yes") if workplace.active else _("no"),
    }
