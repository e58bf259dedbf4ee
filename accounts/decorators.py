"""The mark every view carries: who may call it. A view without one does not pass the tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from accounts.models import User
from accounts.policy import Permission

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class AuthenticatedRequest(HttpRequest):
    """A request that has passed `@requires`: its user is a person."""

    user: User


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let in signed-in people who hold any of the permissions; 403 for the others.

    With no permission given, anybody signed in is let in. A GET runs in a read-only transaction,
    so that opening a page can never change anything.
    """

    def mark(view: View) -> View:
        guarded_view = _read_only_when_safe(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User) or not user.is_active:
                raise PermissionDenied
            if permissions and not any(user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            return guarded_view(request, *args, **kwargs)

        guarded.permission_mark = permissions  # type: ignore[attr-defined]  # read by the house test
        return cast(View, guarded)

    return mark


def public(view: View) -> View:
    """Let everybody in, signed in or not."""
    opened = _read_only_when_safe(view)
    opened.permission_mark = "public"  # type: ignore[attr-defined]  # read by the house test
    return cast(View, login_not_required(opened))


def _read_only_when_safe(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD", "OPTIONS"} or getattr(
            view, "writes_on_get", False
        ):
            return view(request, *args, **kwargs)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        return response

    return wrapped
