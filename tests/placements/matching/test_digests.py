"""SHA-256 as the lottery uses it: what is compiled against `hashlib`."""

from __future__ import annotations

import random
from hashlib import sha256

import numpy as np
import pytest

from placements.matching import digests, lottery_weight

SOME = digests.MANY + 3  # so that what is compiled is used, and the last few fill no whole lane


def expected(seed: str, people: list[str], places: list[str], who: list[int], where: list[int]):
    texts = [f"{seed}\n{people[c]}\n{places[s]}" for c, s in zip(who, where, strict=True)]
    return [int.from_bytes(sha256(text.encode()).digest()[:4], "big") for text in texts]


@pytest.mark.parametrize("seed", ["", "7", "frø æøå", "s" * 200])
def test_compiled_is_what_hashlib_gives(seed: str) -> None:
    """Of every length around the ends of a block, with letters that take several bytes."""
    draw = random.Random(seed)
    people = ["x" * length for length in range(140)] + ["ø" * length for length in range(70)]
    places = ["", "y", "å" * 31, "z" * 64]
    who = [draw.randrange(len(people)) for _ in range(SOME)]
    where = [draw.randrange(len(places)) for _ in range(SOME)]
    assert digests._compiled() is not None
    found = digests.Lots(seed, people, places).draw(np.array(who), np.array(where))
    assert found.tolist() == expected(seed, people, places, who, where)


def test_few_do_not_wait_for_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_compiled", lambda: pytest.fail("numba was asked for"))
    found = digests.Lots("7", ["c1"], ["s1"]).draw(np.array([0]), np.array([0]))
    assert int(found[0]) >> 2 == lottery_weight("7", "c1", "s1")


def test_a_machine_that_computes_wrongly_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def first_words(*columns: np.ndarray) -> None:
            columns[-1][:] = 5

    monkeypatch.setattr(digests, "_compiled", lambda: Broken)
    with pytest.raises(RuntimeError, match="hashlib"):
        digests.Lots("7", ["c1"], ["s1"]).draw(np.zeros(SOME, int), np.zeros(SOME, int))
