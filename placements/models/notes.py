"""What coordinators note about a workplace, for each other."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from placements.models.workplaces import Workplace
from schools.identity import validate_no_identity_number
from schools.models.schools import reach


class WorkplaceNoteQuerySet(models.QuerySet["WorkplaceNote"]):
    def visible_to(self, user: User) -> Self:
        """The coordinators of the workplace's own county: not the workplace, not other counties."""
        return self.filter(workplace__municipality__county__in=reach(user).counties)


class WorkplaceNote(Record):
    """A dated line about a workplace: who was spoken to, what was agreed. Nothing about students."""

    workplace = models.ForeignKey(Workplace, models.CASCADE, related_name="notes")
    text = models.CharField(_("note"), max_length=500, validators=[validate_no_identity_number])
    written_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = WorkplaceNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note about a workplace")
        verbose_name_plural = _("notes about workplaces")
        ordering = ["-written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="workplace_note_has_text")
        ]
        indexes = [models.Index(fields=["workplace", "-written_at"], name="workplace_note_newest")]

    def __str__(self) -> str:
        return f"{self.workplace}, {date_format(self.written_at, 'SHORT_DATE_FORMAT')}"
