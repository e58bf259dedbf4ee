"""Why a candidate is not at what she wished for more, where that takes too long for a page."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from placements.models.leased import Leased, LeasedQuerySet, running_has_lease
from placements.models.preferences import Candidate
from placements.models.rounds import Round
from placements.models.runs import MatchingRun


class QuestionState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    ANSWERED = "answered", pgettext_lazy("question why not", "Answered")
    FAILED = "failed", _("Failed")


class QuestionQuerySet(LeasedQuerySet["Question"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(run__in=MatchingRun.objects.visible_to(user))

    def stalled(self) -> Self:
        """As of all work; but while a worker is at one of a run's, the others only wait for their turn."""
        at_work = Question.objects.filter(
            run=models.OuterRef("run"), state=QuestionState.RUNNING, lease_until__gte=Now()
        )
        stalled = super().stalled()
        return stalled.exclude(models.Q(models.Exists(at_work), state=QuestionState.QUEUED))


class Question(Leased):
    """Asked of a run about one candidate: why not there? The row is the queue, as of a run.

    `answer` has for each slot that prices alone do not tell of what came of forcing her there: a
    `WishExplanation` of the engine's. It names others, so only those who see the proposal see it; to
    her it is told in numbers, with her placement.
    """

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="questions", editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=QuestionState.choices, default=QuestionState.QUEUED
    )
    answer: models.JSONField[Any] = models.JSONField(null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question why not")
        verbose_name_plural = _("questions why not")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "candidate"], name="question_once"),
            models.CheckConstraint(
                condition=models.Q(state="answered", answer__isnull=False)
                | (~models.Q(state="answered") & models.Q(answer__isnull=True)),
                name="question_answered_has_answer",
            ),
            running_has_lease("question_running_has_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.run} / {self.candidate}"
