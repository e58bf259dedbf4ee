"""The practice agreement of a placement, and who has agreed to it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from placements.models.placements import Placement, placed_seen_by
from placements.models.supervision import by_one_of
from placements.models.workplaces import Supervisor


class Party(models.TextChoices):
    STUDENT = "student", pgettext_lazy("role", "Student")
    WORKPLACE = "workplace", _("Workplace")
    SCHOOL = "school", _("School")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(placed_seen_by(user, "placement__"))


class Agreement(Record):
    """The words the parties agree on, locked when the first one agrees (praksisavtale).

    A trigger keeps the words as they were; later changes of a school's texts do not reach them.
    """

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="agreement")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("locked"), db_default=Now(), editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(_("agreed by all"), null=True, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice agreement")
        verbose_name_plural = _("practice agreements")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(reminded_at=None, completed_at=None),
                name="agreement_to_remind",
            )
        ]

    def __str__(self) -> str:
        return str(self.placement)


class Consent(Record):
    """One party has pressed "I agree": who, for whom, and when. It is never changed."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="consents")
    party = models.CharField(_("party"), max_length=10, choices=Party.choices)
    name = models.CharField(_("name"), max_length=120)
    agreed_at = models.DateTimeField(_("agreed"), db_default=Now(), editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["agreed_at"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="consent_once_per_party"),
            models.CheckConstraint(
                condition=models.Q(party__in=Party.values), name="consent_party_known"
            ),
            by_one_of(("agreed_by", "supervisor"), name="consent_given_by_somebody"),
            models.CheckConstraint(
                condition=models.Q(supervisor=None) | models.Q(party="workplace"),
                name="consent_of_supervisor_is_workplaces",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_party_display())
