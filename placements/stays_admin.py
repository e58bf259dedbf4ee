"""What goes on while a student is in practice, and after: shown to administrators, but for the words."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.administration import Group
from accounts.models import User
from placements.actions import supervision
from placements.models import (
    Absence,
    Agreement,
    Attendance,
    Consent,
    Evaluation,
    Feedback,
    SupervisorLink,
    Swap,
    Visit,
)
from schools.admin import OfStudents


@admin.register(Attendance)
class AttendanceAdmin(OfStudents):
    group = Group.STAYS
    student = "placement__student__"
    date_hierarchy = "day"
    list_display = ("student_name", "placement", "day", "present", "noted_by", "noted_at")
    list_filter = ("present", "placement__round")
    list_select_related = (
        "placement__student",
        "noted_by",
        "placement__slot__workplace",
        "placement__slot__period",
    )


@admin.register(Agreement)
class AgreementAdmin(OfStudents):
    group = Group.STAYS
    student = "placement__student__"
    date_hierarchy = "created_at"
    list_display = ("student_name", "placement", "created_at", "reminded_at", "completed_at")
    list_filter = ("placement__round",)
    list_select_related = (
        "placement__student",
        "placement__slot__workplace",
        "placement__slot__period",
    )


@admin.register(Consent)
class ConsentAdmin(OfStudents):
    group = Group.STAYS
    student = "agreement__placement__student__"
    list_display = ("student_name", "agreement", "party", "agreed_at")
    list_filter = ("party",)
    list_select_related = (
        "agreement__placement__student",
        "agreement__placement__slot__workplace",
        "agreement__placement__slot__period",
    )


class OfStays(OfStudents):
    """What was said of a stay: that it was said, and never the words."""

    group = Group.STAYS
    student = "placement__student__"
    list_select_related = (
        "placement__student",
        "placement__slot__workplace",
        "placement__slot__period",
    )


@admin.register(Absence)
class AbsenceAdmin(OfStays):
    list_display = ("student_name", "placement", "day", "reported_at")
    date_hierarchy = "day"


@admin.register(Visit)
class VisitAdmin(OfStays):
    exclude = ("note",)
    list_display = ("student_name", "placement", "day", "kind", "written_at")
    date_hierarchy = "day"
    list_filter = ("kind",)


@admin.register(Feedback)
class FeedbackAdmin(OfStays):
    fields = ("placement", "given_by", "given_at")
    list_display = ("student_name", "placement", "given_at")


@admin.register(Evaluation)
class EvaluationAdmin(OfStays):
    fields = ("placement", "given_at")
    list_display = ("student_name", "placement", "given_at")


@admin.register(Swap)
class SwapAdmin(OfStudents):
    group = Group.STAYS
    student = "one__student__"
    fields = (
        "round",
        "one",
        "other",
        "state",
        "created_at",
        "agreed_at",
        "decided_at",
        "decided_by",
    )
    list_display = ("student_name", "one", "other", "state", "created_at", "decided_by")
    list_filter = ("state", "round")
    list_select_related = (
        "one__student",
        "one__slot__workplace",
        "one__slot__period",
        "other__slot__workplace",
        "other__slot__period",
        "decided_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Neither of the two is handled manually."""
        return super().get_queryset(request).exclude(other__student__manual_handling=True)


@admin.register(SupervisorLink)
class SupervisorLinkAdmin(OfStudents):
    group = Group.RUNNING
    student = "placement__student__"
    list_select_related = (
        "supervisor",
        "placement__student",
        "placement__slot__workplace",
        "placement__slot__period",
    )
    list_display = ("student_name", "supervisor", "may_agree", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "may_agree")
    search_fields = ("email", "supervisor__name")
    actions = ("close",)

    @admin.action(description=_("Close the chosen links"))
    def close(self, request: HttpRequest, rows: QuerySet[SupervisorLink]) -> None:
        self.each(
            request, rows, lambda link: supervision.take_back(link, by=cast(User, request.user))
        )
