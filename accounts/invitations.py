"""Inviting people: a personal link by mail, used once, that makes a user with a role and her rows."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, outbox
from accounts.errors import DomainError
from accounts.links import hash_of, new_token
from accounts.models import Invitation, Membership, OutboxMessage, User
from accounts.policy import Permission, Role
from accounts.scopes import OFFERS

LASTS = dt.timedelta(days=14)

# What each role may invite others to be.
MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.SCHOOL_COORDINATOR: frozenset({Role.SCHOOL_COORDINATOR, Role.WORKPLACE_CONTACT}),
    Role.COUNTY_COORDINATOR: frozenset({Role.SCHOOL_COORDINATOR, Role.WORKPLACE_CONTACT}),
    Role.ADMINISTRATOR: frozenset(
        {
            Role.ADMINISTRATOR,
            Role.COUNTY_COORDINATOR,
            Role.SCHOOL_COORDINATOR,
            Role.WORKPLACE_CONTACT,
        }
    ),
}

Tie = Callable[[User, UUID], None]
TIES: dict[Role, Tie] = {}


class NotInvitedError(DomainError):
    """The link is used, too old, or taken back."""


def ties(role: Role) -> Callable[[Tie], Tie]:
    """Register what gives a person with this role her rows (school, county, workplace)."""

    def register(tie: Tie) -> Tie:
        TIES[role] = tie
        return tie

    return register


def may_invite(user: User) -> frozenset[Role]:
    """The roles she may invite others to."""
    if not user.has_perm(Permission.INVITE_PEOPLE):
        return frozenset()
    return frozenset().union(*(MAY_INVITE.get(role, frozenset()) for role in user.roles))


@transaction.atomic
def invite(
    email: str, *, name: str, role: Role, scope_id: UUID | None, language: str, by: User
) -> Invitation:
    """Invite a person; the mail with her link goes out after commit."""
    if role not in may_invite(by):
        raise DomainError(_("You cannot invite people to that role."))
    if role in OFFERS and not OFFERS[role](by).rows.filter(pk=scope_id).exists():
        raise DomainError(_("Choose what the person is to be responsible for."))
    now = timezone.now()
    Invitation.objects.filter(
        email=email.lower(), accepted_at=None, revoked_at=None, expires_at__lte=now
    ).update(revoked_at=now)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email.lower(),
                name=name,
                role=role,
                scope_id=scope_id,
                language=language,
                invited_by=by,
                expires_at=now + LASTS,
            )
    except IntegrityError as error:
        raise DomainError(_("That person already has an open invitation.")) from error
    audit.record("invitation.sent", invitation, by=by, role=str(role))
    outbox.enqueue(
        "invitation", recipient=invitation.email, language=language, subject_id=invitation.pk
    )
    return invitation


@outbox.writes("invitation", gettext_lazy("Invitation"))
def write_invitation(message: OutboxMessage) -> outbox.Letter | None:
    """Mint the link as the mail is written: only its hash is ever kept."""
    invitation = Invitation.objects.filter(
        pk=message.subject_id, accepted_at=None, revoked_at=None
    ).first()
    if invitation is None or invitation.expires_at <= timezone.now():
        return None
    token = new_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=hash_of(token))
    return outbox.Letter(
        "invitation",
        {
            "invitation": invitation,
            "url": settings.SITE_URL + reverse("invitation", args=[token]),
        },
        path=reverse("home"),
    )


def find(token: str) -> Invitation | None:
    """The open invitation that the token belongs to."""
    return Invitation.objects.filter(
        token_hash=hash_of(token), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).first()


@transaction.atomic
def accept(token: str) -> tuple[User, bool]:
    """Use the link: the person becomes a user with the role and its rows. A link works once.

    Returns the user and whether she is new. Only a new one may be signed in by the link: mails get
    forwarded, and a link must not open an account that somebody has already.
    """
    now = timezone.now()
    claimed = Invitation.objects.filter(
        token_hash=hash_of(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    if not claimed:
        raise NotInvitedError(
            _("This invitation has been used, taken back, or is too old. Ask for a new one.")
        )
    invitation = Invitation.objects.get(token_hash=hash_of(token))
    known = User.objects.filter(email=invitation.email).first()
    user = known or User.objects.create_user(
        invitation.email, invitation.name, written_standard=invitation.language
    )
    if not user.is_active:
        raise NotInvitedError(_("Your access has been closed. Ask an administrator."))
    role = Role(invitation.role)
    Membership.objects.get_or_create(user=user, role=role, ended_at=None)
    if role in TIES and invitation.scope_id:
        TIES[role](user, invitation.scope_id)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    audit.record("invitation.accepted", invitation, by=user)
    return user, known is None


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """Take an open invitation back; its link dies."""
    revoked = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if revoked:
        audit.record("invitation.revoked", invitation, by=by)
