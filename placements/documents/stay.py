"""What has been noted of a stay, counted for paper and files: days present and absent, and hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from placements.models import Attendance, Placement


@dataclass(frozen=True)
class Week:
    """One ISO week of a stay."""

    number: int
    first: dt.date
    days: int
    present: int
    absent: int
    hours: float


@dataclass(frozen=True)
class Stay:
    """A placement's practice days, and what is noted of each: present, absent, or nothing yet."""

    placement: Placement
    noted: Mapping[dt.date, bool]

    @classmethod
    def of(cls, placement: Placement, attendance: Iterable[Attendance]) -> Stay:
        """Days that are no longer hers, since she left early, do not count."""
        hers = set(placement.stay)
        return cls(placement, {row.day: row.present for row in attendance if row.day in hers})

    @property
    def each(self) -> float:
        """Hours in a whole day, by the period's own times."""
        at = dt.date.min
        period = self.placement.period
        whole = dt.datetime.combine(at, period.ends_at) - dt.datetime.combine(at, period.starts_at)
        return round(whole.total_seconds() / 3600, 2)

    @property
    def days(self) -> int:
        return len(self.placement.stay)

    @property
    def present(self) -> int:
        return sum(self.noted.values())

    @property
    def absent(self) -> int:
        return len(self.noted) - self.present

    @property
    def open(self) -> int:
        return self.days - len(self.noted)

    @property
    def hours(self) -> float:
        return round(self.present * self.each, 2)

    @property
    def weeks(self) -> list[Week]:
        found = []
        for (_year, number), group in groupby(
            self.placement.stay, key=lambda day: day.isocalendar()[:2]
        ):
            days = list(group)
            noted = [self.noted[day] for day in days if day in self.noted]
            present = sum(noted)
            found.append(
                Week(
                    number,
                    days[0],
                    len(days),
                    present,
                    len(noted) - present,
                    round(present * self.each, 2),
                )
            )
        return found

    @property
    def sheet(self) -> list[tuple[dt.date, bool | None]]:
        """Every practice day with what is noted of it."""
        return [(day, self.noted.get(day)) for day in self.placement.stay]
