"""Whether a student was there, day by day."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from placements.models.placements import Placement, placed_seen_by
from placements.models.supervision import by_one_of
from placements.models.workplaces import Supervisor


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(placed_seen_by(user, "placement__"))


class Attendance(Record):
    """One practice day: she was there, or she was not. Why is nobody's to write here.

    A trigger refuses a day that is none of the placement's practice days.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="attendance")
    day = models.DateField(_("day"))
    present = models.BooleanField(_("present"))
    version = models.PositiveIntegerField(default=1, editable=False)
    noted_at = models.DateTimeField(_("noted"), db_default=Now(), editable=False)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "day"], name="attendance_once_a_day"),
            by_one_of(("noted_by", "supervisor"), name="attendance_noted_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.placement}, {date_format(self.day, 'SHORT_DATE_FORMAT')}"
