"""What is done to a matching run: started, executed, cancelled. Publishing it is `publication.py`."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import matching, repair, rules, snapshot, what_if
from placements.actions import lottery, parts
from placements.lease import MOST_ATTEMPTS, Claim, LeaseLost, work
from placements.locks import lock_round
from placements.matching import policies
from placements.models import Candidate, MatchingRun, Round, Slot
from placements.models.frozen import Frozen
from placements.models.rounds import RoundState
from placements.models.runs import RunState
from placements.queue import wake

logger = logging.getLogger(__name__)

TASK = "placements.execute"


class AlreadyRunning(DomainError):
    """The round has a run that waits or works already."""


class CannotStart(DomainError):
    """The round is not ready to be matched."""


class CannotCancel(DomainError):
    """The run is not waiting or working any more."""


@transaction.atomic
def start(
    round: Round,
    *,
    by: User,
    policy: list[str] | None = None,
    previous: MatchingRun | None = None,
    repairs: bool = False,
    may_worsen: bool = False,
    adjusts: MatchingRun | None = None,
    changes: list[dict[str, Any]] | None = None,
) -> MatchingRun:
    """Queue a run of the round, and wake a worker when this is committed.

    The seed was sealed before the wishes were in, and is the same for every run of the round: nobody
    can choose it, or draw lots until she likes the result. With `previous` few move from what that
    run proposed; with `repairs` few move from what is published, to a worse place only if it
    `may_worsen`, and if `changes` has `only_moves` nobody else at all. With
    `adjusts` it is that proposal as moved by hand; `changes` has where everybody is.
    """
    now = lock_round(round.pk)
    _check_ready(now, repairs=repairs)
    calm = repairs or (previous is not None and policies.STABLE not in now.policy)
    number = now.runs.proposals().aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            run = MatchingRun.objects.create(
                round=now,
                number=number + 1,
                policy=policy or (rules.calm(now.policy) if calm else now.policy),
                seed=lottery.open_seed(now, by=by),
                previous=previous,
                repairs=repairs,
                may_worsen=repairs and may_worsen,
                changes=changes or [],
                adjusts=adjusts,
                started_by=by,
            )
    except IntegrityError as error:
        raise AlreadyRunning(
            _("Matching is already running for this round. Wait for it, or cancel it first.")
        ) from error
    audit.record("run.started", run, by=by, round=str(now.pk), number=run.number, repairs=repairs)
    wake(TASK, run.pk)
    return run


def _check_ready(round: Round, *, repairs: bool) -> None:
    wanted = RoundState.PUBLISHED if repairs else RoundState.MATCHING
    if round.state != wanted:
        raise CannotStart(
            _("A repair can be worked out only while the round is published.")
            if repairs
            else _("Move the round on to matching first: until then wishes may still change.")
        )
    for slot in _overfull(round):
        raise CannotStart(
            _("More students are pinned to %(workplace)s than it has places. Let one of them go.")
            % {"workplace": slot.workplace}
        )


def _overfull(round: Round) -> QuerySet[Slot]:
    """The slots with more students pinned to them than places."""
    taking_part = (
        Candidate.objects.for_round(round).taking_part().filter(pinned_slot=OuterRef("pk"))
    )
    pins = taking_part.order_by().values("pinned_slot").annotate(n=Count("pk")).values("n")
    return (
        Slot.objects.filter(round=round)
        .annotate(pins=Subquery(pins))
        .filter(pins__gt=F("capacity"))
        .select_related("workplace")
    )


def cancel(run: MatchingRun, *, by: User) -> None:
    """Stop a run: one that waits, or is its parts', at once, one that works before its next step."""
    with transaction.atomic():
        locked = MatchingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        in_parts = locked.state == RunState.RUNNING and locked.lease_until is None
        if locked.state == RunState.QUEUED or in_parts:
            locked.state, locked.finished_at = RunState.CANCELLED, Now()
            locked.save(update_fields=["state", "finished_at"])
            parts.forget(locked.pk)
        elif locked.state == RunState.RUNNING:
            locked.cancel_requested_at = Now()
            locked.save(update_fields=["cancel_requested_at"])
        else:
            raise CannotCancel(_("It has already finished."))
        audit.record("run.cancelled", locked, by=by)


def execute(run_id: UUID) -> None:
    """Do the work of a run, if it is there to be done. Safe to call any number of times, anywhere."""
    claim = Claim.take(run_id)
    if claim is None:
        _end_what_is_beyond_hope(run_id)
    else:
        work(claim, _work)


def _work(claim: Claim) -> None:
    try:
        _compute(claim)
    except LeaseLost:
        raise
    except matching.Stopped:
        _end(claim, RunState.CANCELLED)
    except matching.InputError as error:
        _end(claim, RunState.FAILED, error=str(error))
    except Exception as error:
        logger.exception("run %s stumbled", claim.pk)
        if claim.is_last:
            _end(claim, RunState.FAILED, error=type(error).__name__)
        else:
            claim.put_back(type(error).__name__)


def _end(claim: Claim, state: str, **fields: Any) -> None:
    """Take the run out of the worker's hands, and say so in the audit log."""
    with transaction.atomic():
        claim.write(state=state, lease_until=None, finished_at=Now(), **fields)
        parts.forget(claim.pk)
        run = MatchingRun.objects.only("pk").get(pk=claim.pk)
        audit.record(f"run.{state}", run, by=None, via="worker")


@transaction.atomic
def _end_what_is_beyond_hope(run_id: UUID) -> None:
    """A silent worker's run that somebody has cancelled, or that was tried too often, ends here."""
    run = (
        MatchingRun.objects.select_for_update(no_key=True)
        .filter(pk=run_id, state=RunState.RUNNING, lease_until__lt=Now())
        .first()
    )
    if run is None:
        return
    cancelled = run.cancel_requested_at is not None
    if not cancelled and run.attempts < MOST_ATTEMPTS:
        return
    run.state = RunState.CANCELLED if cancelled else RunState.FAILED
    run.error = "" if cancelled else "WorkerLost"
    run.lease_until, run.finished_at = None, Now()
    run.save(update_fields=["state", "error", "lease_until", "finished_at"])
    parts.forget(run.pk)
    audit.record(f"run.{run.state}", run, by=None, via="sweeper")


def _compute(claim: Claim) -> None:
    """Freeze the facts, solve (or leave it to parts, and merge), verify, record: no transaction."""
    problem, solved = _frozen(claim), parts.answers(claim.pk)
    if solved is None and parts.split(claim, problem):
        return

    def on_progress(level: str, done: int, total: int) -> None:
        # One step before the levels, and two after: freezing, verifying, writing down.
        claim.write(progress_step=level, progress_done=done + 1, progress_total=total + 3)

    solve = partial(matching.merge, answers=solved) if solved else matching.solve
    solution = solve(problem, on_progress=on_progress, should_stop=claim.is_cancelled)
    wrong = matching.verify(problem, solution)
    if wrong:
        _end(claim, RunState.FAILED, error="\n".join(wrong[:20]))
        logger.error("run %s did not pass the verifier: %s", claim.pk, wrong[0])
        return
    beside, best = _alternatives(claim, problem, solution), _best(problem, claim)
    if claim.is_cancelled():
        raise matching.Stopped("Stopped before the result was written.")
    _record(claim, problem, solution, beside, best)


def _best(problem: matching.Problem, claim: Claim) -> matching.Solution | None:
    """What could be without what holds students back, shown beside it: with the standard rules, where
    workplaces choose; without what ties students to each other, where something does."""
    if policies.STABLE in problem.policy:
        standard = replace(problem, policy=policies.DEFAULT)
        return matching.solve(standard, should_stop=claim.is_cancelled)
    return matching.without_rules(problem) if problem.rules else None


def _alternatives(
    claim: Claim, problem: matching.Problem, solution: matching.Solution
) -> list[repair.Alternative]:
    """What a repair could do with fewer moves; nothing for other runs, and for one already chosen."""
    run = MatchingRun.objects.only("repairs", "base", "changes").get(pk=claim.pk)
    if not run.repairs or run.only_moves is not None:
        return []
    return repair.alternatives(problem, solution, should_stop=claim.is_cancelled)


def _frozen(claim: Claim) -> matching.Problem:
    """The input as it was the first time somebody began: a second worker continues with the same."""
    run = (
        MatchingRun.objects.select_related("round", "previous", "base")
        .defer("previous__problem", "previous__solution")
        .get(pk=claim.pk)
    )
    if run.problem is not None:
        frozen: matching.Problem = run.problem.unpacked
        return frozen
    if run.base is not None:
        problem = what_if.applied(run.base, run.changes)
        _freeze(claim, problem, run.base.round_version)
        return problem
    with transaction.atomic():
        round = lock_round(run.round_id)
        work_out = snapshot.of_run(run, round)
    problem = work_out()  # nobody waits for it, and no transaction stands idle
    _freeze(claim, problem, round.version)
    return problem


def _freeze(claim: Claim, problem: matching.Problem, round_version: int | None) -> None:
    claim.write(
        problem=Frozen.of(problem),
        problem_sha256=problem.sha256,
        round_version=round_version,
        engine_version=matching.ENGINE_VERSION,
    )


def _record(
    claim: Claim,
    problem: matching.Problem,
    solution: matching.Solution,
    beside: list[repair.Alternative],
    best: matching.Solution | None,
) -> None:
    """The proposal and the state in one transaction, which begins by making sure that it is ours."""
    with transaction.atomic():
        claim.write(progress_step="writing")
        run = MatchingRun.objects.select_related("round").defer("problem").get(pk=claim.pk)
        snapshot.record(run, problem, solution, best)
        _end(
            claim,
            RunState.COMPUTED,
            solution=solution.to_json(),
            summary={**(run.summary or {}), "repairs": beside},
            progress_step="",
        )


def resume_stalled() -> int:
    """Do the runs that nobody has begun with in time, or whose worker has gone silent."""
    stalled = list(
        MatchingRun.objects.stalled().order_by("created_at").values_list("pk", flat=True)
    )
    for pk in stalled:
        execute(pk)
    return len(stalled)
