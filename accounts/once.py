"""A form that is sent twice has one effect: double click, back button, a proxy that tries again.

The form carries a key (`{% once %}`). The key is written in the same transaction as the effect; whoever
comes second is sent to where the first one went.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from accounts.models import OnceKey, User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

FIELD = "once_key"


def once(view: View) -> View:
    """Run the view's POST in one transaction, at most once per key and person.

    Only an answer that redirects counts as done: a form shown again with errors may be sent again,
    and whatever the view wrote on the way to it is rolled back.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = _key(request)
        user = request.user if isinstance(request.user, User) else None
        with transaction.atomic():
            if key is not None:
                claim, is_first = _claim(user, key)
                if not is_first:
                    return HttpResponseRedirect(claim.location or request.path)
            response = view(request, *args, **kwargs)
            done = isinstance(response, HttpResponse) and 300 <= response.status_code < 400
            if not done:
                transaction.set_rollback(True)
            elif key is not None:
                OnceKey.objects.filter(pk=claim.pk).update(
                    location=response.get("Location", "")[:400]
                )
        return response

    return cast(View, guarded)


def _claim(user: User | None, key: uuid.UUID) -> tuple[OnceKey, bool]:
    """Be the first with this key, or wait for the one who is until she is done.

    The wait is for her whole transaction, so it must outlast the usual wait for a lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        claim = OnceKey.objects.get_or_create(user=user, key=key)
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return claim


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
