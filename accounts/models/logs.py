"""What has been done: the audit, who looked, and forms already sent."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts import logged
from accounts.models.people import User


class AuditEvent(models.Model):
    """One thing somebody did, written in the transaction that did it. Never changed, never deleted."""

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False, verbose_name=_("who")
    )
    via = models.CharField(_("by way of"), max_length=24, blank=True, editable=False)
    verb = models.CharField(_("what"), max_length=64, editable=False)
    target_type = models.CharField(_("kind of thing"), max_length=64, editable=False)
    target_id = models.UUIDField(_("which"), null=True, editable=False)
    detail = models.JSONField(_("detail"), default=dict, editable=False)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["target_type", "target_id", "at"])]

    def __str__(self) -> str:
        return logged.verb(self.verb)


class AccessLog(models.Model):
    """That somebody looked at other people's data. Ids only, never names. Never changed.

    Who looked has signed in, or came by a personal link: then `link` is its id, and `via` its kind.
    """

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False, verbose_name=_("who")
    )
    via = models.CharField(_("by way of"), max_length=24, blank=True, editable=False)
    link = models.UUIDField(_("which link"), null=True, editable=False)
    view = models.CharField(_("page"), max_length=80, editable=False)
    target_type = models.CharField(_("kind of thing"), max_length=64, editable=False)
    target_id = models.UUIDField(_("which"), null=True, editable=False)
    count = models.PositiveIntegerField(_("how many"), default=1, editable=False)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        indexes = [models.Index(fields=["target_type", "target_id", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor__isnull=False)
                | (models.Q(link__isnull=False) & ~models.Q(via="")),
                name="access_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return logged.page(self.view)


class OnceKey(models.Model):
    """A form that has been sent: sending it again gives the first answer instead of a second effect."""

    key = models.UUIDField(editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", null=True, editable=False)
    location = models.CharField(max_length=400, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="once_key_per_user", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.location or "–"
