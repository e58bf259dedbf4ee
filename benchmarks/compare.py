"""The engine beside other solvers on the same rounds: time, peak memory, the same optimum.

    python -m benchmarks.compare [--sizes 1000 10000] [--turns 3] [--limit 60] [--write docs]

Each measurement is a process of its own, and every other turn goes through the solvers the other way
round; the medians count. A solver that takes longer than the limit is stopped, and not asked again at
larger sizes. Only solving is timed, after one small round to wake everything up. Peak memory is the
whole process', generating the round included: compare with the row "the round alone".

`--write` puts the table and a plot in a folder. Exits 1 if an answer of ours is not proven or does
not verify, or if another solver of the same objective finds another optimum.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.instances import local_round
from benchmarks.peers import PEERS, Answer
from benchmarks.plot import svg
from placements.matching import Problem, explain, solve, verify

ROOT = Path(__file__).resolve().parent.parent
BASE = "OR-tools"
ALONE = "the round alone"
STABLE = ("matching", "algmatch")  # they answer another question, so their optimum is their own
ENOUGH = 1.0  # seconds of solving in one process; then it is measured well enough
MOST = 5
WARM_UP = 2_000  # ours: enough to load what is compiled, if the round itself does
ABOUT = {
    "ours": "every level, each with its proof; verified",
    "ours, explained": "the same, Hall sets and call list besides",
    "OR-tools": "one weighted solve (cost scaling)",
    "LEMON": "one weighted solve (network simplex, by pylmcf)",
    "SciPy": "one weighted solve (shortest augmenting paths, each place a column)",
    "networkx": "one weighted solve (network simplex in Python)",
    "matching": "a stable matching: another question",
    "algmatch": "a stable matching, its reading included: another question",
    ALONE: "generated, not solved",
}
VERSIONS = ["ortools", "pylmcf", "scipy", "networkx", "matching", "numpy", "numba"]


@dataclass
class Figures:
    """What one solver did at one size."""

    seconds: list[float] = field(default_factory=list)
    megabytes: float = 0
    answer: Answer | None = None
    wrong: list[str] = field(default_factory=list)
    too_slow: bool = False


def ours(problem: Problem, *, explained: bool) -> Callable[[], Answer]:
    def run() -> Answer:
        solution = solve(problem)
        wrong = verify(problem, solution)
        if wrong or solution.status != "proven":
            raise RuntimeError(f"Ours is {solution.status}: {wrong[:1]}")
        if explained:
            explain.unplaced(problem, solution)
            explain.call_list(problem, solution)
        values = {level.name: level.value for level in solution.levels}
        return tuple(values[name] for name in ("placed", "wishes:squared", "travel"))

    return run


SOLVERS: dict[str, Callable[[Problem], Callable[[], Answer]]] = {
    "ours": lambda problem: ours(problem, explained=False),
    "ours, explained": lambda problem: ours(problem, explained=True),
    **PEERS,
    ALONE: lambda problem: lambda: (),
}


def one(name: str, size: int, limit: int) -> dict[str, object]:
    """Measured here, in this process; it dies of SIGALRM when a solve takes too long."""
    problem = local_round(size)
    problem.sha256  # noqa: B018  (made once and kept, like the peers' arrays)
    SOLVERS[name](local_round(min(size, WARM_UP) if name.startswith("ours") else 60))()
    run = SOLVERS[name](problem)
    seconds: list[float] = []
    answer: Answer = ()
    while len(seconds) < MOST and sum(seconds) < ENOUGH:
        signal.alarm(limit)
        begun = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - begun)
        signal.alarm(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "megabytes": peak, "answer": answer}


def measure(size: int, names: list[str], turns: int, limit: int) -> dict[str, Figures]:
    found = {name: Figures() for name in names}
    for turn in range(turns):
        for name in names if turn % 2 == 0 else reversed(names):
            if found[name].too_slow or found[name].wrong:
                continue
            _once(name, size, limit, found[name])
    base = found[BASE].answer
    for name, figures in found.items():
        if name in (*STABLE, ALONE) or figures.answer is None or base is None:
            continue
        if figures.answer != base:
            figures.wrong.append(f"{size}: {name} has {figures.answer}, {BASE} {base}.")
    return found


def _once(name: str, size: int, limit: int, figures: Figures) -> None:
    command = [sys.executable, "-m", "benchmarks.compare", "--one", name]
    command += ["--sizes", str(size), "--limit", str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == -signal.SIGALRM:
        figures.too_slow = True
        return
    if done.returncode:
        figures.wrong.append(f"{size}: {name}: {done.stderr.strip().splitlines()[-1:]}")
        return
    result = json.loads(done.stdout)
    figures.seconds += result["seconds"]
    figures.megabytes = max(figures.megabytes, result["megabytes"])
    figures.answer = tuple(result["answer"])


def table(size: int, found: dict[str, Figures], limit: int) -> str:
    """One size as Markdown."""
    base = statistics.median(found[BASE].seconds) if found[BASE].seconds else None
    lines = [
        f"## {size:,} candidates",
        "",
        f"| | seconds | x {BASE} | peak memory, MB | what it does |",
        "|---|---:|---:|---:|---|",
    ]
    for name, figures in found.items():
        seconds, ratio, memory = "failed", "", ""
        if figures.too_slow:
            seconds = f"> {limit} s"
        elif figures.seconds:
            spent = statistics.median(figures.seconds)
            seconds, memory = f"{spent:.4f}", f"{figures.megabytes:.0f}"
            ratio = f"{spent / base:.2f}" if base else ""
        if name == ALONE:
            seconds = ratio = ""
        lines.append(f"| {name} | {seconds} | {ratio} | {memory} | {ABOUT[name]} |")
    stable = STABLE[0]
    without = found[stable].answer if stable in found else None
    if without and found[BASE].answer:
        lines += ["", f"Unplaced: {found[BASE].answer[0]}; by `{stable}`, {without[0]}."]
    return "\n".join(lines)


def machine() -> str:
    """What the figures belong to."""
    cpu = "a processor that does not say its name"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    load = os.getloadavg()[0]
    with_versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: {cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"load {load:.1f} when it ended; Python {platform.python_version()}, {with_versions}."
    )


def write(folder: Path, tables: list[str], lines: dict[str, dict[int, float]]) -> None:
    head = [
        "# The engine beside other solvers",
        "",
        "Written by `./run bench compare --write docs`; how the rounds are made is in "
        "`benchmarks/instances.py`, what was tried for speed in [matching-speed.md](matching-speed.md).",
        "",
        "Medians; each measurement in a process of its own, the order turned round every other time. "
        "The weighted solves make no lottery, no proof, no explanation and no check; their optima "
        "are compared with ours, level by level. Peak memory is the whole process'. `algmatch` takes "
        "part where somebody has installed it: it brings gurobipy, which is proprietary.",
        "",
        machine(),
        "",
        "![Seconds by number of candidates, both axes in tens](bench.svg)",
    ]
    text = "\n".join([*head, *(f"\n{each}" for each in tables), ""])
    (folder / "bench.md").write_text(text, encoding="utf-8")
    (folder / "bench.svg").write_text(svg(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--limit", type=int, default=60, help="seconds for one solve")
    parser.add_argument("--write", type=Path, help="a folder for bench.md and bench.svg")
    parser.add_argument("--one", choices=SOLVERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one, options.sizes[0], options.limit)))
        return 0
    tables: list[str] = []
    wrong: list[str] = []
    lines: dict[str, dict[int, float]] = {}
    slow: dict[str, Figures] = {}
    for size in sorted(options.sizes):
        names = [name for name in SOLVERS if name not in slow]
        found = {**measure(size, names, options.turns, options.limit), **slow}
        found = {name: found[name] for name in SOLVERS}
        slow = {name: figures for name, figures in found.items() if figures.too_slow}
        tables.append(table(size, found, options.limit))
        print(tables[-1], end="\n\n", flush=True)
        for name, figures in found.items():
            wrong += figures.wrong
            if figures.seconds and name != ALONE:
                lines.setdefault(name, {})[size] = statistics.median(figures.seconds)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    if options.write:
        write(options.write, tables, lines)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
