"""Whether a student was there, as the workplace notes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.errors import Conflict, DomainError
from placements.actions.supervision import recorded
from placements.locks import locked_placement
from placements.models import Attendance, Placement
from placements.models.supervision import Author, signed


class NoPracticeDay(DomainError):
    """The day is none of hers here, or is still to come."""


@dataclass(frozen=True)
class Mark:
    """What somebody says of one day, and the version of it she was looking at: 0 if nothing stood there."""

    present: bool
    version: int


def note(placement: Placement, *, marks: Mapping[dt.date, Mark], today: dt.date, by: Author) -> int:
    """Note days, and return how many changed. What already stands there as said is left alone."""
    author: dict[str, Any] = signed(by, "noted_by")
    with locked_placement(placement.pk) as now:
        allowed = {day for day in now.stay if day <= today}
        if not marks.keys() <= allowed:
            raise NoPracticeDay(_("Only practice days that have begun can be noted."))
        noted = {row.day: row for row in now.attendance.all()}
        changed = {
            day: mark
            for day, mark in sorted(marks.items())
            if day not in noted or noted[day].present != mark.present
        }
        late = [
            noted[day]
            for day, mark in changed.items()
            if day in noted and noted[day].version != mark.version
        ]
        if late:
            raise Conflict(
                _("Somebody else has noted some of these days since you opened the page."),
                theirs=late,
            )
        for day, mark in changed.items():
            if day in noted:
                now.attendance.filter(day=day).update(
                    present=mark.present, noted_at=Now(), version=F("version") + 1, **author
                )
            else:
                Attendance.objects.create(placement=now, day=day, present=mark.present, **author)
        if changed:
            recorded("attendance.noted", now, by=by, days=len(changed))
    return len(changed)
