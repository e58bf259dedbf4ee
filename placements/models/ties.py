"""What ties the students of a round to each other: quotas of schools, and pairs of students."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from placements.models.capacity import Slot, SlotQuerySet
from placements.models.preferences import Candidate
from placements.models.rounds import Period, Round
from placements.models.workplaces import Workplace
from schools.models import Municipality, School


class QuotaQuerySet(models.QuerySet["Quota"]):
    def for_round(self, round: Round) -> Self:
        return self.filter(round=round)


class Quota(Record):
    """From `at_least` to `at_most` of a school's students (of all, without a school) at some places: a
    workplace and its units, or a municipality, in one period or in all. None named: the whole round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="quotas")
    school = models.ForeignKey(
        School,
        models.CASCADE,
        related_name="quotas",
        null=True,
        blank=True,
        verbose_name=_("school"),
    )
    workplace = models.ForeignKey(
        Workplace,
        models.CASCADE,
        related_name="quotas",
        null=True,
        blank=True,
        verbose_name=_("workplace"),
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        related_name="quotas",
        null=True,
        blank=True,
        verbose_name=_("municipality"),
    )
    period = models.ForeignKey(
        Period,
        models.CASCADE,
        related_name="quotas",
        null=True,
        blank=True,
        verbose_name=_("period"),
    )
    at_least = models.PositiveSmallIntegerField(_("at least"), default=0)
    at_most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)

    objects = QuotaQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "school", "workplace", "municipality", "period"],
                name="quota_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(at_most=None) | Q(at_most__gte=models.F("at_least")),
                name="quota_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(at_least__gt=0) | Q(at_most__isnull=False), name="quota_says_something"
            ),
            models.CheckConstraint(
                condition=Q(workplace=None) | Q(municipality=None),
                name="quota_at_one_kind_of_place",
            ),
        ]

    def __str__(self) -> str:
        limits = "–".join("" if n is None else str(n) for n in (self.at_least, self.at_most))
        return f"{self.school or self.round}: {limits}"

    def slots(self) -> SlotQuerySet:
        """The places it speaks of, those that are closed too."""
        found = Slot.objects.filter(round=self.round_id)
        if self.workplace_id:
            above = ("workplace", "workplace__parent", "workplace__parent__parent")
            mine = Q()
            for path in above:
                mine |= Q(**{path: self.workplace_id})
            found = found.filter(mine)
        if self.municipality_id:
            found = found.filter(workplace__municipality=self.municipality_id)
        return found.filter(period=self.period_id) if self.period_id else found


class PairingQuerySet(models.QuerySet["Pairing"]):
    def for_round(self, round: Round) -> Self:
        return self.filter(round=round)

    def taking_part(self) -> Self:
        """Both of the two do: who has left, or is handled by hand, appears nowhere."""
        there = Candidate.objects.taking_part()
        return self.filter(one__in=there, other__in=there)


class Pairing(Record):
    """Two students of a round who are to be at one place, or never at one workplace at one time."""

    class Kind(models.TextChoices):
        TOGETHER = "together", _("together")
        APART = "apart", _("apart")

    round = models.ForeignKey(Round, models.CASCADE, related_name="pairings", editable=False)
    kind = models.CharField(_("how"), max_length=8, choices=Kind.choices)
    one = models.ForeignKey(Candidate, models.CASCADE, related_name="+", verbose_name=_("student"))
    other = models.ForeignKey(
        Candidate, models.CASCADE, related_name="+", verbose_name=_("other student")
    )

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of students")
        verbose_name_plural = _("pairs of students")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pairing_once"),
            # The same two the other way about would be the same pair.
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="pairing_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.round})"
