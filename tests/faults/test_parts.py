"""A run in parts on several real workers: at the same time, and with one that is killed in the middle."""

import os
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import call_command

from config.celery import app as celery
from placements.actions import runs
from placements.models import MatchingRun, RunPart
from tests.faults.test_worker import backends_gone, is_as_good_as, lease_over, sweep
from tests.live import ROOT, _test_database
from tests.placements.actions.test_parts import two_valleys

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

NAMES = ("one", "two")


@pytest.fixture
def county():
    return two_valleys()


@pytest.fixture
def undisturbed(county):
    """The same round solved whole."""
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "computed"
    return run


@pytest.fixture
def workers(undisturbed, settings, tmp_path):
    """Starts workers by name; all are gone when the test ends."""
    settings.MATCHING_PART_CANDIDATES = 3  # of this process, for its sweeps
    celery.control.purge()
    running = {}
    env = {
        **os.environ,
        "DATABASE_URL": _test_database(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MATCHING_PART_CANDIDATES": "3",
    }

    def start(*names):
        for name in names:
            command = [sys.executable, "-m", "tests.faults.celery_worker", name, str(tmp_path)]
            with (tmp_path / f"{name}.log").open("wb") as log:
                running[name] = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        until(lambda: all("ready." in said(tmp_path, name) for name in names), tmp_path)
        return running

    yield start
    for process in running.values():
        process.kill()
        process.wait(10)
    celery.control.purge()


def said(folder, name: str) -> str:
    return (folder / f"{name}.log").read_text(errors="replace")


def until(true, folder, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            pytest.fail("\n".join(said(folder, path.stem)[-2000:] for path in folder.glob("*.log")))
        time.sleep(0.1)


def at(folder) -> list[str]:
    """Which workers stand in a part."""
    return sorted(path.name.partition("-")[0] for path in folder.glob("*-*"))


def state(run: MatchingRun) -> str:
    return MatchingRun.objects.values_list("state", flat=True).get(pk=run.pk)


def test_two_workers_solve_a_part_each_at_the_same_time(county, undisturbed, workers, tmp_path):
    workers(*NAMES)
    run = runs.start(county.round, by=county.by)
    until(lambda: len(at(tmp_path)) == 2, tmp_path)
    assert at(tmp_path) == ["one", "two"], "each is in the middle of one part"
    assert list(run.parts.values_list("state", "attempts")) == [("running", 1), ("running", 1)]
    (tmp_path / "go").touch()
    until(lambda: state(run) == "computed", tmp_path)
    is_as_good_as(run, undisturbed)
    assert not RunPart.objects.exists()
    merged = [name for name in NAMES if said(tmp_path, name).count("placements.execute") > 0]
    assert merged, "one of them merged"


def test_a_worker_killed_in_the_middle_of_its_part_is_followed_by_another(
    county, undisturbed, workers, tmp_path
):
    running = workers(*NAMES)
    run = runs.start(county.round, by=county.by)
    until(lambda: at(tmp_path) == ["one", "two"], tmp_path)
    running["two"].kill()
    running["two"].wait(10)
    backends_gone(run)
    (tmp_path / "go").touch()
    until(lambda: run.parts.filter(state="solved").count() == 1, tmp_path)
    sweep()
    time.sleep(1)
    assert state(run) == "running", (
        "the dead one's lease is not over, so its part waits: the control"
    )
    assert not run.assignments.exists()
    lost = run.parts.get(state="running")
    RunPart.objects.filter(pk=lost.pk).update(lease_until="2020-01-01T00:00Z")
    sweep()
    lease_over(run)
    sweep()
    until(lambda: state(run) == "computed", tmp_path)
    is_as_good_as(run, undisturbed)


def test_the_splitting_worker_killed_leaves_a_run_that_others_carry_on(
    county, undisturbed, workers, tmp_path
):
    """All workers die in their parts; the sweeper alone ends the run."""
    running = workers(*NAMES)
    run = runs.start(county.round, by=county.by)
    until(lambda: at(tmp_path) == ["one", "two"], tmp_path)
    for process in running.values():
        process.kill()
        process.wait(10)
    backends_gone(run)
    RunPart.objects.update(lease_until="2020-01-01T00:00Z")
    sweep()
    lease_over(run)
    sweep()
    is_as_good_as(run, undisturbed)


def test_control_one_worker_alone_solves_one_part_after_the_other(
    county, undisturbed, workers, tmp_path
):
    workers("one")
    run = runs.start(county.round, by=county.by)
    until(lambda: at(tmp_path) == ["one"], tmp_path)
    time.sleep(1)
    assert sorted(run.parts.values_list("state", flat=True)) == ["queued", "running"]
    (tmp_path / "go").touch()
    until(lambda: state(run) == "computed", tmp_path)
    assert at(tmp_path) == ["one", "one"]
    is_as_good_as(run, undisturbed)
    call_command("check_invariants", stdout=StringIO())
