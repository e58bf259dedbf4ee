"""SHA-256 for the lottery, many at once: what `hashlib` gives, several times as fast in a large round.

It knows nothing of problems and solutions, so the verifier and the solver may both use it, as they both
might use `hashlib`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
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


class Lots:
    """The lottery of one seed for these people and places, ready to be drawn."""

    def __init__(self, seed: str, people: Sequence[str], places: Sequence[str]) -> None:
        self.seed, self.people, self.places = seed, people, places

    def draw(self, who: Ints, where: Ints) -> Words:
        """The first 32 bits of the SHA-256 of three lines: the seed, a person's id and a place's. `who`
        and `where` run side by side, and point into the ids."""
        compiled = _compiled() if len(who) >= MANY else None
        if compiled is None:
            return self._by_hashlib(who, where)
        words = np.empty(len(who), dtype=np.uint32)
        compiled.first_words(*self._columns, who, where, words)
        some = np.linspace(0, len(words) - 1, COMPARED).astype(np.int64)
        if not np.array_equal(self._by_hashlib(who[some], where[some]), words[some]):
            raise RuntimeError("What was compiled gives other digests than hashlib.")
        return words

    def _by_hashlib(self, who: Ints, where: Ints) -> Words:
        lines = zip(who.tolist(), where.tolist(), strict=True)
        seed, people, places = self.seed, self.people, self.places
        digests = b"".join(
            [sha256(f"{seed}\n{people[c]}\n{places[s]}".encode()).digest()[:4] for c, s in lines]
        )
        return np.frombuffer(digests, dtype=">u4").astype(np.uint32)

    @cached_property
    def _columns(self) -> tuple[Ints | Words, ...]:
        first = f"{self.seed}\n".encode()
        heads = [first + person.encode() + b"\n" for person in self.people]
        return *_packed(heads, b""), *_packed([place.encode() for place in self.places], b"\x80")


def _packed(lines: Sequence[bytes], end: bytes) -> tuple[Words, Ints, Ints]:
    """All the bytes as words, each line from a word of its own on and filled up with zeros after `end`;
    where each line begins and the last one ends; and how many bytes each has, without `end`."""
    size = np.fromiter(map(len, lines), np.int64, len(lines))
    at = np.zeros(len(lines) + 1, dtype=np.int64)
    np.cumsum((size + len(end) + 3) // 4, out=at[1:])
    padded = [line + end + bytes(-(len(line) + len(end)) % 4) for line in lines]
    return np.frombuffer(b"".join(padded), dtype=">u4").astype(np.uint32), at, size


@cache
def _compiled() -> Any:
    """None if numba has no wheel for this machine, or nowhere to keep what it compiled."""
    try:
        from . import sha256 as compiled
    except (ImportError, RuntimeError):
        return None
    return compiled
