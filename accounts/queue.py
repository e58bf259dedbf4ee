"""Wakes a worker after commit. The row is the queue; a lost message costs seconds, never work."""

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake(task: str, *args: UUID) -> None:
    """Ask a worker to run `task`, once this transaction is committed; asking twice is asking once.

    A broker that does not answer is logged and no more: the sweeper finds the row.
    """
    message = (task, [str(arg) for arg in args])

    def send() -> None:
        try:
            current_app.signature(task, args=message[1]).apply_async(retry=False)
        except Exception as error:  # the broker's own errors are of many classes
            logger.warning("could not wake %s: %s", task, type(error).__name__)

    asked = (getattr(hook[1], "wakes", None) for hook in transaction.get_connection().run_on_commit)
    if message not in asked:
        send.wakes = message  # type: ignore[attr-defined]  # so that the next one recognises it
        transaction.on_commit(send)
