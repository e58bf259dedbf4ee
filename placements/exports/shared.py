"""Columns that several tables have: which student, which place; and what a file is called."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from placements.exports.cells import Column, Table
from placements.templatetags.weeks import week_numbers


def who(student: Any, school: Any) -> list[Column]:
    """The columns that say which student; the arguments find her and her school in a row."""
    return [
        Column(_("Family name"), _("The student's family name."), lambda r: student(r).family_name),
        Column(_("Given name"), _("The student's given name."), lambda r: student(r).given_name),
        Column(
            pgettext("school", "Class"),
            _("The class she is in this school year."),
            lambda r: student(r).school_class.name,
            10,
        ),
        Column(_("School"), _("The school she belongs to."), lambda r: school(r).name, 28),
    ]


def where(place: Any) -> list[Column]:
    """The columns that say where and when; `place` finds the slot in a row, or None."""

    def of(get: Any) -> Any:
        return lambda r: get(place(r)) if place(r) else None

    return [
        Column(
            _("Workplace"),
            _("Where she is placed; empty for who has no place."),
            of(lambda s: s.workplace.name),
            34,
        ),
        Column(_("Municipality"), _("Where it lies."), of(lambda s: s.workplace.municipality.name)),
        Column(_("Weeks"), _("By ISO weeks."), of(lambda s: week_numbers(s.period)), 12),
        Column(
            _("First day"),
            _("The first practice day."),
            of(lambda s: s.period.days[0] if s.period.days else s.period.start),
            12,
        ),
        Column(
            _("Last day"),
            _("The last practice day."),
            of(lambda s: s.period.days[-1] if s.period.days else s.period.last_day),
            12,
        ),
    ]


def file_name(table: Table, suffix: str, about: str = "") -> str:
    """elever-2027-02-08.xlsx"""
    from placements.documents.facts import plain

    return f"{plain(f'{table.name} {about}')}-{timezone.localdate():%Y-%m-%d}.{suffix}"
