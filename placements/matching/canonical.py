"""The one way to write a problem or a solution as bytes, so that equal means byte for byte.

Objects have their keys sorted, there is no space outside text, text is UTF-8 and not escaped beyond
what JSON demands, and fields at their default are left out: a field added by a later version does
not change the hash of a problem that does not use it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .reading import PROBLEM_FORMAT, TWOS

if TYPE_CHECKING:
    from .problem import Problem, Slot


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def encode(value: Any) -> str:
    return _ENCODER.encode(value)


def without_defaults(row: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something, tuples as lists."""
    kept = {}
    for name, default in _fields(type(row)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(row, name)
        if default is MISSING or value != default:
            kept[name] = list(value) if isinstance(value, tuple) else value
    return kept


@cache
def _fields(kind: type) -> list[tuple[str, Any]]:
    return [(each.name, each.default) for each in fields(kind)]


def problem_bytes(problem: Problem) -> Iterator[bytes]:
    """The same bytes as encoding `problem.to_json()`, in pieces: half a million pairs are 70 MB."""
    parts = {**head(problem), "pairs": None}
    for i, name in enumerate(sorted(parts)):
        yield f'{"," if i else "{"}"{name}":'.encode()
        if name == "pairs":
            yield from _pairs(problem)
        else:
            yield encode(parts[name]).encode()
    yield b"}"


def head(problem: Problem) -> dict[str, Any]:
    """The file as Python data, all but the pairs."""
    return {
        "candidates": [without_defaults(row) for row in problem.candidates],
        "format": PROBLEM_FORMAT,
        "policy": list(problem.policy),
        "seed": problem.seed,
        "slots": [without_defaults(row) for row in problem.slots],
        **rules(problem),
    }


def rules(problem: Problem) -> dict[str, list[Any]]:
    """The rules that tie candidates to each other, left out where there are none."""
    twos = {name: [list(two) for two in getattr(problem, name)] for name in TWOS}
    found: dict[str, list[Any]] = {
        "quotas": [without_defaults(row) for row in problem.quotas],
        **twos,
    }
    return {name: rows for name, rows in found.items() if rows}


def _pairs(problem: Problem) -> Iterator[bytes]:
    """Each candidate's pairs in one piece: what stands after her name is the same for many."""
    tails, columns = _tails(problem), problem.columns
    ends = np.searchsorted(columns.candidate, np.arange(len(problem.candidates) + 1)).tolist()
    between = b"["
    for row, first, last in zip(problem.candidates, ends, ends[1:], strict=False):
        if first < last:
            name = b'{"candidate":' + encode(row.id).encode()
            yield between + name + (b"," + name).join(tails[first:last])
            between = b","
    yield b"]" if between == b"," else b"[]"


def _tails(problem: Problem) -> list[bytes]:
    """Each pair after its candidate."""
    columns = problem.columns
    ways = _Ways(problem.slots, int(columns.travel.max(initial=0)) + 1)
    tails = list(map(ways.__getitem__, (columns.slot * ways.width + columns.travel).tolist()))
    some = np.flatnonzero((columns.rank > 0) | (columns.priority > 0))
    ranked = zip(*(x[some].tolist() for x in (columns.rank, columns.priority)), strict=True)
    for i, (rank, priority) in zip(some.tolist(), ranked, strict=True):
        wish = b',"rank":%d' % rank if rank else b""
        tails[i] = (b',"priority":%d' % priority if priority else b"") + wish + tails[i]
    return tails


class _Ways(dict[int, bytes]):
    """The end of a pair by its slot and travel, as one number; written when first asked for."""

    def __init__(self, slots: Sequence[Slot], width: int) -> None:
        self.width = width
        self._slots = [f',"slot":{encode(row.id)}' for row in slots]

    def __missing__(self, key: int) -> bytes:
        slot, travel = divmod(key, self.width)
        tail = self._slots[slot] + (f',"travel":{travel}}}' if travel else "}")
        return self.setdefault(key, tail.encode())
