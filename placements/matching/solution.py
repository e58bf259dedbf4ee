"""The answer: who goes where, and for each level its value with the prices that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .canonical import encode
from .errors import InputError, SolutionError
from .fields import optional, parse, record, sequence, shown, text, whole

ENGINE_VERSION = "1.0.0"
FORMAT = "praksisplass-solution/1"
PROVEN, SEARCHED, UNPROVEN, STABLE = "proven", "searched", "unproven", "stable"

# Far above any honest value and far below what could overflow a sum of 64-bit numbers.
MAX_VALUE = 2**62
MAX_PRICE = 2**60


@dataclass(frozen=True)
class Level:
    """One level's outcome. `bound` is what `prices` prove no solution can go below.

    Slots that are not named have price 0. `bound` is None where nothing is claimed. `searched`: what a
    search through all that the rules allow has found nothing below, where prices do not reach so far.
    """

    name: str
    value: int
    bound: int | None
    proven: bool
    prices: Mapping[str, int] = field(default_factory=dict)
    searched: int | None = None

    @property
    def best(self) -> bool:
        """Nothing better is possible: prices prove it, or a search has found nothing."""
        return self.proven or self.searched == self.value


@dataclass(frozen=True)
class Solution:
    """`assignments` in order of candidate id; `unplaced` too."""

    assignments: Mapping[str, str]
    unplaced: list[str]
    levels: list[Level]
    status: str
    problem_sha256: str
    engine: str = ENGINE_VERSION

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | bytes | str) -> Solution:
        try:
            return _read(parse(data) if isinstance(data, bytes | str) else data)
        except InputError as error:
            raise SolutionError(str(error)) from None

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "problem_sha256": self.problem_sha256,
            "engine": self.engine,
            "status": self.status,
            "assignments": [{"candidate": c, "slot": s} for c, s in self.assignments.items()],
            "unplaced": list(self.unplaced),
            "levels": [
                {
                    "name": level.name,
                    "value": level.value,
                    "bound": level.bound,
                    "proven": level.proven,
                    "prices": dict(level.prices),
                    **({} if level.searched is None else {"searched": level.searched}),
                }
                for level in self.levels
            ],
        }

    def canonical(self) -> bytes:
        """The file as bytes; same problem and engine version, same bytes."""
        return encode(self.to_json()).encode()


def _read(data: Any) -> Solution:
    required = ("format", "problem_sha256", "engine", "status", "assignments", "unplaced", "levels")
    data = record(data, "The solution", required, required)
    if data["format"] != FORMAT:
        raise InputError(f'format must be "{FORMAT}", not {shown(data["format"])}.')
    assignments: dict[str, str] = {}
    for i, row in enumerate(sequence(data["assignments"], "assignments")):
        place = f"assignments[{i}]"
        row = record(row, place, ("candidate", "slot"), ("candidate", "slot"))
        candidate = text(row["candidate"], f"{place}.candidate")
        if candidate in assignments:
            raise InputError(f'{place} gives the candidate "{candidate}" a second place.')
        assignments[candidate] = text(row["slot"], f"{place}.slot")
    unplaced = sequence(data["unplaced"], "unplaced")
    levels = sequence(data["levels"], "levels")
    return Solution(
        assignments=assignments,
        unplaced=[text(name, f"unplaced[{i}]") for i, name in enumerate(unplaced)],
        levels=[_level(row, f"levels[{i}]") for i, row in enumerate(levels)],
        **{key: text(data[key], key) for key in ("status", "problem_sha256", "engine")},
    )


def _level(data: Any, place: str) -> Level:
    names = ("name", "value", "bound", "proven", "prices")
    row = record(data, place, (*names, "searched"), names)
    if not isinstance(row["proven"], bool):
        raise InputError(f"{place}.proven must be true or false, not {shown(row['proven'])}.")
    if not isinstance(row["prices"], dict):
        raise InputError(f"{place}.prices must be an object, not {shown(row['prices'])}.")
    price = whole(-MAX_PRICE, MAX_PRICE)
    return Level(
        name=text(row["name"], f"{place}.name"),
        value=whole(-MAX_VALUE, MAX_VALUE)(row["value"], f"{place}.value"),
        bound=optional(whole(-MAX_VALUE, MAX_VALUE))(row["bound"], f"{place}.bound"),
        proven=row["proven"],
        searched=optional(whole(-MAX_VALUE, MAX_VALUE))(row.get("searched"), f"{place}.searched"),
        prices={
            text(slot, f"{place}.prices"): price(value, f"{place}.prices[{shown(slot)}]")
            for slot, value in row["prices"].items()
        },
    )
