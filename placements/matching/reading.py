"""From a file's JSON, or from a caller's rows, to checked dataclasses. Errors name the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, TypeVar

from .errors import InputError, ProblemError
from .fields import Check, record, sequence, shown
from .pairs import CHECKS, MOST, Pair, Pairs

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


def problem_fields(
    data: Any, candidate: type, slot: type, quota: type, pairs: Pairs | None = None
) -> dict[str, Any]:
    """The arguments of `Problem`, from the parsed file. Values are checked by `Problem` itself.

    `pairs`: as columns, where the file has none."""
    required = ("format", "candidates", "slots", *(() if pairs is not None else ("pairs",)))
    known = (*required, "seed", "policy", "quotas", *TWOS)
    data = record(data, "The problem", known, required)
    if data["format"] != PROBLEM_FORMAT:
        raise InputError(f'format must be "{PROBLEM_FORMAT}", not {shown(data["format"])}.')
    return {
        "candidates": _objects(data["candidates"], "candidates", candidate),
        "slots": _objects(data["slots"], "slots", slot),
        "pairs": _pairs(data) if pairs is None else pairs,
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
        settled = {}
        for key, check in checks.items():
            value = getattr(row, key)
            if value is not defaults[key]:
                found = check(value, f"{name}[{i}].{key}")
                if found is not value:
                    settled[key] = found
        checked.append(replace(row, **settled) if settled else row)  # type: ignore[type-var]
    return checked


def numbered(ids: Sequence[str], name: str) -> dict[str, int]:
    """Each id's position; the same id twice is refused."""
    at: dict[str, int] = {}
    for i, key in enumerate(ids):
        if at.setdefault(key, i) != i:
            raise InputError(f'{name}[{i}].id "{key}" is also that of {name}[{at[key]}].')
    return at


def _pairs(data: Mapping[str, Any]) -> Any:
    return _columns(data) or _objects(data["pairs"], "pairs", Pair)


def _columns(data: Mapping[str, Any]) -> Pairs | None:
    """The pairs as columns, where nothing is odd about them: a large file has half a million.

    None where anything is. Then they are read one by one, and the refusal names the place."""
    try:
        ids = [[row["id"] for row in data[name]] for name in ("candidates", "slots")]
        who, where = ({key: i for i, key in enumerate(each)} for each in ids)
        pairs: list[dict[str, Any]] = data["pairs"]
        ends = [who[row["candidate"]] for row in pairs], [where[row["slot"]] for row in pairs]
        more = {name: [row.get(name) for row in pairs] for name in CHECKS}
        fields_there = sum(map(len, pairs))
    except (KeyError, TypeError, AttributeError):
        return None
    given = {name: len(pairs) - column.count(None) for name, column in more.items()}
    if fields_there != 2 * len(pairs) + sum(given.values()):
        return None  # a field that is null, or that is not known
    columns = {}
    for name, column in more.items():
        least = 0 if name == "travel" else 1
        present = [value for value in column if value is not None]
        if set(map(type, present)) - {int}:
            return None
        if present and not least <= min(present) <= max(present) <= MOST[name]:
            return None
        columns[name] = [value or 0 for value in column]
    return Pairs.from_columns(*ends, **columns) if pairs else None


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
