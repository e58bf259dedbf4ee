"""The words of documents, and packages of them that somebody has asked for: shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.administration import Group, Shown
from placements.models import Bundle, DocumentText


@admin.register(DocumentText)
class DocumentTextAdmin(Shown):
    group = Group.RUNNING
    list_display = ("kind", "language", "county", "school", "changed_at", "changed_by")
    list_filter = ("kind", "language", "county")


@admin.register(Bundle)
class BundleAdmin(Shown):
    """That somebody asked, and how far it has come; the papers themselves are hers."""

    group = Group.RUNNING
    people = ("asked_by__email",)
    exclude = ("file", "placements")
    list_display = ("round", "kind", "asked_by", "state", "done", "attempts", "created_at")
    list_filter = ("state",)
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("file")
