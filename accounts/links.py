"""Personal links: 256 random bits in the mail, only their SHA-256 in the database.

A link is looked up by its hash. How long that takes may tell about hashes, never about tokens, so
there is nothing to compare in constant time.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from accounts.models import CapabilityLink

Link = TypeVar("Link", bound=CapabilityLink)


def new_token() -> str:
    """A token for an address: 43 characters that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def mint(
    model: type[Link], *, expires_at: dt.datetime, email: str = "", **target: Any
) -> tuple[str, Link]:
    """Make a link to one thing. The token is returned once and never kept."""
    token = new_token()
    link = model._default_manager.create(
        token_hash=hash_of(token), expires_at=expires_at, email=email, **target
    )
    return token, link


def renew(link: CapabilityLink) -> str:
    """Give the link a new token, and close it to the one before. Called as the mail is written."""
    token = new_token()
    type(link)._default_manager.filter(pk=link.pk).update(token_hash=hash_of(token))
    return token


def find(model: type[Link], token: str, at: dt.datetime | None = None) -> Link | None:
    """The link that the token opens, unless it has expired or been revoked."""
    living = models.Q(revoked_at=None, expires_at__gt=at or timezone.now())
    return model._default_manager.filter(living, token_hash=hash_of(token)).first()


def revoke(links: models.QuerySet[Link]) -> int:
    """Close the links; return how many were open."""
    return links.filter(revoked_at=None).update(revoked_at=timezone.now())
