"""A worker's right to work on a run, a part of one, questions about it or a package of documents:
claimed by one UPDATE, kept by a heartbeat, checked by every write.

`fence` grows with each claim. Every write of a worker says which fence it holds; one that slept too
long finds another number in the row and writes nothing. All times are the database's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from placements.models import Bundle, MatchingRun, Question, RunPart
from placements.models.leased import Leased
from placements.models.runs import RunState

logger = logging.getLogger(__name__)

LEASE_SECONDS = 60
BEAT_SECONDS = 15.0
MOST_ATTEMPTS = 3

_CLAIM = """
    UPDATE {table}
       SET state = 'running', fence = fence + 1, attempts = attempts + 1, error = '',
           lease_until = clock_timestamp() + %s * interval '1 second',
           started_at = coalesce(started_at, clock_timestamp())
     WHERE id = %s AND attempts < %s AND {wanted}
       AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
 RETURNING fence, attempts
"""
_EXTEND = """
    UPDATE {table}
       SET lease_until = clock_timestamp() + %s * interval '1 second'
     WHERE id = %s AND fence = %s AND state = 'running'
"""


class LeaseLost(Exception):
    """Another worker owns the row now, or it was ended: nothing more may be written."""


@dataclass(frozen=True)
class Claim:
    """One worker's hold on one run."""

    pk: UUID
    fence: int
    attempts: int

    model: ClassVar[type[Leased]] = MatchingRun
    wanted: ClassVar[str] = "cancel_requested_at IS NULL"

    @classmethod
    def take(cls, pk: UUID) -> Self | None:
        """Claim a row that waits, or whose worker has gone silent. None: there is nothing to do."""
        with connection.cursor() as cursor:
            cursor.execute(cls.sql(_CLAIM), [LEASE_SECONDS, pk, MOST_ATTEMPTS])
            row = cursor.fetchone()
        return cls(pk, *row) if row else None

    @classmethod
    def sql(cls, text: str) -> str:
        return text.format(table=cls.model._meta.db_table, wanted=cls.wanted)

    @classmethod
    def give_up(cls, pk: UUID) -> None:
        """One that worker after worker fell silent over is not tried again."""
        cls.model._default_manager.filter(
            pk=pk,
            state=RunState.RUNNING,
            lease_until__lt=Now(),
            attempts__gte=MOST_ATTEMPTS,
        ).update(state=RunState.FAILED, error="WorkerLost", lease_until=None, finished_at=Now())

    @property
    def is_last(self) -> bool:
        """Whether it is not tried again if it fails now."""
        return self.attempts >= MOST_ATTEMPTS

    def put_back(self, error: str) -> None:
        """For the next worker."""
        self.write(state=RunState.QUEUED, lease_until=None, error=error)

    def extend(self) -> bool:
        """Whether it is still ours."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql(_EXTEND), [LEASE_SECONDS, self.pk, self.fence])
            return bool(cursor.rowcount)

    def write(self, **fields: Any) -> None:
        """Change the row, if it is still ours; it stays locked until the transaction ends."""
        if not self._mine().update(**fields):
            raise LeaseLost(str(self))

    def is_cancelled(self) -> bool:
        """Whether somebody has asked us to stop; LeaseLost if it is not ours any more."""
        asked = self._mine().values_list("cancel_requested_at", flat=True)
        if not asked:
            raise LeaseLost(str(self))
        return asked[0] is not None

    def _mine(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(
            pk=self.pk, fence=self.fence, state=RunState.RUNNING
        )

    def __str__(self) -> str:
        return f"{self.model._meta.model_name} {self.pk}, fence {self.fence}"


@dataclass(frozen=True)
class PartClaim(Claim):
    """One worker's hold on one part of a run. A run that is cancelled has no parts any more."""

    model = RunPart
    wanted = "true"

    def is_cancelled(self) -> bool:
        if not self._mine().exists():
            raise LeaseLost(str(self))
        return False


@dataclass(frozen=True)
class QuestionClaim(Claim):
    """One worker's hold on one question. It is gone with its run, and when it is asked anew."""

    model = Question
    wanted = "true"


class Held(Protocol):
    """What a worker holds: a claim, or several."""

    def extend(self) -> bool: ...


@dataclass(frozen=True)
class Batch:
    """Several questions in one worker's hands. Those that are answered are extended no more."""

    claims: Sequence[Claim]

    def extend(self) -> bool:
        # Every one of them, also after the first that is still ours.
        return sum(claim.extend() for claim in self.claims) > 0


@dataclass(frozen=True)
class BundleClaim(Claim):
    """One worker's hold on a package of documents. Nobody can cancel one."""

    model = Bundle
    wanted = "true"


class Heartbeat(AbstractContextManager["Heartbeat"]):
    """Extends the lease from a thread with its own connection, as long as the block runs."""

    def __init__(self, claim: Held, *, every: float = BEAT_SECONDS) -> None:
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
            return self.claim.extend()
        except DatabaseError as error:
            logger.warning("heartbeat of %s: %s", self.claim, type(error).__name__)
            connection.close()
            return True


def work(claim: Held, do: Callable[[Any], None]) -> None:
    """Do it as long as the claim is ours. What was lost meanwhile is another worker's."""
    try:
        with Heartbeat(claim):
            do(claim)
    except LeaseLost as error:
        logger.warning("lost the lease: %s", error)
