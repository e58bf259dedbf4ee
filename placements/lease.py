"""A worker's right to work on a run: claimed by one UPDATE, kept by a heartbeat, checked by every write.

`fence` grows with each claim. Every write of a worker says which fence it holds; one that slept too
long finds another number in the row and writes nothing. All times are the database's.
"""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import F

from placements.models import MatchingRun
from placements.models.runs import RunState

logger = logging.getLogger(__name__)

LEASE_SECONDS = 60
BEAT_SECONDS = 15.0
MOST_ATTEMPTS = 3

_CLAIM = """
    UPDATE placements_matchingrun
       SET state = 'running', fence = fence + 1, attempts = attempts + 1, error = '',
           lease_until = clock_timestamp() + %s * interval '1 second',
           started_at = coalesce(started_at, clock_timestamp())
     WHERE id = %s AND attempts < %s AND cancel_requested_at IS NULL
       AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
 RETURNING fence, attempts
"""
_EXTEND = """
    UPDATE placements_matchingrun
       SET lease_until = clock_timestamp() + %s * interval '1 second'
     WHERE id = %s AND fence = %s AND state = 'running'
"""


class LeaseLost(Exception):
    """Another worker owns the run now, or it was ended: nothing more may be written."""


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one run."""

    run_id: UUID
    fence: int
    attempts: int

    @classmethod
    def take(cls, run_id: UUID) -> Self | None:
        """Claim a run that waits, or whose worker has gone silent. None: there is nothing to do."""
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [LEASE_SECONDS, run_id, MOST_ATTEMPTS])
            row = cursor.fetchone()
        return cls(run_id, *row) if row else None

    def write(self, **fields: Any) -> None:
        """Change the run, if it is still ours; the row stays locked until the transaction ends."""
        mine = MatchingRun.objects.filter(pk=self.run_id, fence=self.fence, state=RunState.RUNNING)
        if not mine.update(**fields):
            raise LeaseLost(f"run {self.run_id}, fence {self.fence}")

    def is_cancelled(self) -> bool:
        """Whether somebody has asked us to stop; LeaseLost if it is not ours any more."""
        asked = MatchingRun.objects.filter(
            pk=self.run_id, fence=self.fence, state=RunState.RUNNING
        ).values_list(F("cancel_requested_at"), flat=True)
        if not asked:
            raise LeaseLost(f"run {self.run_id}, fence {self.fence}")
        return asked[0] is not None


class Heartbeat(AbstractContextManager["Heartbeat"]):
    """Extends the lease from a thread with its own connection, as long as the block runs."""

    def __init__(self, claim: Claim, *, every: float = BEAT_SECONDS) -> None:
        self.claim, self.every = claim, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(self.every):
                if not self._extend():
                    return
        finally:
            connection.close()

    def _extend(self) -> bool:
        """Whether to go on. A database that is away for a moment is no reason to give up."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(_EXTEND, [LEASE_SECONDS, self.claim.run_id, self.claim.fence])
                return bool(cursor.rowcount)
        except DatabaseError as error:
            logger.warning("heartbeat of run %s: %s", self.claim.run_id, type(error).__name__)
            connection.close()
            return True
