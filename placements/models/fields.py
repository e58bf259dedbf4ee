"""The one column type Django lacks: a set of dates as PostgreSQL keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

DAY = dt.timedelta(days=1)


class DaysField(models.Field):  # type: ignore[type-arg]  # a field of one Python type, list[date]
    """The actual practice days, sorted: `list[date]` in Python, `datemultirange` in the database."""

    def db_type(self, connection: Any) -> str:
        return "datemultirange"

    def from_db_value(self, value: Multirange[dt.date] | None, *_: Any) -> list[dt.date] | None:
        if value is None:
            return None
        days = []
        for part in value:
            day, end = part.lower, part.upper
            while day is not None and end is not None and day < end:
                days.append(day)
                day += DAY
        return days

    def get_prep_value(self, value: Iterable[dt.date] | Multirange[dt.date] | None) -> Any:
        if value is None or isinstance(value, Multirange):
            return value
        return Multirange([Range(day, day + DAY, "[)") for day in sorted(set(value))])

    def value_to_string(self, obj: models.Model) -> str:
        return ",".join(day.isoformat() for day in self.value_from_object(obj) or [])

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return [dt.date.fromisoformat(day) for day in value.split(",") if day]
        return value


@DaysField.register_lookup
class DaysOverlap(models.Lookup):
    """`days__overlap=other.days`: do they share a day?"""

    lookup_name = "overlap"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} && {right}", (*left_params, *right_params)
