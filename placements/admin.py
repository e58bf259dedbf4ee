"""Rounds and all that is in them, shown."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import audit, links
from accounts.administration import AlsoShown, Group, Shown
from accounts.models import User

# These register what is theirs.
from placements import (  # noqa: F401
    calendar_admin,
    documents_admin,
    offers_admin,
    retention,
    sheets_admin,
    stays_admin,
    workplaces_admin,
)
from placements.models import (
    Assignment,
    BoardMove,
    CalendarFeed,
    Candidate,
    CapacityLink,
    CapacityRequest,
    Lottery,
    MatchingRun,
    Pairing,
    Period,
    Placement,
    Preference,
    Question,
    Quota,
    Round,
    RoundSchool,
    RunPart,
    SavedFilter,
    Slot,
    WorkplaceOrder,
)
from placements.rules_admin import WithRules
from schools.admin import OfStudents


class PeriodInline(AlsoShown):
    model = Period
    fields = readonly_fields = ("name", "start", "end")
    ordering = ("start",)


class RoundSchoolInline(AlsoShown):
    model = RoundSchool
    fields = readonly_fields = ("school",)
    ordering = ("school__sort_key",)
    select = ("school",)


class PartInline(AlsoShown):
    model = RunPart
    fields = readonly_fields = ("number", "state", "attempts", "started_at", "finished_at")
    ordering = ("number",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("problem", "solution")


@admin.register(Round)
class RoundAdmin(WithRules):
    list_select_related = ("county", "school")
    inlines = (PeriodInline, RoundSchoolInline)
    date_hierarchy = "created_at"
    list_display = ("name", "county", "school", "state", "wishes_deadline", "published_at")
    list_filter = ("state", "county")
    search_fields = ("name",)


@admin.register(Lottery)
class LotteryAdmin(Shown):
    exclude = ("secret",)
    list_display = ("round", "commitment", "event", "outcome", "committed_at", "revealed_at")


@admin.register(RoundSchool)
class RoundSchoolAdmin(Shown):
    list_display = ("round", "school")
    list_filter = ("round", "school")


@admin.register(Period)
class PeriodAdmin(Shown):
    list_display = ("__str__", "round", "start", "end")
    list_filter = ("round",)


@admin.register(CapacityRequest)
class CapacityRequestAdmin(Shown):
    list_display = ("workplace", "round", "state", "asked_at", "answered_at", "answered_via")
    list_filter = ("state", "answered_via", "round")
    search_fields = ("workplace__name",)


@admin.register(CapacityLink)
class CapacityLinkAdmin(Shown):
    group = Group.RUNNING
    list_select_related = ("contact__workplace", "round")
    list_display = ("contact", "round", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("round", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("email", "contact__workplace__name")
    actions = ("close",)

    @admin.action(description=_("Close the chosen links"))
    def close(self, request: HttpRequest, rows: models.QuerySet[CapacityLink]) -> None:
        def act(link: CapacityLink) -> None:
            links.revoke(CapacityLink.objects.filter(pk=link.pk))
            audit.record("link.closed", link, by=cast(User, request.user))

        self.each(request, rows, act)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(Shown):
    group = Group.RUNNING
    list_display = ("user", "created_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("user__email", "user__name")
    actions = ("close",)

    @admin.action(description=_("Close the chosen links"))
    def close(self, request: HttpRequest, rows: models.QuerySet[CalendarFeed]) -> None:
        def act(feed: CalendarFeed) -> None:
            links.revoke(CalendarFeed.objects.filter(pk=feed.pk))
            audit.record("calendar.closed", feed, by=cast(User, request.user))

        self.each(request, rows, act)


@admin.register(Slot)
class SlotAdmin(Shown):
    list_select_related = ("workplace", "period", "round")
    list_display = ("workplace", "period", "round", "capacity", "used")
    list_filter = ("round",)
    search_fields = ("workplace__name",)


@admin.register(Quota)
class QuotaAdmin(Shown):
    list_display = ("round", "school", "workplace", "municipality", "period", "at_least", "at_most")
    list_filter = ("round", "school")


@admin.register(Pairing)
class PairingAdmin(OfStudents):
    student = "one__student__"
    list_display = ("round", "one", "kind", "other")
    list_filter = ("round", "kind")
    list_select_related = ("round", "one__student", "other__student")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).exclude(other__student__manual_handling=True)


@admin.register(Candidate)
class CandidateAdmin(OfStudents):
    list_select_related = (
        "student",
        "round",
        "school",
        "pinned_slot__workplace",
        "pinned_slot__period",
    )
    list_display = ("student", "round", "school", "wishes_state", "pinned_slot", "withdrawn_at")
    list_filter = ("wishes_state", "round", "school")
    search_fields = ("student__family_name", "student__given_name")


@admin.register(Preference)
class PreferenceAdmin(OfStudents):
    student = "candidate__student__"
    list_display = ("candidate", "rank", "workplace")
    list_filter = ("candidate__round",)
    search_fields = ("candidate__student__family_name", "workplace__name")
    list_select_related = ("candidate__student", "workplace")


@admin.register(WorkplaceOrder)
class WorkplaceOrderAdmin(OfStudents):
    student = "candidate__student__"
    list_display = ("candidate", "order", "workplace")
    list_filter = ("round",)
    list_select_related = ("candidate__student", "workplace")


@admin.register(SavedFilter)
class SavedFilterAdmin(Shown):
    group = Group.PEOPLE
    list_display = ("user", "page", "name")
    list_filter = ("page",)
    list_select_related = ("user",)


@admin.register(MatchingRun)
class MatchingRunAdmin(WithRules):
    group = Group.RUNNING
    exclude: ClassVar[Any] = (
        "policy",
        "problem",
        "solution",
        "summary",
    )  # megabytes; the round's pages show them
    list_select_related = ("round", "started_by")
    inlines = (PartInline,)
    date_hierarchy = "created_at"
    list_display = ("round", "number", "state", "started_by", "finished_at", "published_at")
    list_filter = ("state", "round")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("problem", "solution", "summary")


@admin.register(Question)
class QuestionAdmin(OfStudents):
    group = Group.RUNNING
    student = "candidate__student__"
    exclude = ("answer",)
    list_select_related = (
        "run__round",
        "run__base__round",
        "candidate__student",
        "candidate__round",
    )
    list_display = ("candidate", "run", "state", "attempts", "started_at", "finished_at")
    list_filter = ("state",)
    ordering = ("-created_at",)


@admin.register(RunPart)
class RunPartAdmin(Shown):
    group = Group.RUNNING
    exclude = ("problem", "solution")
    list_select_related = ("run__round", "run__base__round")
    list_display = ("run", "number", "state", "attempts", "started_at", "finished_at")
    list_filter = ("state",)
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("problem", "solution")


@admin.register(Assignment)
class AssignmentAdmin(OfStudents):
    student = "candidate__student__"
    list_display = ("candidate", "run", "slot", "rank", "pinned")
    list_filter = ("run__round", "pinned")
    list_select_related = (
        "candidate__student",
        "run__round",
        "run__base__round",
        "slot__workplace",
        "slot__period",
    )


@admin.register(BoardMove)
class BoardMoveAdmin(OfStudents):
    group = Group.RUNNING
    student = "candidate__student__"
    list_display = ("candidate", "run", "number", "before", "after", "made_by", "undone_at")
    list_filter = ("run__round",)
    list_select_related = (
        "candidate__student",
        "run__round",
        "before__workplace",
        "before__period",
        "after__workplace",
        "after__period",
        "made_by",
    )


@admin.register(Placement)
class PlacementAdmin(OfStudents):
    group = Group.STAYS
    exclude = ("explanation", "days")
    list_display = ("student", "slot", "round", "state", "rank", "created_at")
    list_filter = ("state", "round", "school")
    search_fields = ("student__family_name", "student__given_name", "slot__workplace__name")
    list_select_related = ("student", "slot__workplace", "slot__period", "round")
