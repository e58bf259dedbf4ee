"""Dated register data: numbers are text, because `0301` is not 301."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from schools.ordering import SortKey


class RegisterQuerySet(models.QuerySet):  # type: ignore[type-arg]  # shared by two models
    def current(self, on: dt.date) -> Self:
        """Those that exist on the date."""
        return self.filter(valid_from__lte=on).filter(
            models.Q(valid_to=None) | models.Q(valid_to__gt=on)
        )


class County(Record):
    """A county (fylke) as it is between two dates; it owns the schools."""

    number = models.CharField(_("number"), max_length=2, validators=[RegexValidator(r"^\d{2}$")])
    name = models.CharField(_("name"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    keep_months = models.PositiveSmallIntegerField(
        _("months to keep data about students"),
        default=12,
        validators=[MinValueValidator(3), MaxValueValidator(120)],
        help_text=_(
            "After this many months the details of a round that is over are deleted, and the names of"
            " students who have left."
        ),
    )
    coordinators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="counties",
        verbose_name=_("coordinators"),
    )

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["number", "valid_from"], name="county_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^\d{2}$"), name="county_number_form"
            ),
            models.CheckConstraint(
                condition=models.Q(keep_months__range=(3, 120)), name="county_keeps_months"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Municipality(Record):
    """A municipality (kommune) as it is between two dates. Its centre stands for where people live."""

    number = models.CharField(_("number"), max_length=4, validators=[RegexValidator(r"^\d{4}$")])
    name = models.CharField(_("name"), max_length=60)
    other_name = models.CharField(_("other official name"), max_length=60, blank=True)
    county = models.ForeignKey(
        County, models.PROTECT, related_name="municipalities", verbose_name=_("county")
    )
    centre = models.CharField(_("centre"), max_length=60, blank=True)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    sort_key = models.GeneratedField(
        expression=SortKey("name"),
        output_field=models.CharField(max_length=80, db_collation="C"),
        db_persist=True,
    )

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "valid_from"], name="municipality_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^\d{4}$"), name="municipality_number_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolBreak(Record):
    """Days without school in a county (autumn break, planning days...), half-open `[start, end)`."""

    county = models.ForeignKey(
        County, models.CASCADE, related_name="breaks", verbose_name=_("county")
    )
    name = models.CharField(_("name"), max_length=60)
    start = models.DateField(_("first day"))
    end = models.DateField(_("first day after"))

    class Meta:
        verbose_name = _("school break")
        verbose_name_plural = _("school breaks")
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="break_has_days"
            ),
            models.UniqueConstraint(fields=["county", "start", "name"], name="break_once"),
        ]

    def __str__(self) -> str:
        return self.name
