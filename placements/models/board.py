"""What a coordinator moves by hand in a proposal before it is published: each move a row, undone or not."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from placements.models.capacity import Slot
from placements.models.preferences import Candidate
from placements.models.rounds import Round
from placements.models.runs import MatchingRun
from schools.identity import validate_no_identity_number


class BoardMoveQuerySet(models.QuerySet["BoardMove"]):
    def visible_to(self, user: User) -> Self:
        """As the proposal they are made in; nobody who is handled by hand."""
        seen = self.filter(run__in=MatchingRun.objects.visible_to(user))
        return seen.exclude(candidate__student__manual_handling=True)

    def standing(self) -> Self:
        """Those that are not undone."""
        return self.filter(undone_at=None)


class BoardMove(Record):
    """`before` and `after`: where she was and where she came to; none is without a place.

    The history is one line: a move gets the next number, the last that stands is undone first, and what
    was undone can be made again until another move has been made after it.
    """

    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="moves", editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", editable=False)
    before = models.ForeignKey(
        Slot, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("from")
    )
    after = models.ForeignKey(
        Slot,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("moved to"),
    )
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    made_at = models.DateTimeField(_("moved at"), db_default=Now(), editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)

    objects = BoardMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move by hand")
        verbose_name_plural = _("moves by hand")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="board_move_number_once"),
            models.CheckConstraint(
                condition=Q(before=None, after__isnull=False)
                | Q(before__isnull=False, after=None)
                | (Q(before__isnull=False, after__isnull=False) & ~Q(before=F("after"))),
                name="board_move_moves",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="board_move_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.number}"
