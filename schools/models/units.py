"""Units as the national register of businesses (Enhetsregisteret) has them, read in from its file."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from schools.models.schools import validate_organisation_number


class RegisteredUnit(Record):
    """A copy of one line of the register: to fill a form from, never what we know a workplace by."""

    number = models.CharField(
        _("organisation number"),
        max_length=9,
        unique=True,
        validators=[validate_organisation_number],
    )
    above = models.CharField(_("belongs to"), max_length=9, blank=True)
    name = models.CharField(_("name"), max_length=200)
    industry = models.CharField(_("industry"), max_length=10, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    municipality = models.CharField(_("municipality number"), max_length=4, blank=True)
    read_at = models.DateTimeField(_("read in"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("unit in the business register")
        verbose_name_plural = _("units in the business register")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^\d{9}$"), name="registered_unit_number_form"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
