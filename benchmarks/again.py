"""A what-if and a repair of a round of 10,000: what somebody waits for, from the click to the answer.

    python -m benchmarks.again [--size 10000]

The round of `benchmarks.whole_run`, matched and published. Timed in one process, after a first run that
has loaded what is loaded once: the click (`what_if.start`, within the page), the work (`runs.execute`, in
a worker), the same for places at a workplace that has none; then places are closed, and the repair.
On a machine that others use, what this process itself was at work tells more than the clock.
`--profile PREFIX`
keeps cProfile's figures for each.
"""

from __future__ import annotations

import argparse
import cProfile
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.whole_run import in_a_process_of_its_own


def timed(name: str, work: Callable[[], Any], prefix: str | None) -> Any:
    profile = cProfile.Profile() if prefix else None
    begun, busy = time.perf_counter(), time.process_time()
    result = profile.runcall(work) if profile else work()
    passed, busy = time.perf_counter() - begun, time.process_time() - busy
    print(f"{name:>32}  {passed:.2f} s, {busy:.2f} of them at work in this process", flush=True)
    if profile:
        profile.dump_stats(f"{prefix}-{name.replace(' ', '-')}")
    return result


def measure(round_id: str, prefix: str | None) -> None:
    from django.utils import timezone

    from accounts.models import User
    from accounts.policy import Role
    from placements import imagined
    from placements.actions import publication, runs, what_if
    from placements.models import MatchingRun, Round, Slot, Workplace
    from tests import factories as f

    around = Round.objects.get(pk=round_id)
    by = User.objects.order_by("pk").first() or f.UserFactory(role=Role.COUNTY_COORDINATOR)
    first = runs.start(around, by=by)
    timed("the first run", lambda: runs.execute(first.pk), None)
    base = MatchingRun.objects.get(pk=first.pk)
    assert base.state == "computed", base.error
    slot = Slot.objects.filter(round=around).order_by("pk")[0]
    period = around.periods.get()
    new = Workplace.objects.create(
        name="Nytt sted", kind=Workplace.Kind.GP_OFFICE, municipality=slot.workplace.municipality
    )
    for name, change in (
        ("more places", {"kind": "capacity", "slot": str(slot.pk), "places": slot.capacity + 5}),
        ("a workplace more", imagined.at(new, period, 5)),
    ):
        begin = lambda change=change: what_if.start(base, [change], by=by)  # noqa: E731
        run = timed(f"{name}, the click", begin, prefix)
        timed(f"{name}, the work", lambda run=run: runs.execute(run.pk), prefix)
        run = MatchingRun.objects.get(pk=run.pk)
        assert run.state == "computed", run.error
        print(f"{'placed':>32}  {run.summary['placed']} for {base.summary['placed']}")
    timed("publishing", lambda: publication.publish(base, by=by), prefix)
    closed = set(around.placements.order_by("pk").values_list("pk", flat=True)[:30])
    around.placements.filter(pk__in=closed).update(
        state="withdrawn", ended_at=timezone.now(), ended_by=by, end_reason="other"
    )
    around.refresh_from_db()
    run = runs.start(around, by=by, repairs=True)
    timed("a repair", lambda: runs.execute(run.pk), prefix)
    run = MatchingRun.objects.get(pk=run.pk)
    assert run.state == "computed", run.error
    print(f"{'alternatives':>32}  {len(run.summary['repairs'])}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--profile", help="where cProfile's figures go: the beginning of the names")
    parser.add_argument("--round", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.round is None:
        more = ["--profile", options.profile] if options.profile else []
        return in_a_process_of_its_own("benchmarks.again", [options.size], *more)
    import django

    django.setup()
    measure(options.round, options.profile)
    return 0


if __name__ == "__main__":
    sys.exit(main())
