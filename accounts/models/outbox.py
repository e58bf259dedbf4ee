"""Mail that is to be sent and has been, and how each person wants it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Language, Record
from accounts.models.people import User

DIGEST = "digest"


class OutboxState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    UNCERTAIN = "uncertain", _("Perhaps sent")
    DROPPED = "dropped", _("No longer relevant")
    HELD = "held", _("Waits for the next summary")
    KEPT = "kept", _("Only in the list of messages")


class How(models.TextChoices):
    """How somebody wants to be told of a kind of news by mail. The list of messages has all of it."""

    NOW = "now", _("At once")
    DAILY = "daily", _("In a summary each day")
    WEEKLY = "weekly", _("In a summary each week")
    NEVER = "never", _("Not by mail")


class MessageChoice(Record):
    """What she has chosen for one topic; without a row it is a mail at once, and no text message."""

    user = models.ForeignKey(User, models.CASCADE, related_name="message_choices")
    topic = models.CharField(max_length=32, editable=False)
    how = models.CharField(_("by mail"), max_length=8, choices=How.choices, default=How.NOW)
    sms = models.BooleanField(_("by text message"), default=False)

    class Meta:
        verbose_name = _("choice of messages")
        verbose_name_plural = _("choices of messages")
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="message_choice_once"),
            models.CheckConstraint(condition=models.Q(how__in=How.values), name="message_how"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.how}"


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def written_to(self, user: User) -> Self:
        """What has been written to her, sent or not, newest first; not what is long forgotten."""
        return self.addressed_to(user.email.lower())

    def addressed_to(self, address: str) -> Self:
        mine = self.filter(recipient=address, written_at__isnull=False)
        # A summary only gathers what stands in the list already.
        return mine.exclude(subject="").exclude(kind=DIGEST).order_by("-written_at", "pk")


class OutboxMessage(Record):
    """One mail to one person about one thing: a row in the transaction that caused it, sent later.

    The text is written when it is sent, from ids, so that it is true then. `publication` tells one
    telling of the same thing from the next (a run's id, a date); the unique key makes a second
    telling of the same publication impossible.
    """

    kind = models.CharField(_("kind"), max_length=48, editable=False)
    recipient = models.EmailField(_("to"), editable=False)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.BOKMAL)
    subject_id = models.UUIDField(_("about"), editable=False)
    publication = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=OutboxState.choices, default=OutboxState.PENDING
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    next_try_at = models.DateTimeField(_("next try"), db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    error = models.CharField(_("error"), max_length=200, blank=True, editable=False)
    # As it was written, for the reader's own list. Without the keys that links in a mail may hold.
    subject = models.CharField(_("subject"), max_length=300, blank=True, editable=False)
    text = models.TextField(_("text"), blank=True, editable=False)
    path = models.CharField(max_length=200, blank=True, editable=False)
    written_at = models.DateTimeField(_("written"), null=True, editable=False)
    read_at = models.DateTimeField(_("read"), null=True, editable=False)
    digest = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="gathered"
    )
    texted_at = models.DateTimeField(_("text message sent"), null=True, editable=False)
    returned_at = models.DateTimeField(_("came back"), null=True, editable=False)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "recipient", "subject_id", "publication"], name="outbox_told_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=OutboxState.SENT, sent_at__isnull=False)
                | (~models.Q(state=OutboxState.SENT) & models.Q(sent_at=None)),
                name="outbox_sent_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(read_at=None) | models.Q(written_at__isnull=False),
                name="outbox_read_is_written",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at=None) | ~models.Q(state=OutboxState.SENT),
                name="outbox_returned_is_not_sent",
            ),
            models.CheckConstraint(
                condition=models.Q(digest=None) | ~models.Q(state__in=["pending", "sending"]),
                name="outbox_gathered_is_not_sent_alone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state__in=["pending", "sending"]),
                name="outbox_due",
            ),
            models.Index(
                fields=["next_try_at"], condition=models.Q(state="held"), name="outbox_held"
            ),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at=None, written_at__isnull=False),
                name="outbox_unread",
            ),
            models.Index(fields=["recipient", "-written_at"], name="outbox_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"
