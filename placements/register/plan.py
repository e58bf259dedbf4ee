"""What a workplace list would do, and the rows to do it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from placements.models import Contact, Workplace
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
