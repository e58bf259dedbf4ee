"""Selections of a list that somebody has saved under a name."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from schools.identity import validate_no_identity_number


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> Self:
        """Each has her own."""
        return self.filter(user=user)


class SavedFilter(Record):
    """One person's selection of a list: its name, and what stands in the address.

    Words searched for are never kept: they are names of students.
    """

    class Page(models.TextChoices):
        STUDENTS = "students", _("Students")
        CANDIDATES = "candidates", _("Wishes")
        WORKPLACES = "workplaces", _("Workplaces")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", editable=False
    )
    page = models.CharField(_("page"), max_length=12, choices=Page.choices, editable=False)
    name = models.CharField(_("name"), max_length=40, validators=[validate_no_identity_number])
    query = models.CharField(_("selection"), max_length=500, editable=False)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved selection")
        verbose_name_plural = _("saved selections")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="saved_filter_named_once"
            ),
            models.CheckConstraint(
                condition=models.Q(page__in=["students", "candidates", "workplaces"]),
                name="saved_filter_page_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(query=""),
                name="saved_filter_says_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name
