"""Papers for many at once: asked for, made by a worker, kept for an hour."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements.documents import bundle, facts
from placements.documents.kinds import KINDS, Kind
from placements.lease import BundleClaim, LeaseLost, work
from placements.models import Bundle, Placement, Round
from placements.models.bundles import BundleState
from placements.models.placements import PlacementQuerySet
from placements.queue import wake
from schools.models import Student

logger = logging.getLogger(__name__)

TASK = "placements.make_bundle"
LASTS = dt.timedelta(hours=1)


class OneAtATime(DomainError):
    """She has asked for documents that are not ready yet."""


@transaction.atomic
def ask(round: Round, *, kind: Kind, placements: Sequence[Placement], by: User) -> Bundle:
    """Queue it, and wake a worker when this is committed. What she was given before makes room."""
    Bundle.objects.filter(asked_by=by, state=BundleState.READY).delete()
    try:
        with transaction.atomic():
            made = Bundle.objects.create(
                round=round, kind=kind.code, placements=[row.pk for row in placements], asked_by=by
            )
    except IntegrityError:
        raise OneAtATime(
            _("You have asked for documents that are being made. Wait for them first.")
        ) from None
    audit.record("documents.asked", round, by=by, kind=kind.code, count=made.total)
    wake(TASK, made.pk)
    return made


def hers(user: User, round: UUID) -> PlacementQuerySet:
    """Whose papers she may take: her school's students, and not all who come to where she answers."""
    taught = Student.objects.visible_to(user)
    return Placement.objects.visible_to(user).published().filter(round=round, student__in=taught)


def rows_of(made: Bundle) -> PlacementQuerySet:
    """What of it she who asked may still have: somebody may have moved, or be handled by hand, since."""
    return hers(made.asked_by, made.round_id).filter(pk__in=made.placements)


def execute(bundle_id: UUID) -> None:
    """Make it, if it is there to be made. Safe to call any number of times, anywhere."""
    claim = BundleClaim.take(bundle_id)
    if claim is None:
        BundleClaim.give_up(bundle_id)
    else:
        work(claim, _work)


def _work(claim: BundleClaim) -> None:
    made = Bundle.objects.select_related("asked_by").defer("file").filter(pk=claim.pk).first()
    if made is None:
        raise LeaseLost(f"bundle {claim.pk} is gone")
    try:
        rows = rows_of(made).select_related(*facts.RELATED)
        rows = rows.prefetch_related(bundle.REQUIREMENTS).order_by("student__sort_key", "pk")
        file = bytearray()
        for done, piece in enumerate(bundle.zipped(KINDS[made.kind], facts.of(rows)), start=1):
            file += piece
            claim.write(done=min(done, made.total))
        _end(claim, BundleState.READY, file=bytes(file))
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("bundle %s stumbled", claim.pk)
        if claim.is_last:
            _end(claim, BundleState.FAILED, error=type(error).__name__)
        else:
            claim.put_back(type(error).__name__)


def _end(claim: BundleClaim, state: str, **fields: object) -> None:
    claim.write(state=state, lease_until=None, finished_at=Now(), **fields)


def resume_stalled() -> int:
    """Make those that nobody has begun with in time, or whose worker has gone silent."""
    stalled = list(Bundle.objects.stalled().order_by("created_at").values_list("pk", flat=True))
    for pk in stalled:
        execute(pk)
    return len(stalled)


def forget_old(at: dt.datetime | None = None) -> int:
    """They are copies, and lie here no longer than it takes to fetch them."""
    old = Bundle.objects.filter(created_at__lte=(at or timezone.now()) - LASTS)
    return old.delete()[0]


def current(user: User) -> Bundle | None:
    """The one that is being made for her."""
    return Bundle.objects.visible_to(user).defer("file").waiting().first()
