"""Reads a class list against the school as it is now: what is wrong in it, and what it would change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from schools import registers
from schools.imports import Change, Plan, StagedRow
from schools.models import Import, Municipality, Programme, School, SchoolClass, Student
from schools.roster.columns import LABELS
from schools.roster.logins import Logins


@dataclass
class RosterPlan(Plan):
    """What the list would do, and the rows to do it with."""

    classes: list[SchoolClass] = field(default_factory=list)
    created: list[Student] = field(default_factory=list)
    updated: list[Student] = field(default_factory=list)
    left: list[Student] = field(default_factory=list)
    logins: Logins | None = None


class Reader:
    """Reads one list against one school. Made anew for each reading."""

    def __init__(self, import_: Import) -> None:
        school = import_.school
        if school is None or import_.school_year is None:
            raise ValueError("a class list belongs to a school and a year")
        self.school: School = school
        self.year: int = import_.school_year
        self.options = import_.options
        self.plan = RosterPlan()
        self.municipalities = registers.Municipalities(school.county)
        self.programmes = registers.Programmes()
        # Everybody in the school, also those no page shows: a list must not make them twice.
        self.students = {
            student.key: student  # type: ignore[attr-defined]  # annotated just here
            for student in Student.objects.filter(school=school)
            .annotate(key=Lower("external_id"))
            .select_related("school_class", "municipality", "user")
        }
        self.classes = {
            c.name: c for c in SchoolClass.objects.filter(school=school, school_year=self.year)
        }
        self.named: dict[str, SchoolClass] = {}
        self.ids: dict[str, int] = {}
        self.emails: dict[str, int] = {}

    def read(self, rows: Iterable[StagedRow]) -> RosterPlan:
        rows = list(rows)
        self.plan.logins = Logins(cells.get("email", "").lower() for _row, cells in rows)
        for number, cells in rows:
            self._row(number, cells)
        self._gone()
        for number, text in self.plan.logins.settle(leaving=self.plan.left):
            self.plan.error(number, LABELS["email"], text)
        return self.plan

    def _row(self, number: int, cells: dict[str, str]) -> None:
        before = len(self.plan.errors)
        external_id = self._once(
            number, "external_id", cells.get("external_id", "").lower(), self.ids
        )
        email = self._once(number, "email", self._email(number, cells), self.emails)
        given, family = self._name(number, cells)
        school_class = self._class(number, cells)
        phone = self._looked_up(number, "phone", cells, registers.phone)
        language = self._looked_up(number, "language", cells, registers.language)
        existing = self.students.get(external_id)
        municipality = self._municipality(number, cells, existing)
        if len(self.plan.errors) > before or school_class is None or municipality is None:
            return
        self.named[school_class.name] = school_class
        if existing and existing.manual_handling:
            self.plan.manual += 1
            return
        student = existing or Student(school=self.school, external_id=external_id)
        was = _shown(existing) if existing else {}
        old_user, listed = student.user, student.email.lower()
        student.given_name, student.family_name, student.email = given, family, email
        student.phone = phone or student.phone
        student.written_standard = language or student.written_standard
        student.school_class, student.municipality, student.left_at = (
            school_class,
            municipality,
            None,
        )
        if self.plan.logins is None:
            raise ValueError("logins come first")
        self.plan.logins.tie(number, student, old_user, listed=listed)
        self._compare(number, student, was, new_login=student.user != old_user)

    def _compare(
        self, number: int, student: Student, was: dict[str, str], *, new_login: bool
    ) -> None:
        if not was:
            self.plan.created.append(student)
            facts = ((str(LABELS["class"]), "", student.school_class.name),)
            self.plan.changes.append(Change("new", student.name, number, facts))
            return
        details = [
            (label, was[label], after)
            for label, after in _shown(student).items()
            if was[label] != after
        ]
        if new_login:
            details.append((_("Signs in with"), "", student.email))
        if not details:
            self.plan.unchanged += 1
            return
        self.plan.updated.append(student)
        self.plan.changes.append(Change("changed", student.name, number, tuple(details)))

    def _gone(self) -> None:
        """Those of the list's own classes whom the list no longer names."""
        listed = {c.pk for c in self.named.values()}
        for student in sorted(self.students.values(), key=lambda s: s.name):
            gone = student.school_class_id in listed and student.external_id.lower() not in self.ids
            if gone and student.left_at is None and not student.manual_handling:
                student.left_at = timezone.localdate()
                self.plan.left.append(student)
                facts = ((str(LABELS["class"]), student.school_class.name, ""),)
                self.plan.changes.append(Change("gone", student.name, None, facts))

    def _once(self, number: int, key: str, value: str, seen: dict[str, int]) -> str:
        if not value:
            if key == "external_id":
                self._error(number, key, _("The cell is empty. Fill it in, or remove the row."))
        elif value in seen:
            self._error(
                number,
                key,
                _("“%(text)s” is also in row %(row)d. Remove one of the rows.")
                % {"text": value, "row": seen[value]},
            )
        elif key == "external_id" and (len(value) > 120 or not re.fullmatch(r"[^\s,;<>=]+", value)):
            self._error(number, key, _("“%(text)s” is no Feide name.") % {"text": value[:60]})
        else:
            seen[value] = number
        return value

    def _email(self, number: int, cells: dict[str, str]) -> str:
        email = cells.get("email", "").lower()
        try:
            validate_email(email)
        except ValidationError:
            text = (
                _("“%(text)s” is no e-mail address. Write it as name@school.no.")
                % {"text": email[:60]}
                if email
                else _("The cell is empty. The student needs an e-mail address to sign in.")
            )
            self._error(number, "email", text)
            return ""
        return email

    def _name(self, number: int, cells: dict[str, str]) -> tuple[str, str]:
        given, family = cells.get("given_name", ""), cells.get("family_name", "")
        full = cells.get("name", "")
        if full and not (given and family):
            last, comma, first = full.partition(",")
            if comma:
                given, family = first.strip(), last.strip()
            else:
                given, _space, family = full.rpartition(" ")
        for key, name in (("given_name", given), ("family_name", family)):
            if not name:
                column = key if key in cells else "name"
                self._error(number, column, _("The name is missing, or only half of it is here."))
            elif len(name) > 80 or not re.fullmatch(r"[^\W\d_][^\d=<>{}@;|\\]*", name):
                self._error(
                    number, key, _("“%(text)s” does not look like a name.") % {"text": name[:60]}
                )
        return _calm(given), _calm(family)

    def _class(self, number: int, cells: dict[str, str]) -> SchoolClass | None:
        name = re.sub(r"\s", "", cells.get("class", "")).upper()
        if not name:
            self._error(number, "class", _("The cell is empty. Every student belongs to a class."))
            return None
        if not re.fullmatch(r"[\w\-/+.]{1,20}", name):
            self._error(number, "class", _("“%(text)s” is no class.") % {"text": name[:60]})
            return None
        if name in self.classes:
            return self.classes[name]
        try:
            if cells.get("programme"):
                programme = self.programmes.find(cells["programme"])
            else:
                programme = self._programme_for(name)
        except registers.Unknown as error:
            self._error(number, "programme" if cells.get("programme") else "class", str(error))
            return None
        made = SchoolClass(
            school=self.school, programme=programme, name=name, school_year=self.year
        )
        self.classes[name] = made
        self.plan.classes.append(made)
        return made

    def _programme_for(self, name: str) -> Programme:
        chosen = self.options.get("programme")
        for programme in self.programmes.all:
            if str(programme.pk) == chosen:
                return programme
        return self.programmes.of_class(name)

    def _municipality(
        self, number: int, cells: dict[str, str], existing: Student | None
    ) -> Municipality | None:
        if text := cells.get("municipality"):
            try:
                return self.municipalities.find(text)
            except registers.Unknown as error:
                self._error(number, "municipality", str(error))
                return None
        if existing:
            return existing.municipality
        if self.options.get("default_municipality"):
            return self.school.municipality
        self._error(
            number,
            "municipality",
            _(
                "We do not know where the student lives. Fill in the municipality, or tick that the"
                " school's is to be used."
            ),
        )
        return None

    def _looked_up(
        self, number: int, key: str, cells: dict[str, str], look_up: registers.LookUp
    ) -> str:
        if not cells.get(key):
            return ""
        try:
            return look_up(cells[key])
        except registers.Unknown as error:
            self._error(number, key, str(error))
            return ""

    def _error(self, number: int, key: str, text: str) -> None:
        self.plan.error(number, LABELS[key], text)


def _calm(name: str) -> str:
    """`HANSEN` as `Hansen`: some systems shout."""
    return name.title() if name.isupper() and len(name) > 2 else name


def _shown(student: Student) -> dict[str, str]:
    """What the preview compares, by the name people know it by."""
    return {
        str(LABELS["given_name"]): student.given_name,
        str(LABELS["family_name"]): student.family_name,
        str(LABELS["class"]): student.school_class.name,
        str(LABELS["email"]): student.email,
        str(LABELS["phone"]): student.phone,
        str(LABELS["municipality"]): str(student.municipality),
        str(LABELS["language"]): student.get_written_standard_display(),
        _("At the school"): _("no") if student.left_at else _("yes"),
    }
