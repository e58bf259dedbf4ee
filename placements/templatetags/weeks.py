"""Weeks and dates as they are written: ISO weeks first, dates beside them."""

import datetime as dt
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

register = template.Library()


class HasDates(Protocol):
    """Anything with a first day and the first day after its last, such as a period."""

    start: dt.date
    end: dt.date


def _day(value: dt.date | dt.datetime) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


def short(value: dt.date, *, year: bool = True) -> str:
    """8. feb. 2027. Django writes "mar." in bokmål, where the month is never cut short."""
    return _short(value, year, get_language())


@lru_cache(maxsize=4096)  # a list says the same few days in every row
def _short(value: dt.date, year: bool, _language: str | None) -> str:
    return date_format(value, "j. N Y" if year else "j. N").replace("mar.", "mars")


@register.filter
def day(value: dt.date | dt.datetime) -> str:
    """8. feb. 2027"""
    return short(_day(value))


@register.filter
def week(value: dt.date | dt.datetime) -> str:
    """fre. 15. jan. (uke 2)"""
    on = _day(value)
    return f"{weekday(on)} {short(on)} ({_('week')} {on.isocalendar().week})"


@register.filter
def weekday(value: dt.date | dt.datetime) -> str:
    """tirs., as elsewhere on the page; Django has "tir." in bokmål and "man" in nynorsk."""
    return str(_NAMES[_day(value).weekday()])


@register.filter
def week_numbers(period: HasDates) -> str:
    """uke 6–9, by ISO weeks: 2026 has a week 53."""
    first, last = (
        period.start.isocalendar().week,
        (period.end - dt.timedelta(days=1)).isocalendar().week,
    )
    weeks = str(first) if first == last else f"{first}–{last}"
    return f"{_('week')} {weeks}"


@register.filter
def weeks(period: HasDates) -> str:
    """uke 6–9 (8. feb.–5. mars 2027)"""
    return f"{week_numbers(period)} ({dates(period)})"


@register.filter
def dates(period: HasDates) -> str:
    """8. feb.–5. mars 2027. The last date shown is the last practice day, if it is known."""
    days = getattr(period, "days", None)
    last = days[-1] if days else period.end - dt.timedelta(days=1)
    same_year = period.start.year == last.year
    return f"{short(period.start, year=not same_year)}–{short(last)}"


_NAMES = [  # each written out, so that gathering finds it
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]


@register.filter
def weekdays(period: Any) -> str:
    """man.–fre., or ti. og on."""
    chosen = sorted(period.weekdays)
    names = [str(_NAMES[n - 1]) for n in chosen]
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return f"{names[0]}–{names[-1]}"
    return (
        names[0]
        if len(names) == 1
        else _("%(days)s and %(last)s") % {"days": ", ".join(names[:-1]), "last": names[-1]}
    )


@register.filter
def hours(period: Any) -> str:
    """08.00–15.30"""
    return f"{period.starts_at:%H.%M}–{period.ends_at:%H.%M}"
