"""Workplaces that offer places by themselves: shown, and confirmed where nobody else answers."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.administration import Group, Shown
from accounts.models import User
from placements.actions import offers
from placements.models import Offer


@admin.register(Offer)
class OfferAdmin(Shown):
    group = Group.PLACES
    people = ("email",)
    list_display = ("name", "municipality", "places", "state", "verified_at", "decided_by")
    list_filter = ("state", ("verified_at", admin.EmptyFieldListFilter), "municipality__county")
    list_select_related = ("municipality", "decided_by", "workplace")
    search_fields = ("name", "=organisation_number", "municipality__name")
    actions = ("confirm",)

    @admin.action(description=_("Confirm the chosen offers as new workplaces"))
    def confirm(self, request: HttpRequest, rows: models.QuerySet[Any]) -> None:
        by = cast(User, request.user)
        self.each(request, rows, lambda row: offers.confirm(row, workplace=None, round=None, by=by))
