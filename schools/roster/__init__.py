"""Class lists: what a list would change in a school, and carrying it out.

A student is found again by her Feide name within the school. Those handled by hand are recognised,
left alone, and counted; nothing here says who they are.
"""

from schools.ledger import Ledger
from schools.models import Import
from schools.roster.columns import COLUMNS
from schools.roster.reading import Reader, RosterPlan

__all__ = ["COLUMNS", "carry_out", "plan"]

_WRITTEN = (
    "given_name",
    "family_name",
    "email",
    "phone",
    "written_standard",
    "school_class",
    "municipality",
    "left_at",
    "user",
)


def plan(import_: Import) -> RosterPlan:
    """Compare the staged rows with the school as it is now. Changes nothing."""
    return Reader(import_).read(import_.rows)


def carry_out(import_: Import) -> tuple[RosterPlan, Ledger]:
    """Do what the list says, in the caller's transaction, which has locked the school."""
    planned = plan(import_)
    ledger = Ledger()
    if planned.errors or planned.logins is None:
        return planned, ledger
    ledger.create(planned.classes)
    planned.logins.write(ledger)
    ledger.create(planned.created)
    ledger.update(planned.updated, _WRITTEN)
    ledger.update(planned.left, ["left_at"])
    return planned, ledger
