"""A run: queued, claimed, solved, recorded; cancelled, failed, taken over."""

import datetime as dt
import sys
from hashlib import sha256

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import AuditEvent
from placements import matching, snapshot
from placements.actions import pins, runs
from placements.lease import Claim, LeaseLost
from placements.matching import packed
from placements.models import MatchingRun
from placements.models.frozen import Frozen
from tests.placements.county import make_county, small_county

WORK = (snapshot._pairs.__code__, packed.pack.__code__)


@pytest.fixture
def county(db):
    return small_county()


def run_it(county, **options):
    run = runs.start(county.round, by=county.by, **options)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def test_a_run_places_as_many_as_it_can_and_says_how_well(county):
    run = run_it(county)
    assert run.state == "computed"
    proposed = county.proposed(run)
    assert proposed["Dina"] == "Lade"
    assert list(proposed.values()).count("Torget") == 2
    assert list(proposed.values()).count(None) == 1
    summary = run.summary
    assert (summary["placed"], summary["candidates"], summary["places"]) == (3, 4, 3)
    assert summary["ranks"] == [[1, 3]]
    assert summary["proven"] is True
    assert [level["name"] for level in summary["levels"]] == run.policy
    (hall,) = summary["shortages"]
    assert (hall["places"], hall["surplus"], len(hall["candidates"])) == (3, 1, 4)
    assert {call["slot"] for call in summary["calls"]} == {str(s.pk) for s in county.slots.values()}
    (school,) = summary["schools"]
    assert (school["of"], school["placed"], school["first"]) == (4, 3, 3)
    assert run.round_version == county.round.version
    assert run.problem_sha256 == run.problem.unpacked.sha256
    assert run.problem_sha256 == sha256(run.problem.file).hexdigest()
    assert run.engine_version == matching.ENGINE_VERSION
    assert {event.verb for event in AuditEvent.objects.filter(target_id=run.pk)} == {
        "run.started",
        "run.computed",
    }


def test_nothing_is_worked_out_while_others_wait_for_the_round(transactional_db):
    """In a large round it takes longer than the database lets a transaction stand idle."""
    county, locked = small_county(), []
    run = runs.start(county.round, by=county.by)

    def watch(frame, event, _argument):
        if event == "call" and frame.f_code in WORK:
            locked.append((frame.f_code.co_name, connection.in_atomic_block))

    sys.setprofile(watch)
    try:
        runs.execute(run.pk)
    finally:
        sys.setprofile(None)
    assert locked == [("_pairs", False), ("pack", False)]


def test_what_was_stored_as_a_file_is_read_as_before(county):
    """Runs from before problems were packed; and a file that would not be the one hashed is not given."""
    run = run_it(county)
    packed, file = run.problem.stored, run.problem.file
    MatchingRun.objects.filter(pk=run.pk).update(problem=file)
    old = MatchingRun.objects.get(pk=run.pk)
    assert old.problem.stored != packed
    assert (old.problem.file, old.problem.unpacked.sha256) == (file, run.problem_sha256)
    vars(run.problem.unpacked)["sha256"] = "0" * 64
    with pytest.raises(ValueError, match="not what was hashed"):
        assert Frozen.of(run.problem.unpacked).file


def test_running_again_on_the_same_facts_gives_the_same_answer(county):
    first, second = run_it(county), run_it(county)
    assert second.number == first.number + 1
    assert second.problem_sha256 == first.problem_sha256
    assert second.solution == first.solution


def test_a_second_one_waits_for_the_first(county):
    runs.start(county.round, by=county.by)
    with pytest.raises(runs.AlreadyRunning):
        runs.start(county.round, by=county.by)


@pytest.mark.parametrize("state", ["draft", "collecting", "open", "published", "closed"])
def test_only_a_round_in_matching_is_matched(db, state):
    county = make_county(state)
    with pytest.raises(runs.CannotStart):
        runs.start(county.round, by=county.by)


def test_more_pins_than_places_is_refused_by_name(county):
    for name in ("Anna", "Berit"):
        candidate = county.candidates[name]
        candidate.pinned_slot, candidate.pinned_by = county.slots["Torget"], county.by
        candidate.pinned_at = county.round.created_at
        candidate.save()
    county.slots["Torget"].capacity = 1
    county.slots["Torget"].save()
    with pytest.raises(runs.CannotStart, match="Torget"):
        runs.start(county.round, by=county.by)


def test_a_pin_is_kept_and_as_few_as_possible_move(county):
    first = run_it(county)
    left_out = next(name for name, place in county.proposed(first).items() if place is None)
    candidate = county.candidates[left_out]
    pins.pin(candidate, slot=county.slots["Torget"], version=candidate.version, by=county.by)
    second = run_it(county, previous=first)
    assert second.policy.index("moves") < second.policy.index("wishes:squared")
    assert county.proposed(second)[left_out] == "Torget"
    assert county.proposed(second)["Dina"] == "Lade"
    assert second.summary["moved"] == 1
    assert second.assignments.get(candidate=candidate).pinned


def test_cancelling_one_that_waits(county):
    run = runs.start(county.round, by=county.by)
    runs.cancel(run, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not run.assignments.exists()
    with pytest.raises(runs.CannotCancel):
        runs.cancel(run, by=county.by)
    assert run_it(county).state == "computed"


def test_cancelling_one_at_work_stops_it_before_its_next_step(county, monkeypatch):
    run = runs.start(county.round, by=county.by)
    freeze = runs._frozen

    def cancelled_meanwhile(claim):
        problem = freeze(claim)
        runs.cancel(run, by=county.by)
        return problem

    monkeypatch.setattr(runs, "_frozen", cancelled_meanwhile)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert run.lease_until is None
    assert not run.assignments.exists()


def test_what_fails_is_tried_three_times_and_then_failed_with_a_reason(county, monkeypatch):
    def stumble(claim):
        raise ZeroDivisionError

    monkeypatch.setattr(runs, "_compute", stumble)
    run = runs.start(county.round, by=county.by)
    states = []
    for _ in range(4):
        runs.execute(run.pk)
        run.refresh_from_db()
        states.append(run.state)
    assert states == ["queued", "queued", "failed", "failed"]
    assert (run.error, run.attempts) == ("ZeroDivisionError", 3)
    assert AuditEvent.objects.filter(target_id=run.pk, verb="run.failed").count() == 1


def test_what_the_verifier_refuses_is_not_proposed(county, monkeypatch):
    solve = matching.solve

    def cheat(problem, **options):
        solution = solve(problem, **options)
        somebody = next(iter(solution.assignments))
        rest = {c: s for c, s in solution.assignments.items() if c != somebody}
        return matching.Solution(
            assignments=rest,
            unplaced=sorted([*solution.unplaced, somebody]),
            levels=solution.levels,
            status=solution.status,
            problem_sha256=solution.problem_sha256,
        )

    monkeypatch.setattr(matching, "solve", cheat)
    run = run_it(county)
    assert run.state == "failed"
    assert "placed" in run.error
    assert not run.assignments.exists()


SECOND = dt.timedelta(seconds=1)


def over(run):
    """As if its worker had been silent for longer than its lease."""
    MatchingRun.objects.filter(pk=run.pk).update(lease_until=Now() - SECOND)


def test_only_one_claim_at_a_time_and_a_new_fence_for_each(county):
    run = runs.start(county.round, by=county.by)
    first = Claim.take(run.pk)
    assert Claim.take(run.pk) is None
    over(run)
    second = Claim.take(run.pk)
    assert (first.fence, second.fence) == (1, 2)
    with pytest.raises(LeaseLost):
        first.write(progress_done=99)
    with pytest.raises(LeaseLost):
        first.is_cancelled()
    second.write(progress_done=7)
    run.refresh_from_db()
    assert run.progress_done == 7


def test_a_second_worker_continues_with_the_same_frozen_input(county):
    run = runs.start(county.round, by=county.by)
    frozen = runs._frozen(Claim.take(run.pk))
    county.student("Sent", "Lade")  # after the freeze, and before the second worker
    over(run)
    assert runs.resume_stalled() == 1
    run.refresh_from_db()
    assert (run.state, run.attempts, run.fence) == ("computed", 2, 2)
    assert run.problem_sha256 == frozen.sha256


def test_a_silent_worker_s_run_that_was_tried_too_often_fails(county):
    run = runs.start(county.round, by=county.by)
    Claim.take(run.pk)
    MatchingRun.objects.filter(pk=run.pk).update(attempts=3)
    over(run)
    runs.resume_stalled()
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "WorkerLost")


def test_a_silent_worker_s_run_that_was_cancelled_ends(county):
    run = runs.start(county.round, by=county.by)
    Claim.take(run.pk)
    runs.cancel(run, by=county.by)
    over(run)
    runs.resume_stalled()
    run.refresh_from_db()
    assert run.state == "cancelled"
