"""One execution of matching, and what it proposes."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from placements.models.capacity import Slot
from placements.models.frozen import FrozenProblemField
from placements.models.leased import Leased, LeasedQuerySet
from placements.models.preferences import Candidate
from placements.models.rounds import Round


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    COMPUTED = "computed", _("Ready to look at")
    PUBLISHED = "published", pgettext_lazy("run", "Published")
    SUPERSEDED = "superseded", _("Replaced by a newer one")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    STALE = "stale", _("Out of date")


RUN_TRANSITIONS: dict[str, tuple[str, ...]] = {
    RunState.QUEUED: (RunState.RUNNING, RunState.CANCELLED),
    RunState.RUNNING: (RunState.COMPUTED, RunState.FAILED, RunState.CANCELLED, RunState.QUEUED),
    RunState.COMPUTED: (RunState.PUBLISHED, RunState.STALE),
    RunState.STALE: (),
    RunState.PUBLISHED: (RunState.SUPERSEDED,),
    RunState.SUPERSEDED: (),
    RunState.FAILED: (),
    RunState.CANCELLED: (),
}


class MatchingRunQuerySet(LeasedQuerySet["MatchingRun"]):
    def visible_to(self, user: User) -> Self:
        """A proposal shows every school's students, so only those who decide on the round see it.

        Nobody does when the round's details are deleted: what it proposed and why is gone.
        """
        return self.filter(round__in=Round.objects.managed_by(user).filter(forgotten_at=None))

    def for_round(self, round: Round) -> Self:
        return self.filter(round=round)

    def proposals(self) -> Self:
        """Those that may be published. The others only ask what if."""
        return self.filter(base=None)


class MatchingRun(Leased):
    """One execution (fordelingsforslag): frozen input, its hash, seed, engine version, and the answer.

    `round_version` is the round's version in the frozen input; publishing compares it.

    A repair that was chosen among several has `only_moves` in its `changes`.

    With a `base` it is a what-if: the base's frozen input with `changes` made to it (see
    `placements/what_if.py`). It goes the same way as any run, and can never be published.

    With `adjusts` somebody has moved students by hand on that proposal's board, and `changes` has where
    everybody is: matching finds nobody another place, it proves and counts.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(_("number"), editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=RunState.choices, default=RunState.QUEUED
    )
    policy = ArrayField(models.CharField(max_length=40), verbose_name=_("rules"))
    seed = models.CharField(_("seed"), max_length=64)
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("starts from"),
    )
    repairs = models.BooleanField(_("repairs what is published"), default=False)
    may_worsen = models.BooleanField(_("may give a worse place"), default=False)
    base = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="what_ifs",
        verbose_name=_("what if, from"),
    )
    changes = models.JSONField(_("changes"), default=list, blank=True, editable=False)

    adjusts = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="adjusted",
        verbose_name=_("adjusted by hand, from"),
    )

    cancel_requested_at = models.DateTimeField(null=True, editable=False)
    progress_step = models.CharField(max_length=60, blank=True, editable=False)
    progress_done = models.PositiveIntegerField(default=0, editable=False)
    progress_total = models.PositiveIntegerField(default=0, editable=False)

    problem = FrozenProblemField(null=True, editable=False)
    problem_sha256 = models.CharField(
        _("hash of the input"), max_length=64, blank=True, editable=False
    )
    round_version = models.PositiveIntegerField(null=True, editable=False)
    engine_version = models.CharField(_("engine"), max_length=20, blank=True, editable=False)
    solution = models.JSONField(null=True, editable=False)
    summary = models.JSONField(null=True, editable=False)

    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = MatchingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching run")
        verbose_name_plural = _("matching runs")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"],
                condition=models.Q(base=None),
                name="run_number_once",
            ),
            models.UniqueConstraint(fields=["base", "number"], name="what_if_number_once"),
            models.CheckConstraint(
                condition=models.Q(adjusts=None)
                | (models.Q(base=None, repairs=False) & ~models.Q(changes=[])),
                name="run_adjusted_is_a_proposal",
            ),
            models.CheckConstraint(
                condition=models.Q(base=None)
                | (~models.Q(state__in=["published", "superseded"]) & ~models.Q(changes=[])),
                name="what_if_is_never_published",
            ),
            models.UniqueConstraint(fields=["id", "round"], name="run_in_round"),
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(state__in=["queued", "running"], base=None),
                name="run_one_active",
            ),
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(state="published"), name="run_one_published"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["published", "superseded"], published_at__isnull=False
                )
                | (~models.Q(state__in=["published", "superseded"]) & models.Q(published_at=None)),
                name="run_published_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["computed", "published", "superseded"])
                | models.Q(
                    problem__isnull=False, solution__isnull=False, round_version__isnull=False
                ),
                name="run_computed_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.round} #{self.number}" if self.base_id is None else f"{self.base}?{self.number}"
        )

    @property
    def only_moves(self) -> dict[UUID, UUID] | None:
        """Those a chosen repair moves, and where to; None when it is matching's to find out."""
        if self.base_id or self.adjusts_id or not self.changes:
            return None
        moves = self.changes[0]["only_moves"]
        return {UUID(candidate): UUID(slot) for candidate, slot in moves.items()}

    @property
    def by_hand(self) -> dict[UUID, UUID | None] | None:
        """Where everybody is, as adjusted on the board; None when it is matching's to find out."""
        if self.adjusts_id is None:
            return None
        places = self.changes[0]["by_hand"]
        return {UUID(who): UUID(slot) if slot else None for who, slot in places.items()}

    @property
    def moved_by_hand(self) -> list[UUID]:
        """The moves that it was adjusted by, in their order."""
        return [UUID(pk) for pk in self.changes[0]["moves"]] if self.adjusts_id else []


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(run__in=MatchingRun.objects.visible_to(user))

    def named(self) -> Self:
        """Of candidates that may be named, with them."""
        who = models.Prefetch("candidate", Candidate.objects.named())
        return self.filter(candidate__student__manual_handling=False).prefetch_related(who)


class Assignment(models.Model):
    """A place a run proposes for a candidate. Nobody but those who decide sees it; it can be thrown away."""

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="assignments")
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="assignments")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="assignments")
    rank = models.PositiveSmallIntegerField(_("wish"), null=True)
    travel_minutes = models.PositiveSmallIntegerField(_("travel, minutes"), null=True)
    pinned = models.BooleanField(_("pinned"), default=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed place")
        verbose_name_plural = _("proposed places")
        constraints = [models.UniqueConstraint(fields=["run", "candidate"], name="assignment_once")]

    def __str__(self) -> str:
        return str(self.slot)
