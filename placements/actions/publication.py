"""Publishing a proposal: it becomes the truth in one transaction, and each who is concerned is told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast, Coalesce, Now
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from accounts import audit
from accounts.copying import copy_rows
from accounts.errors import DomainError
from accounts.models import User
from placements import matching, notices, snapshot
from placements.actions import contacts, questions, rounds, telling
from placements.actions.placements import end, late_start, refused_by_database
from placements.locks import lock_for_placement
from placements.models import Assignment, Candidate, MatchingRun, Period, Placement, Round
from placements.models.placements import EndReason
from placements.models.rounds import RoundState
from placements.models.runs import RunState
from placements.reasons import Reasons

_FIELDS = (
    "round",
    "candidate",
    "student",
    "school",
    "slot",
    "period",
    "days",
    "starts_on",
    "run",
    "rank",
    "travel_minutes",
    "explanation",
    "pinned_by",
    "created_by",
)


class CannotPublish(DomainError):
    """This proposal cannot be published."""


class RunIsStale(CannotPublish):
    """Something the proposal depends on has changed since it was computed."""


@dataclass(frozen=True)
class Changes:
    """What publishing a run would change, with what is published now."""

    new: list[Assignment]
    moved: list[tuple[Placement, Assignment]]
    dropped: list[Placement]
    kept: list[Placement]
    unplaced: list[Candidate]  # who have not been told yet that they have no place

    @property
    def written(self) -> list[Assignment]:
        return [*self.new, *(assignment for _, assignment in self.moved)]

    @property
    def ended(self) -> list[Placement]:
        return [*(placement for placement, _ in self.moved), *self.dropped]

    def notices(self, *, students: bool = True) -> list[notices.Notice]:
        """Everybody who would be told, each once; workplaces alone, while students wait."""
        touched = [row.slot.workplace_id for row in self.written]
        touched += [row.slot.workplace_id for row in self.ended]
        told = notices.to_workplaces(touched)
        if not students:
            return told
        return [
            *notices.to_students("student_placed", (row.candidate for row in self.new)),
            *notices.to_students("student_moved", (new.candidate for _, new in self.moved)),
            *notices.to_students("student_waiting", self.unplaced),
            *told,
        ]


def changes(run: MatchingRun) -> Changes:
    """Compare what the run proposes with what is published."""
    proposed = {
        row.candidate_id: row
        for row in run.assignments.select_related("candidate__student__user")
        .prefetch_related("slot__workplace", "slot__period")
        .order_by("candidate__student__sort_key", "candidate")
    }
    current = {
        row.candidate_id: row
        for row in Placement.objects.for_round(run.round)
        .occupying()
        .select_related("candidate__student__user")
        .prefetch_related("slot__workplace", "slot__period")
    }
    first = not run.repairs
    return Changes(
        new=[row for pk, row in proposed.items() if pk not in current],
        moved=[
            (current[pk], row)
            for pk, row in proposed.items()
            if pk in current and current[pk].slot_id != row.slot_id
        ],
        dropped=[row for pk, row in current.items() if pk not in proposed],
        kept=[
            row
            for pk, row in current.items()
            if pk in proposed and proposed[pk].slot_id == row.slot_id
        ],
        unplaced=[
            candidate
            for candidate in _without(run)
            if candidate.pk not in proposed and (first or candidate.pk in current)
        ],
    )


def _without(run: MatchingRun) -> Iterable[Candidate]:
    return (
        Candidate.objects.for_round(run.round)
        .taking_part()
        .filter(pk__in=[UUID(pk) for pk in (run.solution or {}).get("unplaced", [])])
        .select_related("student__user")
    )


def publish(
    run: MatchingRun, *, by: User, students_wait_until: dt.datetime | None = None
) -> MatchingRun:
    """Make the proposal true and put the mails in the outbox. Publishing it again changes nothing.

    With `students_wait_until` workplaces are told now, and students then (`actions/telling.py`).

    A proposal computed on facts that have changed since is not published but marked as out of date.
    """
    run = MatchingRun.objects.select_related("round").get(pk=run.pk)
    # The proposal is frozen, so what takes time is done before anything is locked: to explain 10,000
    # placements takes longer than the database lets a transaction stand idle.
    reasons = Reasons(run) if run.state == RunState.COMPUTED else None
    if reasons:
        reasons.prepare(_to_be_written(run))
    try:
        with transaction.atomic(), refused_by_database():
            now, _slots = lock_for_placement(
                run.round_id,
                students=run.assignments.values("candidate__student"),
                slots=run.assignments.values("slot"),
            )
            run = MatchingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
            if run.state == RunState.PUBLISHED:
                return run
            _check(run, now, reasons)
            if students_wait_until and not run.repairs:
                telling.check(now, students_wait_until)
                now.students_wait_until = students_wait_until
            assert reasons is not None  # noqa: S101  (a computed run has been explained above)
            return _publish(run, now, reasons, by=by)
    except RunIsStale:
        _mark_stale(run, by=by)
        raise


def _to_be_written(run: MatchingRun) -> list[UUID]:
    """Whose placements are new, or at another place than what is published."""
    published = Placement.objects.for_round(run.round).occupying()
    now = set(published.values_list("candidate", "slot"))
    return [
        who for who, at in run.assignments.values_list("candidate", "slot") if (who, at) not in now
    ]


def _check(run: MatchingRun, round: Round, reasons: Reasons | None) -> None:
    if run.state == RunState.STALE:
        raise RunIsStale(_out_of_date())
    if run.state != RunState.COMPUTED or reasons is None:
        raise CannotPublish(_("Only a finished proposal can be published."))
    wanted = RoundState.PUBLISHED if run.repairs else RoundState.MATCHING
    if round.state != wanted:
        raise CannotPublish(_("The round is not waiting for this proposal any more."))
    if run.round_version != round.version:
        raise RunIsStale(_out_of_date())
    # The version is what changes with the facts; here the facts themselves are asked, and the
    # proposal is held against them by the verifier, which shares no code with the solver.
    today = snapshot.of_run(run, round)()
    if today.sha256 != run.problem_sha256:
        raise RunIsStale(_out_of_date())
    if matching.verify(today, reasons.solution) or _written(run) != reasons.solution.assignments:
        raise CannotPublish(
            _("The proposal does not pass the check before publication. Run matching again.")
        )


def _written(run: MatchingRun) -> dict[str, str]:
    """The proposal as its rows say."""
    return {
        str(candidate): str(slot)
        for candidate, slot in run.assignments.values_list("candidate", "slot")
    }


def _out_of_date() -> str:
    return _("Something has changed since this proposal was made. Run matching again; it is quick.")


def _publish(run: MatchingRun, round: Round, reasons: Reasons, *, by: User) -> MatchingRun:
    plan, waits = changes(run), round.students_wait_until is not None
    for old, _new in plan.moved:
        end(old, reason=EndReason.MOVED, by=by)
    for old in plan.dropped:
        end(old, reason=EndReason.OTHER, by=by)
    copy_rows(Placement, _FIELDS, _rows(plan.written, reasons, by=by))
    questions.ask_after_publication(reasons, [row.candidate_id for row in plan.written])
    MatchingRun.objects.for_round(round).filter(state=RunState.PUBLISHED).update(
        state=RunState.SUPERSEDED
    )
    MatchingRun.objects.filter(pk=run.pk).update(
        state=RunState.PUBLISHED, published_at=Now(), published_by=by
    )
    Round.objects.filter(pk=round.pk).update(
        state=RoundState.PUBLISHED,
        published_at=Coalesce("published_at", Now()),
        students_wait_until=round.students_wait_until,
        students_told_at=None if waits else Coalesce("students_told_at", "published_at", Now()),
    )
    rounds.touch(round)
    audit.record(
        "run.published",
        run,
        by=by,
        round=str(round.pk),
        placed=len(plan.new),
        moved=len(plan.moved),
        ended=len(plan.dropped),
        students_wait=waits,
        sha256=run.problem_sha256,
    )
    contacts.let_in({row.slot.workplace_id for row in plan.written}, by=by)
    notices.put(plan.notices(students=not waits), publication=str(run.pk))
    run.refresh_from_db()
    return run


def _rows(written: list[Assignment], reasons: Reasons, *, by: User) -> Iterator[tuple[Any, ...]]:
    """The placements, as `_FIELDS` has them. Days as PostgreSQL writes them: twenty ranges take long."""
    periods = {row.slot.period_id: row.slot.period for row in written}
    as_text = Period.objects.filter(pk__in=periods).values_list("pk", Cast("days", TextField()))
    days = dict(as_text)
    first = {pk: late_start(period) for pk, period in periods.items()}
    for row in written:
        candidate, period = row.candidate, row.slot.period_id
        yield (
            row.round_id,
            candidate.pk,
            candidate.student_id,
            candidate.school_id,
            row.slot_id,
            period,
            days[period],
            first[period],
            row.run_id,
            row.rank,
            row.travel_minutes,
            Jsonb(reasons.explanation(candidate.pk)),
            candidate.pinned_by_id if row.pinned else None,
            by.pk,
        )


@transaction.atomic
def _mark_stale(run: MatchingRun, *, by: User) -> None:
    """In a transaction of its own: the one that found out was undone."""
    stale = MatchingRun.objects.filter(pk=run.pk, state=RunState.COMPUTED)
    if stale.update(state=RunState.STALE):
        audit.record("run.stale", run, by=by)
