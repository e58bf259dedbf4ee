"""What has been noted and said of the stays of a round, one row for each student."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from placements.documents.stay import Stay
from placements.exports.cells import Cell, Column, Table
from placements.exports.shared import where, who
from placements.models import Feedback
from placements.models.reviews import CRITERIA, asked


def _of(r: Stay) -> Any:
    return r.placement


def attendance(rows: Iterable[Stay]) -> Table:
    """Days and hours. Why somebody was absent is not known, and stands nowhere."""
    return Table(
        _("Attendance"),
        [
            *who(lambda r: _of(r).student, lambda r: _of(r).school),
            *where(lambda r: _of(r).slot),
            Column(_("Practice days"), _("How many days she was to be there."), lambda r: r.days),
            Column(
                _("Present"), _("Days the workplace noted her as present."), lambda r: r.present
            ),
            Column(_("Absent"), _("Days the workplace noted her as absent."), lambda r: r.absent),
            Column(_("Not noted"), _("Days nobody has noted yet."), lambda r: r.open),
            Column(
                _("Hours"),
                _("Days present, by the hours of the period."),
                lambda r: r.hours,
            ),
        ],
        rows,
    )


def feedback(rows: Iterable[Feedback]) -> Table:
    """The workplaces' feedback: five things and a sentence."""

    def level(name: str) -> Any:
        def value(row: Any) -> Cell:
            return str(getattr(row, f"get_{name}_display")())

        return value

    return Table(
        _("Feedback"),
        [
            *who(lambda r: _of(r).student, lambda r: _of(r).school),
            *where(lambda r: _of(r).slot),
            *(
                Column(asked(Feedback, name), _("What the workplace says."), level(name))
                for name in CRITERIA
            ),
            Column(_("In a sentence"), _("In the workplace's own words."), lambda r: r.words, 60),
            Column(_("Given"), _("When it was given."), lambda r: r.given_at, 16),
        ],
        rows,
    )
