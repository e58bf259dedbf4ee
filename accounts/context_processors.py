from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import OutboxMessage, User


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page knows of the installation."""
    return {
        "DEMO": settings.DEMO,
        "SITE_URL": settings.SITE_URL,
        "unread_messages": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    """How many messages she has not opened; asked only by pages that show it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return 0
    return OutboxMessage.objects.written_to(user).filter(read_at=None).count()
