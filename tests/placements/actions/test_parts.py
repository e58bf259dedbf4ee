"""A run in parts: split, solved by anybody, merged by the last one, ended with all it has."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.models import AuditEvent
from placements import matching
from placements.actions import parts, runs
from placements.lease import LeaseLost, PartClaim
from placements.management.commands.check_invariants import broken, invariants
from placements.models import MatchingRun, RunPart
from tests import factories as f
from tests.placements.county import make_county


def two_valleys():
    """Three students for two places in each of two valleys, too far from each other."""
    county = make_county(max_travel_minutes=60)
    here, there = (
        f.MunicipalityFactory(county=county.school.county, latitude=at, longitude=10.0)
        for at in (63.0, 66.0)
    )
    for name, town in (("Torget", here), ("Lade", here), ("Fjellet", there), ("Dalen", there)):
        slot = county.place(name)
        slot.workplace.municipality = town
        slot.workplace.save()
    for name, town, wishes in (
        ("Anna", here, ("Torget", "Lade")),
        ("Berit", here, ("Torget", "Lade")),
        ("Cecilie", here, ("Torget",)),
        ("Dina", there, ("Fjellet", "Dalen")),
        ("Eva", there, ("Fjellet", "Dalen")),
        ("Frida", there, ("Dalen",)),
    ):
        student = county.student(name, *wishes).student
        student.municipality = town
        student.save()
    county.round.policy = ["placed", "wishes:squared", "travel", "lottery"]
    county.round.save()
    return county


@pytest.fixture
def county(db):
    return two_valleys()


@pytest.fixture
def small(settings):
    settings.MATCHING_PART_CANDIDATES = 3


@pytest.fixture
def in_parts(county, small):
    """A run that is its parts'."""
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.lease_until, run.parts.count()) == ("running", None, 2)
    return run


def test_the_parts_are_solved_and_the_last_one_sends_the_run_to_be_merged(county, in_parts):
    one, other = in_parts.parts.all()
    parts.execute(one.pk)
    in_parts.refresh_from_db()
    assert (in_parts.state, in_parts.progress_step) == ("running", "parts")
    runs.execute(in_parts.pk)  # woken too early
    in_parts.refresh_from_db()
    assert in_parts.state == "running"
    parts.execute(other.pk)
    in_parts.refresh_from_db()
    assert in_parts.state == "queued"
    runs.execute(in_parts.pk)
    run = MatchingRun.objects.get(pk=in_parts.pk)
    assert (run.state, run.summary["placed"], run.summary["proven"]) == ("computed", 4, True)
    assert not run.parts.exists()
    problem = run.problem.unpacked
    assert run.solution == matching.solve(problem).to_json()
    assert sorted(filter(None, county.proposed(run).values())) == sorted(county.slots)


def test_control_one_that_is_not_large_enough_is_solved_whole(county, settings):
    settings.MATCHING_PART_CANDIDATES = 4
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "computed"
    assert not RunPart.objects.exists()


def test_one_sweep_does_it_all_when_no_worker_does(county, in_parts):
    RunPart.objects.update(created_at="2020-01-01T00:00Z")
    MatchingRun.objects.update(created_at="2020-01-01T00:00Z")
    assert parts.resume_stalled() == 2
    assert runs.resume_stalled() == 1
    in_parts.refresh_from_db()
    assert in_parts.state == "computed"


def test_a_run_in_parts_stops_at_once_and_whoever_is_at_a_part_writes_nothing(county, in_parts):
    claim = PartClaim.take(in_parts.parts.first().pk)
    assert not claim.is_cancelled()
    runs.cancel(in_parts, by=county.by)
    in_parts.refresh_from_db()
    assert in_parts.state == "cancelled"
    assert not RunPart.objects.exists()
    with pytest.raises(LeaseLost):
        claim.is_cancelled()
    assert not claim.extend()
    runs.start(county.round, by=county.by)  # and another may begin


def test_the_first_workers_heartbeat_does_not_take_the_run_back(in_parts):
    from placements.lease import Claim

    assert not Claim(in_parts.pk, fence=1, attempts=1).extend()
    assert Claim(in_parts.pk, fence=in_parts.fence, attempts=1).extend()  # the control


def test_a_part_that_stumbles_is_tried_again_and_then_the_run_has_failed(in_parts):
    part = in_parts.parts.first()
    RunPart.objects.filter(pk=part.pk).update(problem=b"no problem at all")
    for attempt in (1, 2):
        parts.execute(part.pk)
        part.refresh_from_db()
        assert (part.state, part.attempts, part.error) == ("queued", attempt, "ProblemError")
    parts.execute(part.pk)
    in_parts.refresh_from_db()
    assert (in_parts.state, in_parts.error) == ("failed", "ProblemError")
    assert AuditEvent.objects.filter(verb="run.failed", target_id=in_parts.pk).exists()
    assert not RunPart.objects.exists()


def test_a_part_that_every_worker_fell_silent_over_takes_the_run_with_it(in_parts):
    part = in_parts.parts.first()
    RunPart.objects.filter(pk=part.pk).update(state="running", attempts=3, lease_until=Now())
    parts.execute(part.pk)
    in_parts.refresh_from_db()
    assert (in_parts.state, in_parts.error) == ("failed", "WorkerLost")


def test_a_silent_workers_part_is_taken_over_and_it_finds_another_fence(in_parts):
    part = in_parts.parts.first()
    sleeper = PartClaim.take(part.pk)
    assert PartClaim.take(part.pk) is None  # its lease is not over
    RunPart.objects.filter(pk=part.pk).update(lease_until=Now())
    parts.execute(part.pk)
    part.refresh_from_db()
    assert (part.state, part.attempts) == ("solved", 2)
    with pytest.raises(LeaseLost):
        sleeper.write(state="solved", solution=b"mine", lease_until=None)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "solved"}, "part_solved_has_answer"),
        ({"solution": b"{}"}, "part_solved_has_answer"),
        ({"state": "running"}, "part_running_has_lease"),
        ({"lease_until": "2026-01-01T00:00Z"}, "part_running_has_lease"),
        ({"number": 2}, "part_number_once"),
    ],
)
def test_the_database_keeps_parts_in_order(in_parts, fields, constraint):
    first = RunPart.objects.filter(pk=in_parts.parts.first().pk)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        first.update(**fields)


def test_what_cannot_be_is_found(in_parts):
    [still] = [each for each in invariants() if each.name == "I9"]
    assert broken(still) == []
    in_parts.parts.update(state="solved", solution=b"{}")
    assert [row["run"] for row in broken(still)] == [in_parts.pk]  # nobody's, and nothing to do
    MatchingRun.objects.filter(pk=in_parts.pk).update(state="failed")
    assert len(broken(still)) == 2  # parts of a run that has ended
    RunPart.objects.all().delete()
    assert broken(still) == []
