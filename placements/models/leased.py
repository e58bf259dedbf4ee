"""Work that a worker has for a while. The row is the queue, and says whose it is (`placements/lease.py`)."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record

QUEUED, RUNNING = "queued", "running"
PATIENCE = dt.timedelta(seconds=30)  # how long it waits for a worker before the sweeper takes it

Work = TypeVar("Work", bound="Leased", covariant=True)


class LeasedQuerySet(models.QuerySet[Work]):
    def waiting(self) -> Self:
        """Neither ended nor given up."""
        return self.filter(state__in=[QUEUED, RUNNING])

    def stalled(self) -> Self:
        """Those whose wake-up was lost, or whose worker's lease is over. By the database's clock."""
        return self.filter(
            models.Q(state=QUEUED, created_at__lt=Now() - PATIENCE)
            | models.Q(state=RUNNING, lease_until__lt=Now())
        )


class Leased(Record):
    """The base of all that workers do. Its `state` is `queued` first, `running` while somebody is at it.

    `fence` counts the claims: a worker that lost its lease cannot write any more.
    """

    # Each kind of work says which further states it has.
    state = models.CharField(_("state"), max_length=12, default=QUEUED)
    fence = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def waits(self) -> bool:
        return self.state in (QUEUED, RUNNING)


def running_has_lease(name: str) -> models.CheckConstraint:
    """Somebody is at it, or nobody is: never half."""
    return models.CheckConstraint(
        condition=models.Q(state=RUNNING, lease_until__isnull=False)
        | (~models.Q(state=RUNNING) & models.Q(lease_until=None)),
        name=name,
    )
