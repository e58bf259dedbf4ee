"""People and what they may do: users, memberships, invitations, and links that stand for a person."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.models.base import Language, Record
from accounts.policy import Role
from accounts.prepared import prepared


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
    # When she had seen enough of the first steps. They stand on her first page until then.
    guided_at = models.DateTimeField(_("first steps put away"), null=True, editable=False)
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
        return frozenset(Role(role) for (role,) in _roles_of(self.pk))

    @cached_property
    def read_once(self) -> dict[str, Any]:
        """What the apps above have read of her, as long as this object lives: a request, a task."""
        return {}

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


@prepared
def _roles_of(user: UUID) -> models.QuerySet[Any, Any]:
    return Membership.objects.current().filter(user=user).values_list("role")


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


class AddressChange(Record):
    """Somebody wants to sign in with another address. It counts when she has opened the link sent to it.

    Not a row in allauth's own table of addresses: whoever is in that can sign in with it, verified or not.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="address_change")
    email = models.EmailField(_("new address"))
    token_hash = models.BinaryField(max_length=32, null=True, editable=False, unique=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="address_change_lower"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


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
