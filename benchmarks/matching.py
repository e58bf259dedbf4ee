"""The engine's parts against one weighted OR-tools solve of the same rounds, in the same run.

    python -m benchmarks.matching [--sizes 1000 10000] [--repeat 5] [--schools 20]

The peer (`peers.ortools`) gets its arrays ready-made; only building the flow and solving are timed.
Ours is timed from a `Problem` whose hash is known to a `Solution` with every level proven, then the
verification, the explanation of everybody unplaced and the call list. Read the ratios; seconds
belong to the machine. With `--schools` every level has something to decide, also those the peer knows
nothing of: which schools go without, learning areas, who was where. `compare` sets the whole beside more
solvers. Exits 1 if an answer is not proven, does not verify, or differs from the peer's at a level that
both have.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.instances import local_round
from benchmarks.peers import ortools as peer
from placements.matching import Solution, explain, solve, verify


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def measure(size: int, repeat: int, schools: int = 0) -> tuple[dict[str, float], list[str]]:
    """Medians in seconds, the two taking turns; and what is wrong, if anything."""
    problem = local_round(size, schools=schools, previous=0.3 if schools else 0.0)
    problem.sha256  # noqa: B018  (made once and kept, like the peer's arrays)
    run_peer = peer(problem)
    seconds: dict[str, list[float]] = {}
    solution: Solution = solve(problem)
    for _ in range(repeat):
        for name, work in (
            ("peer", run_peer),
            ("solve", lambda: solve(problem)),
            ("verify", lambda: verify(problem, solution)),
            ("unplaced", lambda: explain.unplaced(problem, solution)),
            ("call list", lambda: explain.call_list(problem, solution)),
        ):
            spent, _ = timed(work)
            seconds.setdefault(name, []).append(spent)
    wrong = verify(problem, solution)
    if solution.status != "proven":
        wrong.append(f"The round of {size} is not proven.")
    values = {level.name: level.value for level in solution.levels}
    ours = tuple(values[name] for name in ("placed", "wishes:squared", "travel"))
    theirs = run_peer()
    # Where schools are treated alike first, the wishes may cost more than they need.
    same = ours[0] == theirs[0] and ours[1] >= theirs[1] if schools else ours == theirs
    if not same:
        wrong.append(f"The round of {size}: ours {ours}, the peer's {theirs}.")
    return {name: statistics.median(each) for name, each in seconds.items()}, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--schools", type=int, default=0)
    options = parser.parse_args()
    failed = False
    for size in options.sizes:
        seconds, wrong = measure(size, options.repeat, options.schools)
        base = seconds["peer"]
        everything = sum(seconds.values()) - base
        print(f"{size:>9} candidates  peer {base:.4f} s")
        for name, spent in [*list(seconds.items())[1:], ("all of these", everything)]:
            print(f"{name:>20}  {spent:.4f} s  {spent / base:5.2f} x")
        print(*wrong, sep="\n", end="\n" if wrong else "")
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
