"""Students moved by hand in a proposal: what is refused, undone, made again, proposed and published."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from placements import board, matching
from placements.actions import board as actions
from placements.actions import pins, publication, rounds, runs
from placements.models import BoardMove, Conflict, MatchingRun, Pairing, Quota
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    """Three places for four: Anna, Berit, Cecilie want Torget (2), Dina wants Lade (1)."""
    county = small_county()
    county.place("Heimdal", 2)
    return county


@pytest.fixture
def run(county):
    return worked_out(runs.start(county.round, by=county.by))


def worked_out(run):
    runs.execute(run.pk)
    return MatchingRun.objects.select_related("round").get(pk=run.pk)


def move(county, run, who, where, reason="", seen=None):
    candidate = county.candidates[who]
    candidate.refresh_from_db()
    return actions.move(
        run,
        candidate,
        county.slots[where] if where else None,
        seen=board.token(run) if seen is None else seen,
        reason=reason,
        by=county.by,
    )


def now(county, run):
    at = board.places(run, board.standing(run))
    name = {slot.pk: key for key, slot in county.slots.items()}
    return {who: name.get(at[one.pk]) for who, one in county.candidates.items()}


def holder(county, run, where):
    return next(who for who, at in now(county, run).items() if at == where)


def test_a_move_is_a_row_and_the_proposal_stays(county, run):
    before = county.proposed(run)
    who = holder(county, run, "Torget")
    made = move(county, run, who, None, reason="Flyttet for å gi plass")
    assert (made.number, made.before, made.after) == (1, county.slots["Torget"], None)
    assert now(county, run)[who] is None
    assert county.proposed(run) == before
    event = AuditEvent.objects.get(verb="board.moved")
    assert event.detail["reason"] == "Flyttet for å gi plass"
    assert event.actor_id == county.by.pk


def test_undo_and_redo_go_back_and_forth_until_another_move(county, run):
    start = now(county, run)
    who = holder(county, run, "Torget")
    move(county, run, who, None)
    actions.undo(run, seen=board.token(run), by=county.by)
    assert now(county, run) == start
    assert BoardMove.objects.get().undone_by == county.by
    actions.redo(run, seen=board.token(run), by=county.by)
    assert now(county, run)[who] is None
    actions.undo(run, seen=board.token(run), by=county.by)
    move(county, run, holder(county, run, "Lade"), None)
    with pytest.raises(actions.CannotMove, match="gjøre om igjen"):
        actions.redo(run, seen=board.token(run), by=county.by)


def test_a_full_place_is_refused(county, run):
    who = holder(county, run, "Lade")
    with pytest.raises(actions.CannotMove, match="Alle plassene er tatt"):
        move(county, run, who, "Torget", reason="x")
    move(county, run, holder(county, run, "Torget"), None)
    move(county, run, who, "Torget", reason="x")
    assert now(county, run)[who] == "Torget"


def test_what_nobody_may_decide_is_refused(county, run):
    who = holder(county, run, "Torget")
    Conflict.objects.create(
        student=county.candidates[who].student,
        workplace=county.slots["Heimdal"].workplace,
        registered_by=county.by,
    )
    with pytest.raises(actions.CannotMove, match="inhabilitet"):
        move(county, run, who, "Heimdal", reason="Likevel")


def test_a_rule_is_set_aside_with_a_reason_only(county, run):
    slot = county.slots["Heimdal"]
    type(slot.workplace).objects.filter(pk=slot.workplace_id).update(needs_car=True)
    who = holder(county, run, "Torget")
    type(county.candidates[who]).objects.filter(pk=county.candidates[who].pk).update(no_car=True)
    with pytest.raises(actions.CannotMove, match="uten bil"):
        move(county, run, who, "Heimdal")
    move(county, run, who, "Heimdal", reason="Far kjører")
    at = board.places(run, board.standing(run))
    texts = [row.text for row in board.conflicts(run, board.places(run, []), at)]
    assert any("uten bil" in text for text in texts), texts


def test_who_is_pinned_stays(county):
    who = county.candidates["Anna"]
    pins.pin(who, slot=county.slots["Torget"], version=who.version, by=county.by)
    run = worked_out(runs.start(county.round, by=county.by))
    with pytest.raises(actions.CannotMove, match="låst"):
        move(county, run, "Anna", None)


def test_two_at_once_the_second_is_told(county, run):
    seen = board.token(run)
    move(county, run, holder(county, run, "Torget"), None, seen=seen)
    with pytest.raises(actions.BoardChanged, match="Noen andre"):
        move(county, run, holder(county, run, "Lade"), None, seen=seen)
    assert run.moves.count() == 1


def test_a_proposal_out_of_date_has_no_board(county, run):
    rounds.touch(county.round)
    with pytest.raises(actions.CannotMove, match="noe er endret"):
        move(county, run, holder(county, run, "Torget"), None)


def test_the_adjusted_proposal_is_verified_published_and_says_what_moved(county, run):
    first = now(county, run)
    out, left = holder(county, run, "Torget"), holder(county, run, "Lade")
    move(county, run, out, None, reason="Ønsker å vente")
    move(county, run, left, "Torget", reason="Bor ved siden av")
    made = worked_out(actions.propose(run, seen=board.token(run), by=county.by))
    assert made.state == "computed", made.error
    assert made.adjusts == run
    assert county.proposed(made) == {**first, out: None, left: "Torget"}
    problem = made.problem.unpacked
    assert matching.verify(problem, matching.Solution.from_json(made.solution)) == []
    levels = {row["name"]: row["value"] for row in made.solution["levels"]}
    best = {row["name"]: row["value"] for row in run.solution["levels"]}
    assert levels["placed"] == best["placed"] + 1
    assert {row.pinned for row in made.assignments.filter(candidate=county.candidates[left])} == {
        True
    }
    publication.publish(made, by=county.by)
    assert county.placed() == {**first, out: None, left: "Torget"}


def test_what_ties_students_stops_the_proposal_but_not_the_move(county):
    one, other = sorted([county.candidates[who] for who in ("Anna", "Berit")], key=lambda c: c.pk)
    Pairing.objects.create(round=county.round, kind="together", one=one, other=other)
    run = worked_out(runs.start(county.round, by=county.by))
    at = now(county, run)
    assert at["Anna"] == at["Berit"] == "Torget"
    move(county, run, "Anna", None)
    with pytest.raises(actions.CannotMove, match="sammen"):
        actions.propose(run, seen=board.token(run), by=county.by)
    move(county, run, "Berit", None)
    made = worked_out(actions.propose(run, seen=board.token(run), by=county.by))
    assert made.state == "computed", made.error


def test_a_quota_stops_the_proposal(county):
    Quota.objects.create(round=county.round, at_least=4)
    run = worked_out(runs.start(county.round, by=county.by))
    assert None not in now(county, run).values(), run.error
    move(county, run, "Anna", None)
    with pytest.raises(actions.CannotMove, match="kvote"):
        actions.propose(run, seen=board.token(run), by=county.by)


def row(county, run, **fields):
    who = county.candidates["Anna"]
    fields = {"number": 7, "after": county.slots["Heimdal"], "before": None, **fields}
    return BoardMove.objects.create(
        run=run, round=county.round, candidate=who, made_by=county.by, **fields
    )


@pytest.mark.parametrize("twice", [True, False])
def test_a_number_once(county, run, twice):
    row(county, run)
    if not twice:
        row(county, run, number=8)
        return
    with pytest.raises(IntegrityError, match="board_move_number_once"), transaction.atomic():
        row(county, run)


def test_a_move_moves(county, run):
    with pytest.raises(IntegrityError, match="board_move_moves"), transaction.atomic():
        row(county, run, after=None)
    with pytest.raises(IntegrityError, match="board_move_moves"), transaction.atomic():
        row(county, run, before=county.slots["Heimdal"])
    row(county, run)  # the control


def test_undone_by_somebody(county, run):
    with pytest.raises(IntegrityError, match="board_move_undone"), transaction.atomic():
        row(county, run, undone_by=county.by)
    row(county, run, undone_by=county.by, undone_at=county.round.created_at)  # the control


def test_only_a_proposal_is_adjusted(county, run):
    with pytest.raises(IntegrityError, match="run_adjusted"), transaction.atomic():
        MatchingRun.objects.filter(pk=run.pk).update(adjusts=run)
    MatchingRun.objects.filter(pk=run.pk).update(
        adjusts=run, changes=[{"by_hand": {}, "moves": []}]
    )  # the control
