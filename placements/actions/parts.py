"""A run in parts: given to as many workers as there are, and back in the queue when all are solved.

A part is claimed, beaten, fenced and swept as a run is. Whoever changes a part and its run locks the
run first.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import audit
from placements import matching
from placements.lease import MOST_ATTEMPTS, Claim, LeaseLost, PartClaim, work
from placements.models import MatchingRun, RunPart
from placements.models.frozen import Frozen
from placements.models.parts import PartState
from placements.models.runs import RunState
from placements.queue import wake

logger = logging.getLogger(__name__)

TASK = "placements.solve_part"
MERGE = "placements.execute"  # what a run is woken for


def answers(run_id: UUID) -> list[matching.Solution] | None:
    """Of all its parts; None if the run is not in parts, LeaseLost if some are still worked on."""
    rows = list(RunPart.objects.filter(run=run_id).order_by("number").defer("problem"))
    if any(row.state != PartState.SOLVED for row in rows):
        raise LeaseLost(f"the parts of run {run_id} are at work")
    return [matching.Solution.from_json(row.solution or b"") for row in rows] or None


def split(claim: Claim, problem: matching.Problem) -> bool:
    """Whether the run is now its parts': it fell into several large ones, and is nobody's until they
    are solved. The fence goes up, so that not even our own heartbeat takes it back."""
    found = matching.parts(problem, settings.MATCHING_PART_CANDIDATES)
    if not found:
        return False
    with transaction.atomic():
        claim.write(
            fence=F("fence") + 1,
            attempts=0,  # of the merging, from now on
            lease_until=None,
            progress_step="parts",
            progress_done=1,
            progress_total=len(found) + 3,
        )
        for number, part in enumerate(found, start=1):
            row = RunPart.objects.create(run_id=claim.pk, number=number, problem=Frozen.of(part))
            wake(TASK, row.pk)
    return True


def execute(part_id: UUID) -> None:
    """Solve a part, if it is there to be solved. Safe to call any number of times, anywhere."""
    claim = PartClaim.take(part_id)
    if claim is None:
        _end_what_is_beyond_hope(part_id)
    else:
        work(claim, _work)


def _work(claim: PartClaim) -> None:
    part = RunPart.objects.filter(pk=claim.pk).first()
    if part is None:
        raise LeaseLost(f"part {claim.pk} is gone")
    try:
        problem = part.problem.unpacked
        solution = matching.solve(problem, should_stop=claim.is_cancelled)
        _solved(claim, part.run_id, solution)
    except LeaseLost:
        raise
    except Exception as error:
        logger.exception("part %s stumbled", claim.pk)
        if claim.is_last:
            _give_up(part.run_id, type(error).__name__, via="worker")
        else:
            claim.put_back(type(error).__name__)


@transaction.atomic
def _solved(claim: PartClaim, run_id: UUID, solution: matching.Solution) -> None:
    """Write the answer down; the last one sends the run to be merged."""
    run = _locked(run_id)
    claim.write(
        state=PartState.SOLVED,
        lease_until=None,
        finished_at=Now(),
        solution=solution.canonical(),
    )
    left = RunPart.objects.filter(run=run_id).unsolved().count()
    run.progress_done = run.progress_total - 2 - left
    if not left:
        run.state = RunState.QUEUED
        wake(MERGE, run_id)
    run.save(update_fields=["progress_done", "state"])


def _locked(run_id: UUID) -> MatchingRun:
    """The run that waits for its parts; LeaseLost if it was ended."""
    run = (
        MatchingRun.objects.select_for_update(no_key=True)
        .only("state", "progress_done", "progress_total")
        .filter(pk=run_id, state=RunState.RUNNING)
        .first()
    )
    if run is None:
        raise LeaseLost(f"run {run_id} has ended")
    return run


@transaction.atomic
def _end_what_is_beyond_hope(part_id: UUID) -> None:
    """A part that one worker after the other fell silent over takes its run with it."""
    part = RunPart.objects.filter(pk=part_id).only("run").first()
    if part is None:
        return
    silent = RunPart.objects.filter(
        pk=part_id, state=PartState.RUNNING, lease_until__lt=Now(), attempts__gte=MOST_ATTEMPTS
    )
    if silent.exists():
        _give_up(part.run_id, "WorkerLost", via="sweeper")


@transaction.atomic
def _give_up(run_id: UUID, error: str, *, via: str) -> None:
    run = _locked(run_id)
    run.state, run.error, run.finished_at = RunState.FAILED, error, Now()
    run.save(update_fields=["state", "error", "finished_at"])
    audit.record(f"run.{run.state}", run, by=None, via=via)
    forget(run_id)


def forget(run_id: UUID) -> None:
    """The run has ended, one way or another. Whoever is still at a part finds it gone, and stops."""
    RunPart.objects.filter(run=run_id).delete()


def resume_stalled() -> int:
    """Do the parts that nobody has begun with in time, or whose worker has gone silent."""
    stalled = list(RunPart.objects.stalled().order_by("created_at").values_list("pk", flat=True))
    for pk in stalled:
        execute(pk)
    return len(stalled)
