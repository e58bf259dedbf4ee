"""What a load balancer and `./run` ask: is the process up, and can it do its work?"""

from collections.abc import Callable
from typing import TypeVar

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.decorators import public

View = TypeVar("View", bound=Callable[..., HttpResponse])


def without_transaction(view: View) -> View:
    """Keep `@public` from opening its read-only transaction: there may be no database to open it in."""
    view.writes_on_get = True  # type: ignore[attr-defined]  # read by accounts.decorators
    return view


@public
@never_cache
@require_safe
@without_transaction
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so that a lost database restarts nobody."""
    return HttpResponse("live\n", content_type="text/plain")


@public
@never_cache
@require_safe
@without_transaction
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers. A broker that is away is told, but stops nobody: see `placements.queue`."""
    database, broker = _database_answers(), broker_answers()
    return JsonResponse(
        {"database": database, "broker": broker, "ready": database}, status=200 if database else 503
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except Exception:  # the broker's own errors are of many classes
        return False
    return True
