"""Present or absent, one choice for each practice day so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.actions.attendance import Mark
from placements.models import Absence, Attendance

PRESENT, ABSENT = "present", "absent"
CHOICES = [(PRESENT, _("Present")), (ABSENT, _("Absent"))]


@dataclass(frozen=True)
class Day:
    """One line of the page."""

    day: dt.date
    noted: Attendance | None
    choice: forms.BoundField | None = None
    version: forms.BoundField | None = None
    reported: dt.datetime | None = None  # when she said that she would not come


class AttendanceForm(forms.Form):
    """A day that is left open is not noted, unless the button says that all the open ones were present.

    Not those on which the student has said that she would not come: they are chosen one by one.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        days: Iterable[dt.date],
        noted: Iterable[Attendance],
        reported: Iterable[Absence] = (),
    ) -> None:
        super().__init__(data)
        self.days = list(days)
        self.reported = {report.day: report.reported_at for report in reported}
        self.noted = {row.day: row for row in noted}
        for day in self.days:
            row = self.noted.get(day)
            self.fields[f"day-{day}"] = forms.ChoiceField(
                choices=CHOICES,
                required=False,
                widget=forms.RadioSelect,
                initial=None if row is None else PRESENT if row.present else ABSENT,
            )
            self.fields[f"seen-{day}"] = forms.IntegerField(
                widget=forms.HiddenInput,
                required=False,
                min_value=0,
                initial=row.version if row else 0,
            )

    def rows(self) -> Iterator[Day]:
        """The days, the latest first."""
        for day in reversed(self.days):
            yield Day(
                day,
                self.noted.get(day),
                self[f"day-{day}"],
                self[f"seen-{day}"],
                self.reported.get(day),
            )

    def marks(self) -> dict[dt.date, Mark]:
        """What was said, of the days something was said of."""
        chosen = {}
        for day in self.days:
            answer = self.cleaned_data[f"day-{day}"]
            if not answer and self.data.get("rest") == PRESENT and day not in self.reported:
                answer = PRESENT
            if answer:
                version = self.cleaned_data[f"seen-{day}"] or 0
                chosen[day] = Mark(answer == PRESENT, version)
        return chosen
