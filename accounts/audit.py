"""The one way to write an audit row, and to log that somebody looked."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest

from accounts.models import AccessLog, AuditEvent, User


def record(
    verb: str, target: models.Model, *, by: User | None, via: str = "", **detail: Any
) -> None:
    """Write that `by` did `verb` to `target`, in the caller's transaction.

    `via` says by way of what when nobody was signed in ("link", "sweeper"). `detail` holds ids,
    numbers and states, never names, addresses or free text.
    """
    _event(verb, target, detail, by=by, via=via).save(force_insert=True)


def record_many(
    verb: str,
    targets: Sequence[models.Model],
    details: Sequence[dict[str, Any]] = (),
    *,
    by: User | None,
) -> None:
    """The same of many, an event each, in one go."""
    AuditEvent.objects.bulk_create(
        _event(verb, target, detail, by=by)
        for target, detail in zip(targets, details or repeat({}), strict=False)
    )


def _event(
    verb: str, target: models.Model, detail: dict[str, Any], *, by: User | None, via: str = ""
) -> AuditEvent:
    return AuditEvent(
        actor=by,
        via=via,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        detail=detail,
    )


def looked(
    request: HttpRequest,
    page: str,
    target: type[models.Model],
    what: UUID | int,
    *,
    via: str = "",
    link: UUID | None = None,
) -> None:
    """Note that the page shows other people's data: one row (its id) or a list (how many).

    For views: `audit.looked(request, "students", Student, len(page))`. A GET runs in a read-only
    transaction, so the note waits on the request; `write_looks` writes it when the answer is ready.
    Who came by a personal link is known by it: `via` says of what kind it is.
    """
    looks: list[AccessLog] = request.__dict__.setdefault("looks", [])
    look = AccessLog(view=page, target_type=target._meta.label_lower, via=via, link=link)
    if isinstance(what, UUID):
        look.target_id = what
    else:
        look.count = what
    looks.append(look)


def write_looks(request: HttpRequest, user: User | None) -> None:
    """Write what the views noted. If it cannot be written, the page is not shown."""
    looks = [look for look in request.__dict__.get("looks", []) if look.count]
    for look in looks:  # as a rule one: cheaper by itself than in a transaction of its own
        look.actor = None if look.link else user
        look.save(force_insert=True)
