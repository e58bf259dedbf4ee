"""A whole matching run, from the rows of the database to recorded, verified assignments.

    python -m benchmarks.whole_run [--sizes 10000] [--turns 3]

A made-up round in a scratch database: towns in a ring, 20 workplaces in each, every student in reach of
three towns (60 slots), 5 to 8 wishes, places for 95 %. Each turn runs it as a worker does
(`actions.runs.execute`) and then, on the same facts, what the engine did of it (`engine`): all that
`placements.matching` does in such a run, and nothing else. That is

    the problem   checked, put in order, written canonically and hashed (a solution is of that hash),
                  asked whether it falls into parts, packed to be stored
    the answer    `solve`, every level with its proof, and `verify`
    the reasons   the Hall sets and the call list of the recorded summary, and the solution as data

The whole run is held against that, at most 3 times as long; beside it stands how many times `solve` and
`verify` alone it is, which no bar is on. Then the peak memory of the process (the bar is 1 GB), and the
number of queries. Medians.

`--profile FILE` keeps a cProfile of the last run instead. Exits 1 over a bar.
"""

from __future__ import annotations

import argparse
import cProfile
import dataclasses
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

SLOTS = 20  # in each town
WITHIN = 3  # towns that a student reaches
MOST_RATIO = 3.0
MOST_MEMORY = 1_000  # MB
BATCH = 5_000
APART = 10.0  # degrees between two rings: nobody travels so far


def generate(size: int, seed: int = 1, *, rings: int = 1) -> str:
    """Rows for a round of `size` students, ready to be matched. Gives the round's id.

    With several `rings` of towns, and of their schools, it falls into as many parts."""
    from django.utils import timezone

    from placements.models import Candidate, Preference, Slot, Workplace
    from schools.models import SchoolClass, Student
    from tests import factories as f

    draw = random.Random(seed)
    county = f.CountyFactory()
    # Neighbours are 20 minutes apart, those after them 30 and more.
    towns = max(WITHIN, round(size / rings / 120))
    radius = 1 / (2 * math.sin(math.pi / towns)) * 0.0375
    homes = [
        f.MunicipalityFactory(
            county=county,
            latitude=radius * math.cos(2 * math.pi * i / towns),
            longitude=radius * math.sin(2 * math.pi * i / towns) + ring * APART,
        )
        for ring in range(rings)
        for i in range(towns)
    ]
    schools = [
        f.SchoolFactory(municipality=homes[i % rings * towns + i // rings % towns])
        for i in range(40)
    ]
    around = f.RoundFactory(
        county=county, state="matching", schools=schools, max_wishes=8, max_travel_minutes=25
    )
    period = f.PeriodFactory(round=around)
    classes = [
        SchoolClass(school=school, programme=f.ProgrammeFactory(), name=f"3HS{n}", school_year=2026)
        for school in schools
        for n in range(10)
    ]
    SchoolClass.objects.bulk_create(classes)
    workplaces = [
        Workplace(name=f"Sted {i}", kind=Workplace.Kind.GP_OFFICE, municipality=homes[i // SLOTS])
        for i in range(len(homes) * SLOTS)
    ]
    Workplace.objects.bulk_create(workplaces)
    room = [1] * len(workplaces)
    for _ in range(max(0, int(0.95 * size) - len(room))):
        room[draw.randrange(len(room))] += 1
    Slot.objects.bulk_create(
        Slot(round=around, period=period, workplace=workplace, capacity=capacity)
        for workplace, capacity in zip(workplaces, room, strict=True)
    )
    of_ring = [
        [group for group in classes if group.school in schools[i::rings]] for i in range(rings)
    ]
    students, candidates, wishes = [], [], []
    for i in range(size):
        ring, home = i % rings, i // rings % towns
        group = of_ring[ring][i // rings % len(of_ring[ring])]
        name = f"elev{i}@skole.example.no"
        students.append(
            Student(
                school=group.school,
                school_class=group,
                municipality=homes[ring * towns + home],
                external_id=name,
                given_name=f"Elev{i}",
                family_name="Elev",
                email=name,
            )
        )
        candidates.append(
            Candidate(
                round=around,
                student=students[-1],
                school=group.school,
                wishes_state="sent",
                wishes_sent_at=timezone.now(),
            )
        )
        near = [
            (ring * towns + (home + d) % towns) * SLOTS + n
            for d in (-1, 0, 1)
            for n in range(SLOTS)
        ]
        wishes += [
            Preference(candidate=candidates[-1], workplace=workplaces[at], rank=rank)
            for rank, at in enumerate(draw.sample(near, draw.randint(5, 8)), start=1)
        ]
    for model, rows in ((Student, students), (Candidate, candidates), (Preference, wishes)):
        model.objects.bulk_create(rows, batch_size=BATCH)
    return str(around.pk)


class Queries:
    """How many queries a connection makes."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.number += 1
        return execute(*args)


def recorded(run: Any) -> dict[str, str]:
    rows = run.assignments.values_list("candidate", "slot")
    return {str(candidate): str(slot) for candidate, slot in rows}


def fresh(problem: Any) -> Any:
    """The same problem, of which nothing has been worked out: no hash, no columns, no lots."""
    return dataclasses.replace(problem)


def engine(known: Any) -> tuple[Any, list[str], dict[str, float]]:
    """What the engine does in a run, each time from nothing; the solution, what is wrong with it, seconds."""
    from django.conf import settings

    from placements import matching
    from placements.matching import packed

    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        done = work()
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - begun
        return done

    problem = timed("the problem", lambda: fresh(known))
    timed("the problem", lambda: problem.sha256)
    timed("the problem", lambda: packed.pack(problem))
    timed("the problem", lambda: matching.parts(problem, settings.MATCHING_PART_CANDIDATES))
    solution = timed("solve", lambda: matching.solve(problem))
    wrong = timed("verify", lambda: matching.verify(problem, solution))
    halls = timed("the reasons", lambda: matching.explain.unplaced(problem, solution))
    timed("the reasons", lambda: matching.explain.call_list(problem, solution, halls))
    timed("the reasons", solution.to_json)
    return solution, wrong, spent


def measure(round_id: str, turns: int, profile: str | None) -> int:
    """Run it in this process; gives 1 over a bar."""
    from django.db import connection

    from accounts.models import User
    from config.collector import keep_what_is_loaded
    from placements.actions import runs
    from placements.models import MatchingRun, Round
    from tests import factories as f

    around = Round.objects.get(pk=round_id)
    by = User.objects.order_by("pk").first() or f.UserFactory()
    whole: list[float] = []
    parts: list[dict[str, float]] = []
    keep_what_is_loaded()
    for _ in range(turns):
        run = runs.start(around, by=by)
        queries = Queries()
        with connection.execute_wrapper(queries):
            begun = time.perf_counter()
            if profile:
                cProfile.runctx("execute(pk)", {"execute": runs.execute, "pk": run.pk}, {}, profile)
            else:
                runs.execute(run.pk)
            whole.append(time.perf_counter() - begun)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        run = MatchingRun.objects.get(pk=run.pk)
        if run.state != "computed":
            print(f"The run is {run.state}: {run.error}")
            return 1
        problem = run.problem.unpacked
        solution, wrong, spent = engine(problem)
        parts.append(spent)
        answer = recorded(run)
        same = run.problem_sha256 == solution.problem_sha256
        if wrong or not same or answer != solution.assignments:
            print("What is recorded is not what the engine says.", *wrong[:3], sep="\n")
            return 1
        if len(whole) == 1:
            first_peak = peak
    pairs = len(problem.columns) / len(problem.candidates)
    print(f"{len(problem.candidates):>9} candidates, {pairs:.0f} slots each; {len(answer)} placed")
    ratio = tell(whole, parts)
    print(f"{'peak memory':>20}  {first_peak:.0f} MB (the bar: {MOST_MEMORY})")
    print(f"{'queries':>20}  {queries.number}", flush=True)
    return int(ratio > MOST_RATIO or first_peak > MOST_MEMORY)


def tell(whole: list[float], parts: list[dict[str, float]]) -> float:
    """Print the times; gives how many times the engine's own the whole run is."""
    spent = statistics.median(whole)
    own = statistics.median(sum(turn.values()) for turn in parts)
    alone = statistics.median(turn["solve"] + turn["verify"] for turn in parts)
    each = {name: statistics.median(turn[name] for turn in parts) for name in parts[0]}
    print(f"{'the engine':>20}  {own:.2f} s:", ", ".join(f"{n} {s:.2f}" for n, s in each.items()))
    print(f"{'the whole run':>20}  {spent:.2f} s, {spent / own:.2f} x (the bar: {MOST_RATIO:g})")
    print(f"{'beside it':>20}  {spent / alone:.2f} x solve and verify alone ({alone:.2f} s)")
    print(f"{'the first one':>20}  {whole[0]:.2f} s")
    return spent / own


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--profile", help="a file for cProfile's figures")
    parser.add_argument("--round", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.round is None:
        more = ["--turns", str(options.turns)]
        more += ["--profile", options.profile] if options.profile else []
        return in_a_process_of_its_own("benchmarks.whole_run", options.sizes, *more)
    import django

    django.setup()
    return measure(options.round, options.turns, options.profile)


def in_a_process_of_its_own(module: str, sizes: list[int], *more: str) -> int:
    """Make a round of each size here, and have `module` measure it in a process that has made none."""
    from tests import stack

    os.environ["DEMO"] = "true"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STATEMENT_TIMEOUT", "5min")
    failed = 0
    try:
        stack.start_servers()
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        for size in sizes:
            command = [sys.executable, "-m", module, "--round", generate(size), *more]
            failed |= subprocess.run(command, check=False).returncode
    finally:
        stack.stop_servers()
    return failed


if __name__ == "__main__":
    sys.exit(main())
