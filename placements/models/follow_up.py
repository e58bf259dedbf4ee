"""What is said about a stay: by the student on a day she cannot come, by the school that looks in."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from accounts.policy import Role
from placements.models.placements import Placement, placed_seen_by
from schools.identity import validate_no_identity_number
from schools.models import Student


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(placed_seen_by(user, "placement__"))


class Absence(Record):
    """The student has said that she does not come that day. There is no room for a reason."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="absences")
    day = models.DateField(_("day"))
    reported_at = models.DateTimeField(_("reported"), db_default=Now(), editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence report")
        verbose_name_plural = _("absence reports")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "day"], name="absence_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.placement}, {date_format(self.day, 'SHORT_DATE_FORMAT')}"


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> Self:
        """The school's own log: neither the student's nor the workplace's."""
        if not user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
            return self.none()
        hers = Student.objects.visible_to(user).exclude(user=user)
        return self.filter(placement__student__in=hers)


class Visit(Record):
    """The school has looked in, or called."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        CALL = "call", pgettext_lazy("telephone", "Call")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="visits")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    note = models.CharField(
        _("note"), max_length=300, blank=True, validators=[validate_no_identity_number]
    )
    written_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit or call")
        verbose_name_plural = _("visits and calls")
        ordering = ["-day", "-written_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["visit", "call"]), name="visit_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {date_format(self.day, 'SHORT_DATE_FORMAT')}"
