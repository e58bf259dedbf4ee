"""Many papers in one zip, made by a worker for whoever asked, and gone an hour later."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from placements.models.rounds import Round

PATIENCE = dt.timedelta(seconds=30)  # how long it waits for a worker before the sweeper takes it


class BundleState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


WAITING = (BundleState.QUEUED, BundleState.RUNNING)


class BundleQuerySet(models.QuerySet["Bundle"]):
    def visible_to(self, user: User) -> Self:
        """Her own alone: what is in it was hers to see when she asked."""
        return self.filter(asked_by=user)

    def stalled(self) -> Self:
        """As of runs: the wake-up was lost, or the worker's lease is over. By the database's clock."""
        return self.filter(
            models.Q(state=BundleState.QUEUED, created_at__lt=Now() - PATIENCE)
            | models.Q(state=BundleState.RUNNING, lease_until__lt=Now())
        )


class Bundle(Record):
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
    fence = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    done = models.PositiveIntegerField(_("done"), default=0, editable=False)
    file = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

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
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease_until=None)),
                name="bundle_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round}"

    @property
    def total(self) -> int:
        return len(self.placements)

    @property
    def waits(self) -> bool:
        return self.state in WAITING
