"""The table of units as a sheet: filled in elsewhere, it is read back as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from placements.exports.cells import Column, Table
from placements.forms.units import UnitRow
from placements.models import Period
from placements.templatetags.weeks import weeks
from placements.unit_sheet import heading


def units(rows: Sequence[UnitRow], periods: Sequence[Period]) -> Table:
    """What stands in the table now, last year's numbers where nothing has been answered."""
    return Table(
        _("Places"),
        [
            Column(_("Unit"), _("Who takes the students."), lambda r: r.request.workplace.name, 34),
            Column(_("Belongs to"), _("The hospital or trust it is part of."), _above, 34),
            *(
                Column(
                    heading(period),
                    _("How many students at once, %(weeks)s. 0 for none; empty leaves it as it is.")
                    % {"weeks": weeks(period)},
                    _places(period),
                    14,
                )
                for period in periods
            ),
        ],
        rows,
    )


def _above(row: UnitRow) -> str:
    return row.request.workplace.parent.name if row.request.workplace.parent else ""


def _places(period: Period) -> Callable[[Any], int | None]:
    def number(row: UnitRow) -> int | None:
        value = row[f"places_{period.pk}"].value()
        return value if isinstance(value, int) else None

    return number
