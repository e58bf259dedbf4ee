"""Workplace lists: what a list would change in a county's register, and carrying it out.

A workplace is found again by its organisation number, else by name, municipality and what it belongs to.
"""

from placements.models import Workplace
from placements.register.columns import COLUMNS
from placements.register.plan import RegisterPlan
from placements.register.reading import Reader
from schools.ledger import Ledger
from schools.models import Import

__all__ = ["COLUMNS", "carry_out", "plan"]

_WRITTEN = (
    "name",
    "organisation_number",
    "kind",
    "municipality",
    "parent",
    "address",
    "phone",
    "meet_at",
    "active",
    "version",
)


def plan(import_: Import) -> RegisterPlan:
    """Compare the staged rows with the register as it is now. Changes nothing."""
    return Reader(import_).read(import_.rows)


def carry_out(import_: Import) -> tuple[RegisterPlan, Ledger]:
    """Do what the list says, in the caller's transaction."""
    planned = plan(import_)
    ledger = Ledger()
    if planned.errors:
        return planned, ledger
    ledger.create(planned.created)
    ledger.update(planned.updated, _WRITTEN)
    ledger.update(planned.closed, ["active", "version"])
    ledger.create(planned.new_contacts)
    ledger.update(planned.contacts, ["name", "phone"])
    through = Workplace.requirements.through
    for workplace_id, requirements in planned.requirements.items():
        rows = through.objects.filter(workplace_id=workplace_id)
        wanted = {requirement.pk for requirement in requirements}
        ledger.delete([row for row in rows if row.requirement_id not in wanted])
        kept = {row.requirement_id for row in rows}
        ledger.create(
            [through(workplace_id=workplace_id, requirement_id=pk) for pk in wanted - kept]
        )
    return planned, ledger
