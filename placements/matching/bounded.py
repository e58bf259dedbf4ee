"""`search` in a process of its own, that is stopped when its time is up or somebody says so."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


def _lines(
    problem: Problem, flow: Solution, seconds: float, should_stop: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """What the process writes, line by line, until it ends or is ended."""
    data = [flow.canonical(), b"\n", pack(problem)]
    with Process("search", seconds, data) as process:
        deadline = time.monotonic() + seconds + GRACE
        while True:
            line = process.line(deadline, should_stop)
            if line is None:
                return
            yield line


class Process:
    """A module of this package at work on its own, that is killed when nobody waits for it any more."""

    def __init__(self, module: str, seconds: float, data: Iterable[bytes]) -> None:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with TemporaryFile() as file:
            file.writelines(data)
            file.seek(0)
            self._process = subprocess.Popen(  # noqa: S603  (this interpreter, this package)
                [sys.executable, "-m", f"{__package__}.{module}", str(seconds)],
                stdin=file,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._rest = b""

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None  # noqa: S101  (for the type checker)
        self._process.stdout.close()

    def line(self, deadline: float, should_stop: Callable[[], bool]) -> dict[str, Any] | None:
        """The next one; None if it has no more to say, or not in time. RuntimeError if it has failed."""
        assert self._process.stdout is not None  # noqa: S101  (for the type checker)
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if should_stop():
                raise Stopped("Stopped while searching.")
            ready, _, _ = select.select([pipe], [], [], min(0.5, left))
            data = os.read(pipe, 1 << 16) if ready else None
            if data == b"":
                if self._process.wait() != 0:
                    raise RuntimeError(f"The search ended with {self._process.returncode}.")
                return None
            self._rest += data or b""
        line, self._rest = self._rest.split(b"\n", 1)
        found: dict[str, Any] = json.loads(line)
        return found


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
