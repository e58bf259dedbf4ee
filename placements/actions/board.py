"""What is done on the board of a proposal: move, undo, redo, and make a proposal of it.

Nothing in the proposal itself changes: the moves are rows beside it. What comes of them is a run of its
own, which is verified and published like any other.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import board
from placements.actions import pins, runs
from placements.eligibility import FIRM, Eligibility, own_slots
from placements.locks import lock_round
from placements.models import BoardMove, Candidate, MatchingRun, Slot
from placements.models.rounds import RoundState
from placements.models.runs import RunState


class CannotMove(DomainError):
    """The student cannot be moved there."""


class BoardChanged(DomainError):
    """Somebody else has moved a student since the page was opened."""


def is_open(run: MatchingRun) -> bool:
    """Whether anybody may be moved: a fresh proposal that nobody has been told of."""
    return (
        run.state == RunState.COMPUTED
        and not run.repairs
        and run.base_id is None
        and run.adjusts_id is None
        and run.round.state == RoundState.MATCHING
        and run.round_version == run.round.version
    )


@transaction.atomic
def move(
    run: MatchingRun, candidate: Candidate, to: Slot | None, *, seen: str, reason: str, by: User
) -> BoardMove:
    """Put a student somewhere else, or nowhere. What nobody may decide is refused with its reason."""
    run = _locked(run, seen)
    at = board.places(run, board.standing(run))
    if candidate.pk not in at:
        raise CannotMove(_("She does not take part in this proposal."))
    before = at[candidate.pk]
    if before == (to.pk if to else None):
        raise CannotMove(_("She is there already."))
    if candidate.pinned_slot_id:
        raise CannotMove(_("She is pinned to her place. Let matching decide first."))
    if to is not None:
        _refuse(run, candidate, to, at, reason)
    number = run.moves.aggregate(last=Max("number"))["last"] or 0
    made = BoardMove.objects.create(
        run=run,
        round_id=run.round_id,
        number=number + 1,
        candidate=candidate,
        before_id=before,
        after=to,
        reason=reason,
        made_by=by,
    )
    audit.record(
        "board.moved",
        made,
        by=by,
        run=str(run.pk),
        candidate=str(candidate.pk),
        before=str(before or ""),
        after=str(to.pk) if to else "",
        reason=reason,
    )
    return made


def _refuse(
    run: MatchingRun, candidate: Candidate, to: Slot, at: board.Places, reason: str
) -> None:
    if to.round_id != run.round_id or not to.capacity:
        raise CannotMove(_("It offers no places in this period."))
    if sum(slot == to.pk for slot in at.values()) >= to.capacity:
        raise CannotMove(_("All its places are taken. Move somebody out of it first."))
    table = Eligibility(run.round, only=[candidate.pk], slots=own_slots(run.round, to.pk))
    if candidate.pk not in table.candidate_at:
        raise CannotMove(_("She does not take part in this round."))
    broken = table.rules_broken(candidate.pk, to.pk)
    for rule in broken:
        if rule in FIRM:
            raise CannotMove(pins.rule_text(rule))
    _refuse_overlap(candidate, to, at)
    if broken and not reason:
        texts = " ".join(pins.rule_text(rule) for rule in broken)
        raise CannotMove(
            _("%(rules)s Write why she is to be there all the same.") % {"rules": texts}
        )


def _refuse_overlap(candidate: Candidate, to: Slot, at: board.Places) -> None:
    """She may need two places in one round, but not on the same days."""
    others = Candidate.objects.filter(round=candidate.round_id, student=candidate.student_id)
    held = {at.get(pk) for pk in others.exclude(pk=candidate.pk).values_list("pk", flat=True)}
    days = set(to.period.days)
    for slot in Slot.objects.filter(pk__in=[pk for pk in held if pk]).select_related("period"):
        if days & set(slot.period.days):
            raise CannotMove(_("She has another place in this proposal on some of these days."))


@transaction.atomic
def undo(run: MatchingRun, *, seen: str, by: User) -> BoardMove:
    run = _locked(run, seen)
    last = run.moves.standing().order_by("-number").first()
    if last is None:
        raise CannotMove(_("There is nothing to undo."))
    last.undone_by, last.undone_at = by, Now()
    last.save(update_fields=["undone_by", "undone_at"])
    audit.record("board.undone", last, by=by, run=str(run.pk))
    return last


@transaction.atomic
def redo(run: MatchingRun, *, seen: str, by: User) -> BoardMove:
    run = _locked(run, seen)
    next_one = board.redoable(run)
    if next_one is None:
        raise CannotMove(_("There is nothing to make again."))
    next_one.undone_by = next_one.undone_at = None
    next_one.save(update_fields=["undone_by", "undone_at"])
    audit.record("board.redone", next_one, by=by, run=str(run.pk))
    return next_one


@transaction.atomic
def propose(run: MatchingRun, *, seen: str, by: User) -> MatchingRun:
    """Start the run that proves and counts what the board shows. Publishing it is as for any other."""
    run = _locked(run, seen)
    moves = board.standing(run)
    if not moves:
        raise CannotMove(_("Nobody has been moved: publish the proposal as it is."))
    proposed, now = board.places(run, []), board.places(run, moves)
    for problem in board.conflicts(run, proposed, now):
        if problem.stops:
            raise CannotMove(problem.text)
    where: dict[str, str | None] = {
        str(who): str(slot) if slot else None for who, slot in _sorted(now)
    }
    made = runs.start(
        run.round,
        by=by,
        policy=run.policy,
        previous=run.previous,
        adjusts=run,
        changes=[{"by_hand": where, "moves": [str(move.pk) for move in moves]}],
    )
    audit.record("board.proposed", made, by=by, adjusts=str(run.pk), moves=len(moves))
    return made


def _sorted(at: board.Places) -> list[tuple[UUID, UUID | None]]:
    return sorted(at.items(), key=lambda row: row[0])


def _locked(run: MatchingRun, seen: str) -> MatchingRun:
    """The proposal as it is now, with its round held: two who move at once wait for each other."""
    lock_round(run.round_id)
    now = MatchingRun.objects.select_related("round", "previous").defer("problem").get(pk=run.pk)
    if not is_open(now):
        raise CannotMove(
            _(
                "Nobody can be moved in this proposal now: it is published, or something has changed."
            )
        )
    if seen != board.token(now):
        raise BoardChanged(
            _("Somebody else has moved a student since you opened the board. Look, and move again.")
        )
    return now
