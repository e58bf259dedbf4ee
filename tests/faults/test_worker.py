"""Workers that die, sleep or are cut off: no run is lost, half written, or written twice."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now

from placements.actions import publication, runs
from placements.models import Assignment, MatchingRun, Placement
from tests.faults.worker import POINTS
from tests.live import ROOT, _test_database
from tests.placements.county import small_county

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

KILLS_IN_GATE, KILLS_AT_NIGHT = 5, 100


@pytest.fixture
def county():
    return small_county()


@pytest.fixture
def undisturbed(county):
    """What a run on these facts comes to when nothing goes wrong."""
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


class Worker:
    """The worker process, standing at a point."""

    def __init__(self, run: MatchingRun, point: str, folder) -> None:
        self.go = folder / f"go-{run.pk}"
        command = [sys.executable, "-m", "tests.faults.worker", str(run.pk), point, str(self.go)]
        env = {
            **os.environ,
            "DATABASE_URL": _test_database(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        if point in POINTS:
            said = self.process.stdout.readline().strip()
            assert said == f"at {point}", said + self.process.stderr.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()

    def finish(self) -> tuple[str, str]:
        self.go.touch()
        return self.process.communicate(timeout=30)


def lease_over(run: MatchingRun) -> None:
    """As if a minute had passed since the last heartbeat."""
    rows = MatchingRun.objects.filter(pk=run.pk, state="running")
    rows.update(lease_until=Now() - dt.timedelta(seconds=1))
    waiting = MatchingRun.objects.filter(pk=run.pk, state="queued")
    waiting.update(created_at=Now() - dt.timedelta(minutes=1))


def sweep() -> None:
    call_command("sweep", once=True)


def backends_gone(run: MatchingRun) -> None:
    """Wait until PostgreSQL has rolled back what the dead process had begun."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%%' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise AssertionError("a dead worker's transaction is still open")


def is_as_good_as(run: MatchingRun, undisturbed: MatchingRun) -> None:
    run.refresh_from_db()
    assert run.state == "computed"
    assert run.problem_sha256 == undisturbed.problem_sha256
    assert run.solution == undisturbed.solution
    rows = [
        set(one.assignments.values_list("candidate", "slot", "rank", "travel_minutes", "pinned"))
        for one in (run, undisturbed)
    ]
    assert rows[0] == rows[1]
    call_command("check_invariants", stdout=StringIO())


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_anywhere_is_followed_by_another(county, undisturbed, tmp_path, point):
    run = runs.start(county.round, by=county.by)
    Worker(run, point, tmp_path).kill()
    backends_gone(run)
    run.refresh_from_db()
    assert run.state == "running"
    assert not run.assignments.exists(), "half a proposal is visible"
    sweep()
    run.refresh_from_db()
    assert run.state == "running", "its lease is not over yet"
    lease_over(run)
    sweep()
    is_as_good_as(run, undisturbed)
    assert run.attempts == 2


@pytest.mark.parametrize(
    "kills", [KILLS_IN_GATE, pytest.param(KILLS_AT_NIGHT, marks=pytest.mark.nightly)]
)
def test_a_worker_killed_at_random_times(county, undisturbed, tmp_path, kills):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    for _ in range(kills):
        run = runs.start(county.round, by=county.by)
        worker = Worker(run, "none", tmp_path)
        time.sleep(rng.uniform(0.3, 2.5))
        worker.kill()
        backends_gone(run)
        for _ in range(3):
            lease_over(run)
            sweep()
        is_as_good_as(run, undisturbed)


@pytest.mark.parametrize("point", ["claimed", "frozen", "solved", "verified"])
def test_a_worker_that_slept_past_its_lease_writes_nothing(county, undisturbed, tmp_path, point):
    run = runs.start(county.round, by=county.by)
    sleeper = Worker(run, point, tmp_path)
    os.kill(sleeper.process.pid, signal.SIGSTOP)
    lease_over(run)
    sweep()
    is_as_good_as(run, undisturbed)
    publication.publish(run, by=county.by)
    before = everything(run)
    os.kill(sleeper.process.pid, signal.SIGCONT)
    out, error = sleeper.finish()
    assert out.strip() == "done"
    assert "lost the lease" in error
    assert everything(run) == before
    call_command("check_invariants", stdout=StringIO())


def everything(run: MatchingRun):
    return (
        MatchingRun.objects.filter(pk=run.pk).values().get(),
        list(Assignment.objects.order_by("pk").values()),
        list(Placement.objects.order_by("pk").values()),
    )


def test_a_round_is_not_blocked_by_a_worker_that_sleeps_in_its_engine(
    county, undisturbed, tmp_path
):
    """The engine runs outside any transaction, so its sleep holds no row."""
    run = runs.start(county.round, by=county.by)
    sleeper = Worker(run, "frozen", tmp_path)
    os.kill(sleeper.process.pid, signal.SIGSTOP)
    started = time.monotonic()
    runs.cancel(run, by=county.by)
    assert publication.publish(undisturbed, by=county.by).state == "published"
    assert time.monotonic() - started < 2
    os.kill(sleeper.process.pid, signal.SIGCONT)
    sleeper.finish()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_broker_that_forgets_everything_costs_time_but_no_run(county):
    waiting = [runs.start(county.round, by=county.by)]
    broker(settings.CELERY_BROKER_URL).flushall()
    lease_over(waiting[0])
    sweep()
    waiting[0].refresh_from_db()
    assert waiting[0].state == "computed"


def broker(url: str) -> redis.Redis:
    path, _, number = url.removeprefix("redis+socket://").partition("?virtual_host=")
    if url.startswith("redis+socket"):
        return redis.Redis(unix_socket_path=path, db=int(number or 0))
    return redis.Redis.from_url(url)


@pytest.fixture
def broker_away():
    """Nobody answers where the broker should be; connections are made anew before and after."""
    from config.celery import app

    names = ("broker_url", "broker_write_url")
    before = {name: getattr(app.conf, name) for name in names}
    app.conf.update(dict.fromkeys(names, "redis://127.0.0.1:1/0"))
    app._after_fork()
    yield
    app.conf.update(before)
    app._after_fork()


def test_a_broker_that_is_away_does_not_keep_anybody_waiting(county, broker_away):
    started = time.monotonic()
    run = runs.start(county.round, by=county.by)
    assert time.monotonic() - started < 2
    lease_over(run)
    sweep()
    run.refresh_from_db()
    assert run.state == "computed"


def test_the_sweeper_does_what_nobody_else_does_and_stops_when_told(county, tmp_path):
    run = runs.start(county.round, by=county.by)
    lease_over(run)
    env = {**os.environ, "DATABASE_URL": _test_database(), "REDIS_URL": "redis://127.0.0.1:1/0"}
    sweeper = subprocess.Popen(
        [sys.executable, "manage.py", "sweep", "--every", "0.2"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):  # it starts with imports, slow on a busy machine
            run.refresh_from_db()
            if run.state == "computed":
                break
            time.sleep(0.1)
        assert run.state == "computed"
    finally:
        sweeper.terminate()
        ended = sweeper.wait(30)
    assert ended == 0


def test_control_without_a_sweeper_the_forgotten_run_waits(county):
    run = runs.start(county.round, by=county.by)
    broker(settings.CELERY_BROKER_URL).flushall()
    lease_over(run)
    time.sleep(1)
    run.refresh_from_db()
    assert run.state == "queued"
