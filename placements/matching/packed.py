"""A problem packed to be stored: the same as its file, but the pairs are columns.

600,000 pairs are 70 MB as text and take seconds to read; packed they are 1 MB, read in tenths of a second.
The file is written anew from it when somebody asks for it, byte for byte: that is what canonical means.
"""

from __future__ import annotations

import json
import zlib

import numpy as np

from . import canonical, reading
from .errors import ProblemError
from .pairs import Ints, Pairs
from .problem import Candidate, Problem, Slot
from .rules import Quota

MAGIC = b"praksisplass-packed/1\n"
FAST = 1  # higher levels take several times as long for little more
COLUMNS = ("slot", "rank", "travel", "priority")


def pack(problem: Problem) -> bytes:
    pairs = problem.columns
    each = np.bincount(pairs.candidate, minlength=len(problem.candidates))
    columns = [_narrow(each), *(_narrow(getattr(pairs, name)) for name in COLUMNS)]
    head = {
        "sha256": problem.sha256,
        "columns": [[column.dtype.str, len(column)] for column in columns],
        "problem": canonical.head(problem),
    }
    parts = [canonical.encode(head).encode(), b"\n", *(column.tobytes() for column in columns)]
    return MAGIC + zlib.compress(b"".join(parts), FAST)


def is_packed(stored: bytes) -> bool:
    return stored.startswith(MAGIC)


def unpack(stored: bytes) -> Problem:
    """What was packed, with the hash it had then. ProblemError if it was not."""
    if not is_packed(stored):
        raise ProblemError("This is no packed problem.")
    whole = zlib.decompress(stored[len(MAGIC) :])
    at = whole.index(b"\n")
    head = json.loads(whole[:at])
    columns, begin = [], at + 1
    for kind, length in head["columns"]:
        columns.append(np.frombuffer(whole, dtype=kind, count=length, offset=begin))
        begin += columns[-1].nbytes
    each, *rest = (column.astype(np.int64) for column in columns)
    pairs = Pairs(np.repeat(np.arange(len(each)), each), *rest)
    problem = Problem(**reading.problem_fields(head["problem"], Candidate, Slot, Quota, pairs))
    vars(problem)["sha256"] = head["sha256"]  # 70 MB would have to be written to find it again
    return problem


def _narrow(column: Ints) -> np.ndarray:
    """As few bytes for each number as hold the greatest."""
    kind = np.min_scalar_type(int(column.max(initial=0)))
    return column.astype(kind.newbyteorder("<"))
