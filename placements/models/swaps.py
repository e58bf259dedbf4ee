"""Two students who want each other's place: both have agreed, a coordinator decides."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from accounts.policy import Role
from placements.models.placements import Placement
from placements.models.rounds import Round, decided_by
from schools.identity import validate_no_identity_number


class SwapState(models.TextChoices):
    OFFERED = "offered", _("Waits for the other student")
    AGREED = "agreed", _("Waits for the coordinator")
    DONE = "done", pgettext_lazy("swap", "Swapped")
    DECLINED = "declined", pgettext_lazy("swap", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "Called off")


OPEN = [SwapState.OFFERED, SwapState.AGREED]


class SwapQuerySet(models.QuerySet["Swap"]):
    def visible_to(self, user: User) -> Self:
        """The two it is about, and who decides on the round; nobody while one is handled by hand."""
        seen = Q(pk=None)
        if Role.STUDENT in user.roles:
            seen |= Q(one__student__user=user) | Q(other__student__user=user)
        if user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
            seen |= decided_by(user, "round__") & Q(other__isnull=False)
        shown = Q(one__student__manual_handling=False)
        shown &= Q(other=None) | Q(other__student__manual_handling=False)
        return self.filter(shown & seen)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)


class Swap(Record):
    """`one` offers her place by a code that she shows the other; `other` has typed it and agreed."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="swaps", editable=False)
    one = models.ForeignKey(
        Placement, models.CASCADE, related_name="+", editable=False, verbose_name=_("who offers")
    )
    other = models.ForeignKey(
        Placement,
        models.CASCADE,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("who agrees"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=SwapState.choices, default=SwapState.OFFERED
    )
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    agreed_at = models.DateTimeField(_("agreed"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    answer = models.CharField(
        _("why not"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )

    objects = SwapQuerySet.as_manager()

    class Meta:
        verbose_name = _("swap")
        verbose_name_plural = _("swaps")
        constraints = [
            models.UniqueConstraint(
                fields=["one"], condition=Q(state__in=["offered", "agreed"]), name="swap_one_open"
            ),
            models.UniqueConstraint(
                fields=["other"], condition=Q(state="agreed"), name="swap_other_open"
            ),
            models.CheckConstraint(
                condition=Q(other=None) | ~Q(one=models.F("other")), name="swap_of_two"
            ),
            models.CheckConstraint(
                condition=Q(state="offered", other=None, agreed_at=None)
                | Q(state="withdrawn")
                | Q(
                    state__in=["agreed", "done", "declined"],
                    other__isnull=False,
                    agreed_at__isnull=False,
                ),
                name="swap_agreed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "declined"], decided_by__isnull=False)
                & Q(decided_at__isnull=False)
                | Q(
                    state__in=["offered", "agreed", "withdrawn"],
                    decided_by=None,
                    decided_at=None,
                    answer="",
                ),
                name="swap_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
