"""People, what they may do, and what has been done: users, memberships, audit, mail."""

from accounts.models.base import Language, Record, Translated
from accounts.models.logs import AccessLog, AuditEvent, OnceKey
from accounts.models.outbox import (
    DIGEST,
    How,
    MessageChoice,
    OutboxMessage,
    OutboxMessageQuerySet,
    OutboxState,
)
from accounts.models.people import (
    AddressChange,
    CapabilityLink,
    Invitation,
    Membership,
    MembershipQuerySet,
    User,
    UserManager,
)

__all__ = [
    "DIGEST",
    "AccessLog",
    "AddressChange",
    "AuditEvent",
    "CapabilityLink",
    "How",
    "Invitation",
    "Language",
    "Membership",
    "MembershipQuerySet",
    "MessageChoice",
    "OnceKey",
    "OutboxMessage",
    "OutboxMessageQuerySet",
    "OutboxState",
    "Record",
    "Translated",
    "User",
    "UserManager",
]
