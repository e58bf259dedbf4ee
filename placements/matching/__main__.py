"""The command line: solve, verify and explain, on files that anybody can download.

    python -m placements.matching solve problem.json > solution.json
    python -m placements.matching verify problem.json solution.json
    python -m placements.matching explain problem.json solution.json CANDIDATE

Exit 0: done, or everything holds. Exit 1: the solution does not hold; each violation on a line.
Exit 2: the input cannot be used; one sentence on standard error says where and why.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn, TypeVar

from .errors import InputError, NotProvenError
from .explain import candidate
from .problem import Problem
from .solution import Solution
from .solver import solve
from .verify import verify

Kind = TypeVar("Kind", Problem, Solution)

DONE, VIOLATED, UNUSABLE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, like every other refusal here."""

    def error(self, message: str) -> NoReturn:
        self.exit(UNUSABLE, f"{self.prog}: {message}. Try --help.\n")


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        problem = _read(options.problem, Problem)
        if options.command == "solve":
            sys.stdout.buffer.write(solve(problem).canonical() + b"\n")
            return DONE
        solution = _read(options.solution, Solution)
        if options.command == "verify":
            return _verify(problem, solution)
        return _explain(problem, solution, options.candidate)
    except (InputError, NotProvenError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m placements.matching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in (
        ("solve", "print the solution of a problem"),
        ("verify", "check a solution from the definitions"),
        ("explain", "print why a candidate got what she got"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("problem", type=Path)
        if name != "solve":
            command.add_argument("solution", type=Path)
        if name == "explain":
            command.add_argument("candidate")
    return parser


def _read(path: Path, kind: type[Kind]) -> Kind:
    try:
        return kind.from_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}.") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _verify(problem: Problem, solution: Solution) -> int:
    violations = verify(problem, solution)
    if violations:
        print(*violations, sep="\n")
        return VIOLATED
    proven = sum(level.proven for level in solution.levels)
    print(
        f"Everything holds: {len(solution.assignments)} of {len(problem.candidates)} placed, "
        f"{proven} of {len(solution.levels)} levels proven."
    )
    return DONE


def _explain(problem: Problem, solution: Solution, name: str) -> int:
    """Facts as JSON; wrong facts about a wrong solution would be worse than none."""
    if name not in problem.candidate_index:
        raise InputError(f'There is no candidate "{name}" in the problem.')
    violations = verify(problem, solution)
    if violations:
        raise InputError(f"The solution does not hold: {violations[0]}")
    facts = asdict(candidate(problem, solution, name))
    print(json.dumps(facts, ensure_ascii=False, indent=2))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
