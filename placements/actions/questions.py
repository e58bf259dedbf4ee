"""Why not there? Asked of a proposal, worked out by a worker, told to whom it is about.

A question is claimed, beaten, fenced and swept as a run is. A worker takes along others of the same run:
to begin with a round takes longer than to answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.models import User
from placements.lease import Batch, Heartbeat, LeaseLost, QuestionClaim
from placements.matching.explain import WishExplanation
from placements.models import MatchingRun, Placement, Question
from placements.models.questions import QuestionState
from placements.queue import wake
from placements.reasons import Reasons

logger = logging.getLogger(__name__)

TASK = "placements.answer"
BATCH = 20  # questions in one worker's hands
SECONDS = 60.0  # after so long the rest goes back, so that others have a turn


@transaction.atomic
def ask(run: MatchingRun, candidates: Sequence[UUID], *, by: User | None) -> None:
    """Queue a question about each, and wake a worker. Asking again changes nothing, unless it failed."""
    Question.objects.bulk_create(
        [Question(run=run, round_id=run.round_id, candidate_id=pk) for pk in candidates],
        ignore_conflicts=True,
        batch_size=1000,
    )
    mine = Question.objects.filter(run=run, candidate__in=candidates)
    mine.filter(state=QuestionState.FAILED).update(state=QuestionState.QUEUED, attempts=0, error="")
    first = mine.filter(state=QuestionState.QUEUED).first()
    if first:
        wake(TASK, first.pk)
    if by:
        audit.record("run.asked", run, by=by, candidates=len(candidates))


def ask_after_publication(reasons: Reasons, candidates: Iterable[UUID]) -> None:
    """What the published reasons leave open. Answers that came meanwhile are not in them: asked anew."""
    for run, open_questions in reasons.unanswered(candidates):
        Question.objects.filter(run=run, candidate__in=open_questions).delete()
        ask(run, open_questions, by=None)


def execute(question_id: UUID) -> None:
    """Answer a question and some more of its run. Safe to call any number of times, anywhere."""
    claims = _claims(question_id)
    if not claims:
        QuestionClaim.give_up(question_id)
        return
    with Heartbeat(Batch(claims)):
        run = MatchingRun.objects.select_related("round", "adjusts").get(questions=question_id)
        try:
            _work(run, claims)
        except Exception as error:
            logger.exception("question %s stumbled", question_id)
            _put_back(claims, type(error).__name__)
            return
    left = Question.objects.filter(run=run, state=QuestionState.QUEUED).first()
    if left:
        wake(TASK, left.pk)


def _claims(question_id: UUID) -> list[QuestionClaim]:
    first = QuestionClaim.take(question_id)
    if first is None:
        return []
    others = Question.objects.filter(
        run__questions=question_id, state=QuestionState.QUEUED
    ).values_list("pk", flat=True)
    return [first, *filter(None, map(QuestionClaim.take, others[: BATCH - 1]))]


def _work(run: MatchingRun, claims: list[QuestionClaim]) -> None:
    begun, reasons = time.monotonic(), Reasons(run)
    about = dict(Question.objects.filter(run=run).values_list("pk", "candidate"))
    asked = {about[claim.pk]: claim for claim in claims if claim.pk in about}
    for who, wishes in reasons.found_out(asked):
        _answer(asked.pop(who), run, who, wishes)
        if time.monotonic() - begun > SECONDS:
            break
    _put_back(list(asked.values()), "")


def _answer(
    claim: QuestionClaim, run: MatchingRun, who: UUID, wishes: list[WishExplanation]
) -> None:
    try:
        with transaction.atomic():
            claim.write(
                state=QuestionState.ANSWERED,
                answer=[asdict(wish) for wish in wishes],
                lease_until=None,
                finished_at=Now(),
            )
            _tell(run, who)
    except LeaseLost as error:
        logger.warning("lost the lease: %s", error)


def _tell(run: MatchingRun, who: UUID) -> None:
    """Her published placement has it from now on, also where the proposal was adjusted by hand since."""
    runs, last = [run.pk], [run.pk]
    while last := list(MatchingRun.objects.filter(adjusts__in=last).values_list("pk", flat=True)):
        runs += last
    told = Placement.objects.filter(
        candidate=who, run__in=runs, explanation__wishes__contains=[{"reason": "unknown"}]
    )
    for placement in told.select_for_update(no_key=True, of=("self",)):
        wishes = Reasons(run).explanation(who)["wishes"]
        placement.explanation = {**placement.explanation, "wishes": wishes}
        placement.save(update_fields=["explanation"])


def _put_back(claims: Iterable[QuestionClaim], error: str) -> None:
    """What is not answered waits for the next worker; not for ever where something was wrong."""
    for claim in claims:
        hopeless = error and claim.is_last
        fields = {"error": error, **({} if error else {"attempts": 0})}
        state = QuestionState.FAILED if hopeless else QuestionState.QUEUED
        try:
            claim.write(state=state, lease_until=None, **fields)
        except LeaseLost:
            continue  # answered, or asked anew


def resume_stalled() -> int:
    """Of each run that nobody is at, a batch; so that one sweep does not take for ever."""
    stalled = Question.objects.stalled().values_list("run", "pk").order_by("-created_at", "-pk")
    first = dict(stalled)
    for pk in first.values():
        execute(pk)
    return len(first)
