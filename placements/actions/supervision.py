"""A supervisor is let into one stay by a link, and out again. What she does there is done by her."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, links, outbox
from accounts.errors import DomainError
from accounts.models import User
from placements.locks import locked_placement
from placements.models import Placement, Supervisor, SupervisorLink, Workplace
from placements.models.supervision import Author

AFTERWARDS = dt.timedelta(days=30)  # for the feedback, when the days are over
VIA = "supervisor"


class CannotShare(DomainError):
    """The stay is over, or she is no supervisor there."""


def recorded(verb: str, target: models.Model, *, by: Author, **detail: Any) -> None:
    """Write the audit row: of somebody who has signed in, or of a supervisor by her link."""
    if isinstance(by, Supervisor):
        audit.record(verb, target, by=None, via=VIA, supervisor=str(by.pk), **detail)
    else:
        audit.record(verb, target, by=by, **detail)


def supervisors_of(placement: Placement) -> models.QuerySet[Supervisor]:
    """Those of the workplace, and of the hospital it is a unit of, whom a mail reaches."""
    place: Workplace | None = placement.slot.workplace
    tree: list[UUID] = []
    while place is not None:
        tree.append(place.pk)
        place = place.parent
    return Supervisor.objects.filter(workplace__in=tree, active=True).exclude(email="")


def share(
    placement: Placement, *, supervisor: Supervisor, may_agree: bool, by: User
) -> SupervisorLink:
    """Send her a link to the stay, with a new address if she has one: the old one opens nothing any more."""
    with locked_placement(placement.pk) as now:
        ends = _ends(now)
        if not now.occupies or ends <= timezone.now():
            raise CannotShare(_("This placement has ended."))
        if not supervisors_of(now).filter(pk=supervisor.pk).exists():
            raise CannotShare(_("Choose a supervisor of this workplace who has an e-mail address."))
        links.revoke(SupervisorLink.objects.filter(placement=now, supervisor=supervisor))
        _unread, link = links.mint(
            SupervisorLink,
            expires_at=ends,
            email=supervisor.email,
            placement=now,
            supervisor=supervisor,
            may_agree=may_agree,
            sent_by=by,
        )
        audit.record("supervisor.let_in", now, by=by, link=str(link.pk), may_agree=may_agree)
        outbox.enqueue(
            "supervisor_link",
            recipient=link.email,
            language=by.written_standard,
            subject_id=link.pk,
        )
    return link


@transaction.atomic
def take_back(link: SupervisorLink, *, by: User) -> None:
    """Close the link, at once."""
    if links.revoke(SupervisorLink.objects.filter(pk=link.pk)):
        audit.record("supervisor.let_out", link.placement, by=by, link=str(link.pk))


def _ends(placement: Placement) -> dt.datetime:
    last = placement.stay[-1] if placement.stay else timezone.localdate()
    midnight = dt.datetime.combine(last, dt.time(), tzinfo=timezone.get_default_timezone())
    return midnight + AFTERWARDS
