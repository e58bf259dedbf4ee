"""Wakes a worker after commit. The row is the queue; a lost message costs seconds, never work."""

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)


def wake(task: str, pk: UUID) -> None:
    """Ask a worker to run `task` on the row, once this transaction is committed.

    A broker that does not answer is logged and no more: the sweeper finds the row.
    """

    def send() -> None:
        try:
            current_app.signature(task, args=[str(pk)]).apply_async(retry=False)
        except Exception as error:  # the broker's own errors are of many classes
            logger.warning("could not wake %s %s: %s", task, pk, type(error).__name__)

    transaction.on_commit(send)
