from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import OutboxMessage, User
from accounts.prepared import prepared


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
    return sum(number for (number,) in _unread_at(user.email.lower()))


@prepared
def _unread_at(address: str) -> QuerySet[Any, Any]:
    unread = OutboxMessage.objects.addressed_to(address).filter(read_at=None).order_by()
    return unread.values("recipient").annotate(number=Count("pk")).values_list("number")
