"""What is done to a what-if: worked out, made the round's own proposal, or thrown away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import matching, rules, what_if
from placements.actions import pins, runs
from placements.actions.runs import TASK
from placements.imagined import ADD
from placements.locks import lock_round
from placements.models import Candidate, MatchingRun, Slot
from placements.models.rounds import RoundState
from placements.models.runs import RunState
from placements.queue import wake
from placements.what_if import PIN, POLICY, Change

MOST = 20  # changes in one what-if; more than that is another round
FINISHED = (RunState.COMPUTED, RunState.STALE, RunState.PUBLISHED, RunState.SUPERSEDED)


class CannotAsk(DomainError):
    """The changes say nothing, or cannot all be made."""


class CannotAdopt(DomainError):
    """The round is not as the what-if supposes."""


def start(base: MatchingRun, changes: list[Change], *, by: User) -> MatchingRun:
    """Queue a what-if on a finished proposal, and wake a worker. Nothing in the round changes."""
    base = MatchingRun.objects.proposals().get(pk=base.pk)
    if base.state not in FINISHED:
        raise CannotAsk(_("Only a finished proposal can be asked what if."))
    if not changes:
        raise CannotAsk(_("Fill in at least one thing that is to be otherwise."))
    if len(changes) > MOST:
        raise CannotAsk(_("At most %(most)d changes at once.") % {"most": MOST})
    try:
        # Seconds in a large round, and what is frozen does not change: so before any lock is taken.
        # Places more contradict nothing; the worker finds out who could be there.
        if any(change["kind"] != ADD for change in changes):
            what_if.applied(base, changes)
    except matching.InputError as error:
        raise CannotAsk(
            _(
                "These changes do not go together. More students are kept at a place than it has"
                " room for, or somebody is sent where she may not be."
            )
        ) from error
    return _queued(base, changes, by=by)


@transaction.atomic
def _queued(base: MatchingRun, changes: list[Change], *, by: User) -> MatchingRun:
    lock_round(base.round_id)
    policy = next((c["policy"] for c in reversed(changes) if c["kind"] == POLICY), base.policy)
    number = base.what_ifs.aggregate(last=Max("number"))["last"] or 0
    run = MatchingRun.objects.create(
        round_id=base.round_id,
        base=base,
        changes=changes,
        number=number + 1,
        policy=list(policy),
        seed=base.seed,
        started_by=by,
    )
    audit.record("what_if.started", run, by=by, base=str(base.pk), number=run.number)
    wake(TASK, run.pk)
    return run


@transaction.atomic
def adopt(scenario: MatchingRun, *, by: User) -> MatchingRun:
    """Start a proposal of the round's own that is like the what-if.

    Its pins and its rules are taken over. What it supposes about places and people has to be so
    first: places are the workplaces' to give.
    """
    round = lock_round(scenario.round_id)
    for change in what_if.Words([scenario]).rows(scenario):
        if not change.is_so:
            raise CannotAdopt(_("This is not so yet: %(change)s.") % {"change": change.text})
    for change in scenario.changes:
        if change["kind"] != PIN:
            continue
        candidate = Candidate.objects.taking_part().get(pk=change["candidate"])
        if str(candidate.pinned_slot_id) != change["slot"]:
            slot = Slot.objects.get(pk=change["slot"])
            pins.pin(candidate, slot=slot, version=candidate.version, by=by)
    repairs = round.state == RoundState.PUBLISHED
    asked = any(change["kind"] == POLICY for change in scenario.changes)
    # Those who have been told of a place keep it if they can, whatever rules the what-if supposes.
    policy = rules.calm(scenario.policy) if repairs else scenario.policy
    run = runs.start(
        round,
        by=by,
        policy=policy if asked else None,
        previous=None if repairs else scenario.base,
        repairs=repairs,
    )
    audit.record("what_if.adopted", scenario, by=by, run=str(run.pk))
    return run


@transaction.atomic
def drop(scenario: MatchingRun, *, by: User) -> None:
    """Throw a what-if away. A worker that is at it finds it gone, and stops."""
    audit.record("what_if.dropped", scenario, by=by, number=scenario.number)
    MatchingRun.objects.exclude(base=None).filter(pk=scenario.pk).delete()
