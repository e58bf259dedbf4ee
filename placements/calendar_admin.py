"""The county's school breaks: a register whose changes reach the rounds that are not yet published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext

from accounts.administration import Group, Register
from accounts.errors import DomainError
from accounts.models import User
from placements.actions import calendar
from schools.models import County, SchoolBreak


@admin.register(SchoolBreak)
class SchoolBreakAdmin(Register):
    group = Group.PLACES
    list_display = ("name", "county", "start", "end")
    list_filter = ("county",)
    search_fields = ("name", "county__name")
    date_hierarchy = "start"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing hangs on a break: a wrong one may go."""
        return self.admin_site.has_permission(request)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_say_why(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._or_say_why(request, super().delete_view, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = SchoolBreak.objects.filter(pk=obj.pk).values_list("county", flat=True)
        counties = {*before, obj.county_id}
        super().save_model(request, obj, form, change)
        self._recount(request, counties)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        self._recount(request, {obj.county_id})

    def _recount(self, request: HttpRequest, counties: set[Any]) -> None:
        changed = sum(
            calendar.recount(county, by=cast(User, request.user))
            for county in County.objects.filter(pk__in=counties).order_by("pk")
        )
        if changed:
            said = ngettext(
                "The practice days of %(count)s period were counted again.",
                "The practice days of %(count)s periods were counted again.",
                changed,
            )
            self.message_user(request, said % {"count": changed})

    def _or_say_why(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A rule said no: nothing is changed, and she is told why."""
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)
