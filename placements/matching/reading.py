"""From a file's JSON, or from a caller's rows, to checked dataclasses. Errors name the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar

from .errors import InputError, ProblemError
from .fields import Check, record, sequence, shown
from .pairs import Pair

PROBLEM_FORMAT = "praksisplass-problem/1"

# Lists of pairs of names.
TWOS = ("together", "apart", "overlaps")

Row = TypeVar("Row")


@contextmanager
def as_problem_error() -> Iterator[None]:
    """Every refusal while reading a problem is a ProblemError to the caller."""
    try:
        yield
    except ProblemError:
        raise
    except InputError as error:
        raise ProblemError(str(error)) from None


def problem_fields(data: Any, candidate: type, slot: type, quota: type) -> dict[str, Any]:
    """The arguments of `Problem`, from the parsed file. Values are checked by `Problem` itself."""
    required = ("format", "candidates", "slots", "pairs")
    known = (*required, "seed", "policy", "quotas", *TWOS)
    data = record(data, "The problem", known, required)
    if data["format"] != PROBLEM_FORMAT:
        raise InputError(f'format must be "{PROBLEM_FORMAT}", not {shown(data["format"])}.')
    return {
        "candidates": _objects(data["candidates"], "candidates", candidate),
        "slots": _objects(data["slots"], "slots", slot),
        "pairs": _objects(data["pairs"], "pairs", Pair),
        "quotas": _objects(data.get("quotas", ()), "quotas", quota),
        **{name: data[name] for name in ("seed", "policy", *TWOS) if name in data},
    }


def rows(values: Any, kind: type[Row], checks: Mapping[str, Check], name: str) -> list[Row]:
    """Every row with every value checked. Values at their default need no check."""
    defaults = {f.name: f.default for f in fields(kind)}  # type: ignore[arg-type]
    checked = []
    for i, row in enumerate(sequence(values, name)):
        if not isinstance(row, kind):
            raise InputError(f"{name}[{i}] must be a {kind.__name__}, not {shown(row)}.")
        given = {key: getattr(row, key) for key in checks}
        for key, check in checks.items():
            if given[key] is not defaults[key]:
                given[key] = check(given[key], f"{name}[{i}].{key}")
        checked.append(kind(**given))
    return checked


def numbered(ids: Sequence[str], name: str) -> dict[str, int]:
    """Each id's position; the same id twice is refused."""
    at: dict[str, int] = {}
    for i, key in enumerate(ids):
        if at.setdefault(key, i) != i:
            raise InputError(f'{name}[{i}].id "{key}" is also that of {name}[{at[key]}].')
    return at


def _objects(values: Any, name: str, kind: type[Row]) -> list[Row]:
    assert is_dataclass(kind)  # noqa: S101
    known = {f.name: f.default for f in fields(kind)}
    required = [key for key, default in known.items() if default is MISSING]
    # null says the same as leaving the field out.
    return [
        kind(
            **{
                k: v
                for k, v in record(row, f"{name}[{i}]", known, required).items()
                if v is not None or known[k] is MISSING
            }
        )
        for i, row in enumerate(sequence(values, name))
    ]
