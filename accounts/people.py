"""What is done to people and their memberships: the only writer of `User` and `Membership`."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import AddressChange, Membership, MessageChoice, User
from accounts.policy import Role


class LastAdministratorError(DomainError):
    """Somebody must be left who can let others in."""


@transaction.atomic
def introduce(user: User, *, name: str, language: str, by: User) -> None:
    """Change what she is called, and the language of her pages."""
    User.objects.filter(pk=user.pk).update(name=name, written_standard=language)
    audit.record("user.changed", user, by=by)


@transaction.atomic
def welcome(email: str, *, name: str, language: str, role: Role, by: User) -> User:
    """Let the owner of the address sign in with the role; somebody known keeps her name and language."""
    user, is_new = User.objects.get_or_create(
        email=email.lower(), defaults={"name": name, "written_standard": language}
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(user=user, role=role, ended_at=None)
    audit.record("user.welcomed", user, by=by, role=str(role))
    return user


def guide(user: User, *, again: bool) -> None:
    """Put the first steps away, or bring them back. Like her language, it concerns nobody else."""
    User.objects.filter(pk=user.pk).update(guided_at=None if again else timezone.now())


def speak(user: User, *, language: str) -> None:
    """Change the language of her pages."""
    User.objects.filter(pk=user.pk).update(written_standard=language)


@transaction.atomic
def sign_out_everywhere(user: User, *, by: User) -> None:
    """End every session. Each is tied to the (unusable) password, so a new one ends them all."""
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(password=user.password)
    audit.record("user.signed_out", user, by=by)


@transaction.atomic
def close(user: User, *, by: User) -> None:
    """Shut a person out, at once. Her rows stay; `reopen` lets her in again."""
    if Role.ADMINISTRATOR in user.roles:
        _keep_one_administrator(besides=user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    audit.record("user.closed", user, by=by)


@transaction.atomic
def forget(user: User, *, role: Role) -> None:
    """Whom the role was all of: end it, and leave of her only what the audit refers to.

    An account with another role is somebody's who is still here, and keeps her name.
    """
    Membership.objects.current().filter(user=user, role=role).update(ended_at=timezone.now())
    if Membership.objects.current().filter(user=user).exists():
        return
    user.set_unusable_password()
    MessageChoice.objects.filter(user=user).delete()
    AddressChange.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(
        email=f"{user.pk}@forgotten.invalid",
        name="–",
        mobile="",
        password=user.password,
        is_active=False,
        last_login=None,
    )
    audit.record("user.forgotten", user, by=None, via="sweeper")


@transaction.atomic
def reopen(user: User, *, by: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.record("user.reopened", user, by=by)


@transaction.atomic
def end(membership: Membership, *, by: User) -> None:
    """End a membership: what it opened is closed at the next request."""
    if membership.role == Role.ADMINISTRATOR:
        _keep_one_administrator(besides=membership.user)
    ended = Membership.objects.filter(pk=membership.pk, ended_at=None).update(
        ended_at=timezone.now()
    )
    if ended:
        audit.record("membership.ended", membership, by=by, role=membership.role)


def _keep_one_administrator(*, besides: User) -> None:
    """Lock the administrators' memberships, so that two cannot end each other at once."""
    others = (
        Membership.objects.current()
        .filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .exclude(user=besides)
    )
    all_of_them = Membership.objects.current().filter(role=Role.ADMINISTRATOR)
    list(all_of_them.order_by("pk").select_for_update())
    if not others.exists():
        raise LastAdministratorError(
            _("The last administrator cannot leave. Invite another first.")
        )
