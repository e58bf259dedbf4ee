"""People, what they may do, and what has been done: users, memberships, audit, mail."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.policy import Role


class Record(models.Model):
    """A row whose public name cannot be guessed: the base of everything that has an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Translated(models.Model):
    """Register text kept in each language, because an administrator edits it."""

    name_nb = models.CharField(_("name (bokmål)"), max_length=120)
    name_nn = models.CharField(_("name (nynorsk)"), max_length=120, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in bokmål."""
        from django.utils.translation import get_language

        chosen: str = getattr(self, f"name_{(get_language() or 'nb')[:2]}", "")
        return chosen or self.name_nb


class Language(models.TextChoices):
    BOKMAL = "nb", _("Bokmål")
    NYNORSK = "nn", _("Nynorsk")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str = "", **fields: Any) -> User:
        """Return a saved user without a password: everybody signs in by one-time code."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str = "", **fields: Any) -> User:
        """Return a saved administrator: there are no superusers, and no passwords."""
        for unused in ("password", "is_staff", "is_superuser"):
            fields.pop(unused, None)
        user = self.create_user(email, name, **fields)
        Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(Record, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What she may do follows from her memberships, never from flags."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=160)
    written_standard = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.BOKMAL
    )
    # Asked for only where text messages are on, and only of who wants them.
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            # With UNIQUE on the column: one person per address, however it is spelled.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower"
            ),
            # Superusers would go round the table of permissions, so there are none.
            models.CheckConstraint(
                condition=models.Q(is_superuser=False), name="user_no_superuser"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles she holds now. Read once per request."""
        if not self.is_active:
            return frozenset()
        return frozenset(
            Role(role) for role in self.memberships.current().values_list("role", flat=True)
        )

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class Membership(Record):
    """That a person holds a role. Whose rows she sees with it stands beside those rows.

    A school coordinator is named on her schools, a contact on her workplaces, a student is her own
    row: `visible_to` asks both for the role here and for the tie there.
    """

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    started_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(ended_at=None),
                name="membership_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Invitation(Record):
    """A person is asked to join with a role. The link in the mail is personal and dies when used.

    `scope_id` names the school, county, workplace or student she is invited to; the app that owns
    it ties her to it when she accepts.
    """

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=160)
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    scope_id = models.UUIDField(null=True, editable=False)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.BOKMAL)
    token_hash = models.BinaryField(max_length=32, null=True, editable=False, unique=True)
    invited_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    accepted_by = models.ForeignKey(
        User, models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "role",
                "scope_id",
                condition=models.Q(accepted_at=None, revoked_at=None),
                nulls_distinct=False,  # an administrator has no scope
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"


class CapabilityLink(Record):
    """A personal link that opens one thing without signing in: only its hash is kept.

    Abstract: each app adds the foreign key to the one thing its links open.
    """

    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    email = models.EmailField(_("sent to"), blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        abstract = True


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
        return f"{self.verb} {self.target_type}"


class AccessLog(models.Model):
    """That somebody looked at other people's data. Ids only, never names. Never changed."""

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    actor = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("who")
    )
    view = models.CharField(_("page"), max_length=80, editable=False)
    target_type = models.CharField(_("kind of thing"), max_length=64, editable=False)
    target_id = models.UUIDField(_("which"), null=True, editable=False)
    count = models.PositiveIntegerField(_("how many"), default=1, editable=False)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        indexes = [models.Index(fields=["target_type", "target_id", "at"])]

    def __str__(self) -> str:
        return f"{self.view} {self.target_type}"


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
        return str(self.key)


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
        mine = self.filter(recipient=user.email.lower(), written_at__isnull=False)
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
