"""A run that falls apart into several: one row for each part, as long as the run is at work."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from placements.models.frozen import FrozenField, FrozenProblemField
from placements.models.leased import Leased, LeasedQuerySet, running_has_lease
from placements.models.runs import MatchingRun


class PartState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    SOLVED = "solved", pgettext_lazy("part of a run", "Solved")


class RunPartQuerySet(LeasedQuerySet["RunPart"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(run__in=MatchingRun.objects.visible_to(user))

    def unsolved(self) -> Self:
        return self.exclude(state=PartState.SOLVED)


class RunPart(Leased):
    """A component of a run's problem, solved by itself. The row is the queue, as of a run.

    While its parts are worked on, the run is running and nobody's: it has no lease. The part that ends
    last puts it back into the queue, to be merged. Gone as soon as the run has ended.
    """

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="parts", editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=PartState.choices, default=PartState.QUEUED
    )
    problem = FrozenProblemField(editable=False)
    solution = FrozenField(null=True, editable=False)

    objects = RunPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a run")
        verbose_name_plural = _("parts of runs")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="part_number_once"),
            models.CheckConstraint(
                condition=models.Q(state="solved", solution__isnull=False)
                | models.Q(state__in=["queued", "running"], solution=None),
                name="part_solved_has_answer",
            ),
            running_has_lease("part_running_has_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.run} / {self.number}"
