"""A class list or workplace list on its way in."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from schools.models.places import County
from schools.models.schools import School, reach

KEPT = dt.timedelta(hours=24)


class ImportState(models.TextChoices):
    STAGED = "staged", _("Waiting to be confirmed")
    APPLIED = "applied", _("Imported")
    UNDONE = "undone", _("Undone")


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Class lists of one's schools; workplace lists of one's counties."""
        hers = reach(user)
        return self.filter(
            models.Q(school__in=hers.schools) | models.Q(school=None, county__in=hers.counties)
        )

    def waiting(self, at: dt.datetime | None = None) -> Self:
        return self.filter(state=ImportState.STAGED, expires_at__gt=at or timezone.now())

    def undoable(self, at: dt.datetime | None = None) -> Self:
        return self.filter(state=ImportState.APPLIED, expires_at__gt=at or timezone.now())


class Import(Record):
    """One list of students (of one school) or of workplaces (of one county), read but not the file.

    Only the columns that were chosen are kept, and only for a day: first as rows waiting to be
    confirmed, then as what is needed to undo. What stays is who, when, how many, and which header
    stood for what, so that next time the columns are known.
    """

    class Kind(models.TextChoices):
        STUDENTS = "students", _("Class list")
        WORKPLACES = "workplaces", _("Workplace list")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, editable=False)
    county = models.ForeignKey(County, models.PROTECT, related_name="+", editable=False)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="imports", editable=False
    )
    school_year = models.PositiveSmallIntegerField(
        _("school year starts"), null=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=8, choices=ImportState.choices, default=ImportState.STAGED
    )
    mapping = models.JSONField(default=dict, editable=False)
    options = models.JSONField(default=dict, editable=False)
    rows = models.JSONField(default=list, editable=False)
    before = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(_("counts"), default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    applied_at = models.DateTimeField(_("imported"), null=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("model", "import")
        verbose_name_plural = pgettext_lazy("model", "imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="students", school__isnull=False, school_year__isnull=False)
                | models.Q(kind="workplaces", school=None, school_year=None),
                name="import_of_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state="staged", applied_at=None, undone_at=None)
                | models.Q(state="applied", applied_at__isnull=False, undone_at=None)
                | models.Q(state="undone", applied_at__isnull=False, undone_at__isnull=False),
                name="import_state_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"

    @property
    def undoable(self) -> bool:
        return self.state == ImportState.APPLIED and self.expires_at > timezone.now()
