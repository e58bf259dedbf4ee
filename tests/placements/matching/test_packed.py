"""A problem as it is stored: the same problem, and the same file when somebody asks for it."""

from __future__ import annotations

import dataclasses
from hashlib import sha256

import pytest

from benchmarks.instances import local_round
from placements.matching import Problem, ProblemError, packed

from .tied_instances import tied_problems


@pytest.mark.parametrize("seed", range(3))
def test_packed_and_unpacked_it_is_the_same_file(seed: int) -> None:
    """Whatever is in it, rules and all; and with nothing in it."""
    nothing = Problem([], [])
    for problem in (nothing, *tied_problems(seed, 60), local_round(200, seed=seed, schools=3)):
        stored = packed.pack(problem)
        again = packed.unpack(stored)
        assert again.sha256 == problem.sha256
        assert again.canonical() == problem.canonical()
    assert len(stored) < len(problem.canonical()) / 4


def test_the_hash_that_was_packed_is_the_one_that_is_told() -> None:
    """It is not worked out again; whoever needs to be sure writes the file."""
    problem = local_round(50)
    other = dataclasses.replace(problem, seed="another")
    vars(other)["sha256"] = problem.sha256
    again = packed.unpack(packed.pack(other))
    assert again.sha256 == problem.sha256 != sha256(again.canonical()).hexdigest()


@pytest.mark.parametrize("stored", [b"", b"{}", packed.MAGIC[:-1]])
def test_what_is_not_packed_is_refused(stored: bytes) -> None:
    with pytest.raises(ProblemError, match="no packed problem"):
        packed.unpack(stored)
