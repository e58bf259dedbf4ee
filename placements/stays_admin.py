"""What goes on while a student is in practice, and after: shown to administrators, but for the words."""

from __future__ import annotations

from django.contrib import admin

from accounts.administration import Group
from placements.models import (
    Absence,
    Agreement,
    Attendance,
    Consent,
    Evaluation,
    Feedback,
    Swap,
    Visit,
)
from schools.admin import OfStudents


@admin.register(Attendance)
class AttendanceAdmin(OfStudents):
    group = Group.STAYS
    student = "placement__student__"
    list_display = ("placement", "day", "present", "noted_by", "noted_at")
    list_filter = ("present", "placement__round")
    list_select_related = ("placement__student", "noted_by")


@admin.register(Agreement)
class AgreementAdmin(OfStudents):
    group = Group.STAYS
    student = "placement__student__"
    list_display = ("placement", "created_at", "reminded_at", "completed_at")
    list_filter = ("placement__round",)
    list_select_related = ("placement__student",)


@admin.register(Consent)
class ConsentAdmin(OfStudents):
    group = Group.STAYS
    student = "agreement__placement__student__"
    list_display = ("agreement", "party", "agreed_at")
    list_filter = ("party",)
    list_select_related = ("agreement__placement__student",)


class OfStays(OfStudents):
    """What was said of a stay: that it was said, and never the words."""

    group = Group.STAYS
    student = "placement__student__"
    list_select_related = ("placement__student",)


@admin.register(Absence)
class AbsenceAdmin(OfStays):
    list_display = ("placement", "day", "reported_at")


@admin.register(Visit)
class VisitAdmin(OfStays):
    exclude = ("note",)
    list_display = ("placement", "day", "kind", "written_at")
    list_filter = ("kind",)


@admin.register(Feedback)
class FeedbackAdmin(OfStays):
    fields = ("placement", "given_by", "given_at")
    list_display = ("placement", "given_at")


@admin.register(Evaluation)
class EvaluationAdmin(OfStays):
    fields = ("placement", "given_at")
    list_display = ("placement", "given_at")


@admin.register(Swap)
class SwapAdmin(OfStudents):
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
    list_display = ("one", "other", "state", "created_at", "decided_by")
    list_filter = ("state", "round")
    list_select_related = ("one__student", "other__student", "decided_by")
