"""`search` in a process of its own, that is stopped when its time is up or somebody says so."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from .errors import ProblemError, Stopped
from .options import total
from .packed import pack
from .pairs import Ints
from .problem import Problem
from .solution import PROVEN, SEARCHED, UNPROVEN, Level, Solution
from .tied import Tied

SECONDS = 300.0
GRACE = 5.0  # HiGHS may need a moment to see that its time is up
ROOT = Path(__file__).parents[2]

Progress = Callable[[str, int, int], None]


def keeps(problem: Problem, solution: Solution) -> bool:
    """Whether the solution keeps all rules that tie candidates to each other."""
    if not problem.rules:
        return True
    tied = Tied(problem)
    return not tied.broken(tied.options.find(solution.assignments))


def solve(
    problem: Problem,
    flow: Solution,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    seconds: float = SECONDS,
) -> Solution:
    """The best answer that keeps all the rules, as far as `seconds` allow; `flow`: the best without them.

    ProblemError if no answer keeps them, or none was found in time; `Stopped` if somebody says so.
    """
    names = [level.name for level in flow.levels]
    if not problem.candidates:
        nobody = np.zeros(0, dtype=np.int64)
        raise ProblemError(_conflict(problem, Tied(problem).broken(nobody)))
    found = list[dict[str, Any]]()
    if on_progress is not None:
        on_progress(names[0], 0, len(names))
    for line in _lines(problem, flow, seconds, should_stop or (lambda: False)):
        if "conflict" in line:
            raise ProblemError(_conflict(problem, line["conflict"]))
        found.append(line)
        if on_progress is not None:
            done = min(len(found), len(names) - 1)
            on_progress(names[done], len(found), len(names))
    if not found:
        raise ProblemError(
            f"No answer that keeps all the rules was found in {seconds:.0f} seconds. "
            "With fewer rules there is more to choose from."
        )
    return assembled(problem, names, found)


def _conflict(problem: Problem, rules: list[str]) -> str:
    pins = any(candidate.pinned for candidate in problem.candidates)
    besides = ", with everybody where she is pinned" if pins else ""
    return f"These rules cannot all be kept{besides}: {'; '.join(rules)}."


@dataclass(frozen=True)
class _Deadline:
    at: float

    def left(self) -> float:
        return self.at - time.monotonic()


def _lines(
    problem: Problem, flow: Solution, seconds: float, should_stop: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """What the process writes, line by line, until it ends or is ended."""
    deadline = _Deadline(time.monotonic() + seconds + GRACE)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with TemporaryFile() as file:
        file.write(flow.canonical() + b"\n" + pack(problem))
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603  (this interpreter, this package)
            [sys.executable, "-m", "placements.matching.search", str(seconds)],
            stdin=file,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
    assert process.stdout is not None  # noqa: S101  (for the type checker)
    try:
        yield from _read(process.stdout.fileno(), deadline, should_stop)
        if deadline.left() > 0 and process.wait() != 0:
            raise RuntimeError(f"The search ended with {process.returncode}.")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _read(
    pipe: int, deadline: _Deadline, should_stop: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    rest = b""
    while deadline.left() > 0:
        if should_stop():
            raise Stopped("Stopped while searching.")
        ready, _, _ = select.select([pipe], [], [], min(0.5, max(0.0, deadline.left())))
        if not ready:
            continue
        data = os.read(pipe, 1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)


def assembled(problem: Problem, names: list[str], found: Sequence[Mapping[str, Any]]) -> Solution:
    """The last answer found, with what is known of each level; of those not reached, their value."""
    tied = Tied(problem)
    answer: Ints = np.array(found[-1]["answer"], dtype=np.int64)
    x = tied.chosen(answer)
    proofs = list[Level]()
    for i, name in enumerate(names):
        value = total(tied.cost(name) * x)
        proven = i < len(found) and found[i]["bound"] == value
        searched = found[i]["searched"] if i < len(found) else None
        prices = found[i]["prices"] if proven else {}
        proofs.append(Level(name, value, value if proven else None, proven, prices, searched))
    options, slots = tied.options, problem.slots
    at = dict(zip([c.id for c in problem.candidates], options.slot[answer].tolist(), strict=True))
    status = PROVEN if all(level.proven for level in proofs) else SEARCHED
    return Solution(
        assignments={c: slots[s].id for c, s in at.items() if s < options.real},
        unplaced=[c for c, s in at.items() if s >= options.real],
        levels=proofs,
        status=status if all(level.best for level in proofs) else UNPROVEN,
        problem_sha256=problem.sha256,
    )
