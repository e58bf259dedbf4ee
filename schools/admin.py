"""Registers of places and schools, edited here; classes and students, shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.administration import AlsoShown, Group, Register, Shown, conceals
from accounts.models import User
from accounts.policy import Role
from schools import calendar_page  # noqa: F401  # it registers itself
from schools.models import (
    Clearance,
    County,
    Import,
    Municipality,
    Programme,
    RegisteredUnit,
    Requirement,
    School,
    SchoolBreak,
    SchoolClass,
    Student,
)


@conceals
def own_addresses() -> QuerySet[Any, Any]:
    return User.objects.filter(student__manual_handling=True).values("email")


@conceals
def school_addresses() -> QuerySet[Any, Any]:
    return Student.objects.filter(manual_handling=True).values(address=Lower("email"))


class OfStudents(Shown):
    """Rows about students: never about those who are handled manually, and looking is logged."""

    student: ClassVar[str] = "student__"  # the way from the row to the student

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(**{f"{self.student}manual_handling": True})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown is not None:
            audit.looked(request, "admin", Student, len(shown.result_list))
        return response

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            audit.looked(request, "admin", Student, self._student(row).pk)
        return row

    @admin.display(description=_("student"))
    def student_name(self, row: Any) -> str:
        return str(self._student(row))

    def _student(self, row: Any) -> Any:
        for step in self.student.split("__")[:-1]:
            row = getattr(row, step)
        return row


class WithCoordinators(Register):
    """Its coordinators are chosen among those who hold the role."""

    role: ClassVar[Role]

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        if db_field.name == "coordinators":
            holders = Q(memberships__role=self.role, memberships__ended_at=None)
            kwargs["queryset"] = User.objects.filter(holders, is_active=True).order_by("name")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class BreakInline(AlsoShown):
    model = SchoolBreak
    fields = readonly_fields = ("name", "start", "end")
    ordering = ("start",)


class ClassInline(AlsoShown):
    model = SchoolClass
    fields = readonly_fields = ("name", "programme", "school_year")
    ordering = ("-school_year", "name")
    select = ("programme",)


@admin.register(County)
class CountyAdmin(WithCoordinators):
    group = Group.PLACES
    role = Role.COUNTY_COORDINATOR
    inlines = (BreakInline,)
    list_display = ("number", "name", "valid_from", "valid_to")
    search_fields = ("number", "name")


@admin.register(Municipality)
class MunicipalityAdmin(Register):
    group = Group.PLACES
    list_display = ("number", "name", "county", "centre", "valid_from", "valid_to")
    list_filter = ("county",)
    search_fields = ("number", "name", "other_name")


@admin.register(RegisteredUnit)
class RegisteredUnitAdmin(Shown):
    """Read in by `manage.py import_units`."""

    group = Group.PLACES
    list_display = ("number", "name", "municipality", "industry", "read_at")
    search_fields = ("number", "name")


@admin.register(Programme)
class ProgrammeAdmin(Register):
    group = Group.PLACES
    list_display = ("code", "year", "name_nb")
    list_filter = ("year",)
    search_fields = ("code", "name_nb", "name_nn")


@admin.register(School)
class SchoolAdmin(WithCoordinators):
    group = Group.PLACES
    role = Role.SCHOOL_COORDINATOR
    inlines = (ClassInline,)
    list_select_related = ("municipality", "county")
    list_display = ("name", "municipality", "county", "contact_name", "contact_email")
    list_filter = ("county",)
    search_fields = ("name", "=organisation_number", "municipality__name")


@admin.register(Requirement)
class RequirementAdmin(Register):
    group = Group.PLACES
    list_display = ("code", "name_nb", "name_nn", "due_days")
    search_fields = ("code", "name_nb", "name_nn")


@admin.register(SchoolClass)
class SchoolClassAdmin(Shown):
    group = Group.PEOPLE
    list_display = ("name", "school", "programme", "school_year")
    list_filter = ("school_year", "programme", "school")
    search_fields = ("name", "school__name")


@admin.register(Student)
class StudentAdmin(OfStudents):
    group = Group.PEOPLE
    student = ""
    people = ("email",)
    list_display = (
        "family_name",
        "given_name",
        "school",
        "school_class",
        "municipality",
        "left_at",
    )
    list_filter = ("school", ("left_at", admin.EmptyFieldListFilter))
    search_fields = ("family_name", "given_name", "=external_id", "=email")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        count = Student.objects.filter(manual_handling=True, left_at=None).count()
        said = ngettext(
            "%(counter)s student is handled manually",
            "%(counter)s students are handled manually",
            count,
        )
        subtitle = {"subtitle": said % {"counter": count}} if count else {}
        return super().changelist_view(request, {**subtitle, **(extra_context or {})})


@admin.register(Clearance)
class ClearanceAdmin(OfStudents):
    group = Group.PEOPLE
    list_display = ("student", "requirement", "status", "seen_on", "seen_by")
    list_filter = ("status", "requirement")
    search_fields = ("student__family_name", "student__given_name")


@admin.register(Import)
class ImportAdmin(Shown):
    group = Group.RUNNING
    exclude = ("rows", "before")  # people's data, kept for a day for those who imported it
    date_hierarchy = "created_at"
    list_display = ("created_at", "kind", "county", "school", "state", "created_by")
    list_filter = ("kind", "state", "county")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("rows", "before")
