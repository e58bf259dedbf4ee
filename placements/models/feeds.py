"""A person's own calendar, which her phone reads by itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import CapabilityLink


class CalendarFeed(CapabilityLink):
    """The secret address of one person's calendar. It opens her own practice days and nothing else."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds"
    )

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(revoked_at=None),
                name="calendar_one_living_address",
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
