"""The one way to write an audit row, and to log that somebody looked."""

from typing import Any

from django.db import models

from accounts.models import AccessLog, AuditEvent, User


def record(
    verb: str, target: models.Model, *, by: User | None, via: str = "", **detail: Any
) -> None:
    """Write that `by` did `verb` to `target`, in the caller's transaction.

    `via` says by way of what when nobody was signed in ("link", "sweeper"). `detail` holds ids,
    numbers and states, never names, addresses or free text.
    """
    AuditEvent.objects.create(
        actor=by,
        via=via,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        detail=detail,
    )


def looked(
    user: User, view: str, target_type: str, *, target_id: Any = None, count: int = 1
) -> None:
    """Write that `user` saw other people's data on the page `view`."""
    AccessLog.objects.create(
        actor=user, view=view, target_type=target_type, target_id=target_id, count=count
    )
