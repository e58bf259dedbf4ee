"""SHA-256 for the lottery, many at once: what `hashlib` gives, several times as fast in a large round.

It knows nothing of problems and solutions, so the verifier and the solver may both use it, as they both
might use `hashlib`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]

# Fewer are made by `hashlib` in less time than it takes to import numba.
MANY = 2_000
# So many of those that were compiled are made again by `hashlib`, from the first to the last.
COMPARED = 16


def first_words(
    seed: str, people: Sequence[str], places: Sequence[str], who: Ints, where: Ints
) -> Words:
    """The first 32 bits of the SHA-256 of three lines: the seed, a person's id and a place's. `who` and
    `where` run side by side, and point into the ids."""
    compiled = _compiled() if len(who) >= MANY else None
    if compiled is None:
        return _by_hashlib(seed, people, places, who, where)
    words = np.empty(len(who), dtype=np.uint32)
    first = f"{seed}\n".encode()
    lines = [line.encode() for line in people]
    heads = first + (b"\n" + first).join(lines) + b"\n"
    columns = (
        *_column(heads, lines, 1 + len(first)),
        *_column("".join(places).encode(), [line.encode() for line in places], 0),
    )
    compiled.first_words(*columns, who, where, words)
    some = np.linspace(0, len(words) - 1, COMPARED).astype(np.int64)
    expected = _by_hashlib(seed, people, places, who[some], where[some])
    if not np.array_equal(expected, words[some]):
        raise RuntimeError("What was compiled gives other digests than hashlib.")
    return words


def _by_hashlib(
    seed: str, people: Sequence[str], places: Sequence[str], who: Ints, where: Ints
) -> Words:
    lines = zip(who.tolist(), where.tolist(), strict=True)
    digests = b"".join(
        [sha256(f"{seed}\n{people[c]}\n{places[s]}".encode()).digest()[:4] for c, s in lines]
    )
    return np.frombuffer(digests, dtype=">u4").astype(np.uint32)


def _column(joined: bytes, lines: Sequence[bytes], more: int) -> tuple[npt.NDArray[np.uint8], Ints]:
    """All the bytes, and where each line begins and the last one ends, with `more` bytes to each."""
    at = np.zeros(len(lines) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + more, out=at[1:])
    return np.frombuffer(joined, dtype=np.uint8), at


@cache
def _compiled() -> Any:
    """None if numba has no wheel for this machine, or nowhere to keep what it compiled."""
    try:
        from . import sha256 as compiled
    except (ImportError, RuntimeError):
        return None
    return compiled
