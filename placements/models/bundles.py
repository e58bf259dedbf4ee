"""Many papers in one zip, made by a worker for whoever asked, and gone an hour later."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from placements.models.leased import Leased, LeasedQuerySet, running_has_lease
from placements.models.rounds import Round


class BundleState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class BundleQuerySet(LeasedQuerySet["Bundle"]):
    def visible_to(self, user: User) -> Self:
        """Her own alone: what is in it was hers to see when she asked."""
        return self.filter(asked_by=user)


class Bundle(Leased):
    """One kind of document for many placements, as one zip file. The row is the queue, as of a run."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="bundles", editable=False)
    kind = models.CharField(_("document"), max_length=20, editable=False)
    placements = ArrayField(models.UUIDField(), verbose_name=_("placements"), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        editable=False,
        verbose_name=_("asked for by"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=BundleState.choices, default=BundleState.QUEUED
    )
    done = models.PositiveIntegerField(_("done"), default=0, editable=False)
    file = models.BinaryField(null=True, editable=False)

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("package of documents")
        verbose_name_plural = _("packages of documents")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by"],
                condition=models.Q(state__in=["queued", "running"]),
                name="bundle_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="ready", file__isnull=False)
                | (~models.Q(state="ready") & models.Q(file=None)),
                name="bundle_ready_has_file",
            ),
            running_has_lease("bundle_running_has_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round}"

    @property
    def total(self) -> int:
        return len(self.placements)
