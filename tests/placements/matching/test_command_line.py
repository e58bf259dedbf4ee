"""The command line as a stranger runs it: real processes, real files, exit codes, one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from placements.matching import Candidate, Pair, Problem, Slot, solve
from placements.matching.__main__ import main

from .instances import small_problems

ROOT = Path(__file__).parents[3]
PROBLEM = Problem(
    [Candidate("Åse"), Candidate("b")],
    [Slot("x", 1)],
    [Pair("Åse", "x", 1), Pair("b", "x", 1)],
)


def run(*arguments: str | Path, hash_seed: str = "0") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "placements.matching", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_bytes(PROBLEM.canonical())
    solution.write_bytes(solve(PROBLEM).canonical())
    return problem, solution


def test_solve_verify_explain(files: tuple[Path, Path]) -> None:
    problem, solution = files
    solved = run("solve", problem)
    assert (solved.returncode, solved.stderr) == (0, b"")
    assert solved.stdout == solution.read_bytes() + b"\n"
    solution.write_bytes(solved.stdout)

    verified = run("verify", problem, solution)
    assert (verified.returncode, verified.stderr) == (0, b"")
    assert verified.stdout == b"Everything holds: 1 of 2 placed, 7 of 7 levels proven.\n"

    (loser,) = solve(PROBLEM).unplaced
    explained = run("explain", problem, solution, loser)
    assert (explained.returncode, explained.stderr) == (0, b"")
    facts = json.loads(explained.stdout)
    assert facts["got"] is None
    assert facts["wishes"][0]["reason"] == "lottery"


def test_a_violation_is_exit_1_and_a_line_each(files: tuple[Path, Path]) -> None:
    problem, solution = files
    data = json.loads(solution.read_bytes())
    data["unplaced"] = []
    data["problem_sha256"] = "0"
    solution.write_text(json.dumps(data))
    verified = run("verify", problem, solution)
    assert (verified.returncode, verified.stderr) == (1, b"")
    assert len(verified.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["solve", "missing.json"], "missing.json: No such file or directory."),
        (["solve", "."], ".: Is a directory."),
        (["solve", "bad.json"], "bad.json: The file is not JSON: "),
        (["solve", "negative.json"], "negative.json: slots[0].capacity must be"),
        (["verify", "problem.json", "bad.json"], "bad.json: The file is not JSON: "),
        (["verify", "problem.json", "problem.json"], "problem.json: The solution lacks the field"),
        (["explain", "problem.json", "solution.json", "z"], 'There is no candidate "z"'),
        (["explain", "problem.json", "wrong.json", "b"], "The solution does not hold: "),
        (["frobnicate"], "invalid choice"),
        ([], "required"),
    ],
)
def test_bad_input_is_exit_2_and_one_sentence(
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    problem, solution = files
    monkeypatch.chdir(problem.parent)
    Path("bad.json").write_text("{")
    wrong = {**json.loads(solution.read_bytes()), "problem_sha256": "0"}
    Path("wrong.json").write_text(json.dumps(wrong))
    negative = {**json.loads(problem.read_bytes()), "slots": [{"id": "x", "capacity": -1}]}
    Path("negative.json").write_text(json.dumps(negative))
    try:
        code = main(arguments)
    except SystemExit as leaving:
        code = leaving.code  # type: ignore[assignment]
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert sentence in told.err
    assert len(told.err.splitlines()) == 1


def test_no_traceback_from_a_real_process(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"seed": NaN}')
    refused = run("solve", tmp_path / "bad.json")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"Traceback" not in refused.stderr


def test_same_bytes_in_every_process(tmp_path: Path) -> None:
    """Also where hashing of strings differs; a larger problem than the tests beside it."""
    problem = max(small_problems(8, 40, candidates=12, slots=8), key=lambda p: len(p.columns))
    path = tmp_path / "problem.json"
    path.write_bytes(problem.canonical())
    answers = {run("solve", path, hash_seed=seed).stdout for seed in ("0", "1", "4711")}
    assert answers == {solve(problem).canonical() + b"\n"}
    told = {
        run("explain", path, tmp_path / "solution.json", "c0", hash_seed=seed).stdout
        for seed in ("0", "1")
        if (tmp_path / "solution.json").write_bytes(solve(problem).canonical())
    }
    assert len(told) == 1
    assert told != {b""}
