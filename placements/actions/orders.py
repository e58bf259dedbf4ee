"""A workplace's own order of the students who wish for it, as told to the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements import rules
from placements.actions.rounds import touch
from placements.locks import lock_round
from placements.models import Candidate, Round, Workplace, WorkplaceOrder


@transaction.atomic
def put(
    round: Round,
    workplace: Workplace,
    order: Mapping[UUID, int],
    *,
    version: int,
    by: User,
) -> bool:
    """Let `order` (candidate -> number, 1 first) be the workplace's order; whether that is news."""
    now = lock_round(round.pk)
    if now.version != version:
        raise Conflict(_("Somebody else has changed this round since you opened it."), theirs=now)
    if now.state not in rules.CHANGEABLE:
        raise DomainError(_("The round is published: the order counts no more."))
    here = WorkplaceOrder.objects.filter(round=now, workplace=workplace)
    if dict(here.values_list("candidate", "order")) == dict(order):
        return False
    people = Candidate.objects.for_round(now).taking_part().filter(pk__in=order)
    here.delete()
    WorkplaceOrder.objects.bulk_create(
        WorkplaceOrder(round=now, candidate=who, workplace=workplace, order=order[who.pk])
        for who in people
    )
    touch(now)
    audit.record(
        "workplace.order",
        workplace,
        by=by,
        round=str(now.pk),
        order={str(who): number for who, number in order.items()},
    )
    return True
