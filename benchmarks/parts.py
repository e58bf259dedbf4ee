"""What it gains to solve a round in parts: one task for all of it, or one for each part.

    python -m benchmarks.parts [--size 20000] [--parts 4] [--turns 3]

The round of `benchmarks.whole_run`, in as many rings of towns, too far from each other, as there are to be
parts; in a scratch database. Real Celery workers of one process each do it: one that solves it whole,
one that solves part after part, two that share the parts. Each has a run to load what is loaded once; then
the runs are timed by the clock, from the click to the recorded, verified proposal. Medians, the ratios to
solving it whole, how long each worker was at work in a run, the most memory it held, and how busy the
machine was when it began. The answers must be the same. Where something else is at the cores, only what
the workers were at work says anything.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.whole_run import generate, recorded

PATIENCE = 1_200.0  # seconds
WHOLE = 10**9  # no part is so large

Worker = subprocess.Popen[bytes]


@contextmanager
def workers(number: int, least: int) -> Iterator[list[Worker]]:
    """So many, that cut a round into parts of `least` students or more."""
    env = {**os.environ, "MATCHING_PART_CANDIDATES": str(least)}
    running: list[Worker] = []
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f"{i}.log" for i in range(number)]
        try:
            for i, path in enumerate(logs):
                command = f"{sys.executable} -m celery -A config worker --pool solo --loglevel INFO"
                command += f" --without-gossip --without-mingle -n parts{i}@%h"
                with path.open("wb") as log:
                    running.append(
                        subprocess.Popen(command.split(), env=env, stdout=log, stderr=log)
                    )
            wait(lambda: all("ready." in path.read_text() for path in logs))
            yield running
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(60)


def wait(true: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise TimeoutError("The workers did not end in time.")
        time.sleep(0.02)


def peak(process: Worker) -> int:
    """The most memory it has held, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def at_work(process: Worker) -> float:
    """Seconds of the processor until now; what it has started and waited for included."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run_once(around: Any, by: Any) -> tuple[float, dict[str, str], int]:
    """From the click to the proposal; its answer, and how many parts it was in."""
    from placements.actions import runs
    from placements.models import MatchingRun

    begun, parts = time.perf_counter(), 0
    run = runs.start(around, by=by)

    def ended() -> bool:
        nonlocal parts
        run.refresh_from_db(fields=["state"])
        parts = max(parts, run.parts.count())
        return run.state not in ("queued", "running")

    try:
        wait(ended)
    except TimeoutError as error:
        run.refresh_from_db()
        at = f"{run.state}, attempt {run.attempts}, at {run.progress_step!r} {run.error}"
        raise TimeoutError(f"It did not end in {PATIENCE:.0f} s: {at}") from error
    passed = time.perf_counter() - begun
    run = MatchingRun.objects.get(pk=run.pk)
    if run.state != "computed":
        raise RuntimeError(f"The run is {run.state}: {run.error}")
    return passed, recorded(run), parts


def measure(round_id: str, parts: int, turns: int) -> int:
    from accounts.models import User
    from placements.models import Round
    from tests import factories as f

    around = Round.objects.get(pk=round_id)
    by = User.objects.order_by("pk").first() or f.UserFactory()
    size = around.candidates.count()
    load = os.getloadavg()[0]
    print(f"{size:>9} students in {parts} parts, 60 slots each; {turns} turns")
    print(f"{'busy before it began':>36}  {load:.1f} of {os.cpu_count()} cores", flush=True)
    first, answers = 0.0, list[dict[str, str]]()
    for name, number, least, wanted in (
        ("whole, one worker", 1, WHOLE, 0),
        ("in parts, one worker", 1, size // parts // 2, parts),
        ("in parts, two workers", 2, size // parts // 2, parts),
    ):
        with workers(number, least) as running:
            run_once(around, by)
            before = [at_work(process) for process in running]
            timed = [run_once(around, by) for _ in range(turns)]
            busy = [(at_work(p) - was) / turns for p, was in zip(running, before, strict=True)]
            work = " and ".join(f"{each:.1f}" for each in busy)
            memory = " and ".join(str(peak(process)) for process in running)
        if any(each[2] != wanted for each in timed):
            print(f"{name}: in {[each[2] for each in timed]} parts, not {wanted}")
            return 1
        answers += [each[1] for each in timed]
        spent = statistics.median(each[0] for each in timed)
        first = first or spent
        print(f"{name:>36}  {spent:.2f} s, {spent / first:.2f} x", flush=True)
        print(f"{'':>36}  at work {work} s; at most {memory} MB", flush=True)
    if any(answer != answers[0] for answer in answers):
        print("Not the same answers.")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    from tests import stack

    os.environ["DEMO"] = "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STATEMENT_TIMEOUT", "5min")  # as docker-compose.yml tells the workers
    try:
        stack.start_servers()
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return measure(generate(options.size, rings=options.parts), options.parts, options.turns)
    finally:
        stack.stop_servers()


if __name__ == "__main__":
    sys.exit(main())
