"""Changing the address one signs in with: it counts when the link sent to the new one has been opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, outbox
from accounts.errors import DomainError
from accounts.links import hash_of, new_token
from accounts.models import AddressChange, OutboxMessage, User

LASTS = dt.timedelta(days=3)

Follower = Callable[[User], None]
FOLLOWERS: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Register what keeps an address of hers in another app, and changes it with her own."""
    FOLLOWERS.append(follower)
    return follower


@transaction.atomic
def ask(user: User, *, email: str, by: User) -> AddressChange:
    """Send a link to the new address. Whether it is somebody else's is not told before it is opened."""
    email = email.lower()
    if email == user.email:
        raise DomainError(_("That is the address you sign in with already."))
    AddressChange.objects.filter(user=user).delete()
    change = AddressChange.objects.create(user=user, email=email, expires_at=timezone.now() + LASTS)
    audit.record("address.asked", user, by=by)
    outbox.enqueue(
        "address_verify",
        recipient=email,
        language=user.written_standard,
        subject_id=change.pk,
    )
    return change


@transaction.atomic
def drop(user: User, *, by: User) -> None:
    """She keeps the old one after all; the link dies."""
    dropped, _rows = AddressChange.objects.filter(user=user).delete()
    if dropped:
        audit.record("address.dropped", user, by=by)


def waiting(user: User) -> AddressChange | None:
    """What she has asked for and not confirmed."""
    return AddressChange.objects.filter(user=user, expires_at__gt=timezone.now()).first()


def find(token: str, user: User) -> AddressChange | None:
    """Her own change that the token belongs to. Somebody else who got the mail by mistake finds none."""
    return AddressChange.objects.filter(
        user=user, token_hash=hash_of(token), expires_at__gt=timezone.now()
    ).first()


@transaction.atomic
def confirm(token: str, *, by: User) -> str:
    """Use the link: from now on she signs in with the new address, and the old one is told. Returns it."""
    user = User.objects.select_for_update().get(pk=by.pk)
    change = find(token, user)
    if change is None:
        raise DomainError(_("The link has been used, or is too old. Ask for a new one."))
    old = user.email
    user.email = change.email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise DomainError(
            _("Somebody else signs in with that address. Choose another, or ask an administrator.")
        ) from error
    # allauth lets in whoever reads any address in its own table, so the old one must not be there.
    EmailAddress.objects.filter(user=user).delete()
    _move_messages(old, user.email)
    for follower in FOLLOWERS:
        follower(user)
    publication = str(change.pk)
    change.delete()
    audit.record("address.changed", user, by=by)
    outbox.enqueue(
        "address_changed",
        recipient=old,
        language=user.written_standard,
        subject_id=user.pk,
        publication=publication,
    )
    return user.email


def _move_messages(old: str, new: str) -> None:
    """Her list of messages, and what is still to be sent, go with her; what is there already stays there."""
    there = OutboxMessage.objects.filter(
        recipient=new,
        kind=OuterRef("kind"),
        subject_id=OuterRef("subject_id"),
        publication=OuterRef("publication"),
    )
    OutboxMessage.objects.filter(~Exists(there), recipient=old).exclude(
        kind="address_changed"
    ).update(recipient=new)


@outbox.writes("address_verify", gettext_lazy("Is this your address? (change)"))
def write_verify(message: OutboxMessage) -> outbox.Letter | None:
    """Mint the link as the mail is written: only its hash is ever kept."""
    change = AddressChange.objects.filter(
        pk=message.subject_id, expires_at__gt=timezone.now()
    ).first()
    if change is None:
        return None
    token = new_token()
    AddressChange.objects.filter(pk=change.pk).update(token_hash=hash_of(token))
    return outbox.Letter(
        "news",
        {
            "name": change.user.get_short_name(),
            "subject": _("Is this your new address?"),
            "paragraphs": [
                _("You want to sign in to Praksisplass with this address."),
                _(
                    "Open the link in the browser where you are signed in. It works for three days, once."
                ),
                _("Was it not you? Do nothing, and nothing changes."),
            ],
            "url": settings.SITE_URL + reverse("address_confirm", args=[token]),
            "action": _("Yes, this is my address"),
        },
    )


@outbox.writes("address_changed", gettext_lazy("The address was changed"))
def write_changed(message: OutboxMessage) -> outbox.Letter | None:
    """To the old address, which must hear of it whoever did it."""
    user = User.objects.filter(pk=message.subject_id).first()
    if user is None:
        return None
    return outbox.Letter(
        "news",
        {
            "name": user.get_short_name(),
            "subject": _("You have a new address in Praksisplass"),
            "paragraphs": [
                _("From now on you sign in with another address, and we write to you there."),
                _(
                    "Was it not you? Call your coordinator or an administrator at once: your access can be"
                    " closed until it is found out."
                ),
            ],
            "url": settings.SITE_URL + reverse("home"),
            "action": _("To Praksisplass"),
        },
        path=reverse("home"),
    )
