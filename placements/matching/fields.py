"""Checks for one value at a time; every refusal names the place where the value stands.

Both files and Python callers pass through these, so that a problem built from the database is held
to the same rules as one built from a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import InputError

MAX_CAPACITY = 1_000_000
MAX_RANK = 10_000
MAX_TRAVEL = 1_000_000
MAX_PRIORITY = 1_000_000
MAX_TEXT = 200

Check = Callable[[Any, str], Any]


def text(value: Any, place: str) -> str:
    """An id or a name: printable, since ids are hashed one to a line in the lottery."""
    if not isinstance(value, str):
        raise InputError(f"{place} must be text, not {shown(value)}.")
    if not value or len(value) > MAX_TEXT:
        raise InputError(f"{place} must have from 1 to {MAX_TEXT} characters.")
    if not value.isprintable():
        raise InputError(f"{place} holds a character that cannot be printed.")
    return value


def whole(least: int, most: int) -> Check:
    def check(value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InputError(
                f"{place} must be a whole number from {least} to {most}, not {shown(value)}."
            )
        return int(value)

    return check


def optional(check: Check) -> Check:
    def check_or_none(value: Any, place: str) -> Any:
        return None if value is None else check(value, place)

    return check_or_none


def texts(value: Any, place: str) -> tuple[str, ...]:
    """A set of names, written as a list; sorted, so that the order written says nothing."""
    names = tuple(text(item, f"{place}[{i}]") for i, item in enumerate(sequence(value, place)))
    if len(set(names)) != len(names):
        raise InputError(f"{place} names the same thing twice.")
    ordered = tuple(sorted(names))
    return value if value == ordered else ordered


def sequence(value: Any, place: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InputError(f"{place} must be a list, not {shown(value)}.")
    return value


def record(value: Any, place: str, known: Iterable[str], required: Iterable[str]) -> dict[str, Any]:
    """A JSON object with no field that we would ignore and none missing that we need."""
    if not isinstance(value, dict):
        raise InputError(f"{place} must be an object, not {shown(value)}.")
    for name in required:
        if name not in value:
            raise InputError(f'{place} lacks the field "{name}".')
    known = set(known)
    for name in value:
        if name not in known:
            raise InputError(f"{place} has a field {shown(name)} that this engine does not know.")
    return value


def parse(data: bytes | str) -> Any:
    """Strict JSON: no NaN, no repeated field, no number or nesting that Python gives up on."""
    try:
        return json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except InputError:
        raise
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"The file is not JSON: {error.msg} at {where}.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"The file is not UTF-8 text: see byte {error.start}.") from None
    except RecursionError:
        raise InputError("The file is nested too deeply.") from None
    except ValueError:
        raise InputError("The file holds a number with too many digits.") from None


def shown(value: Any) -> str:
    """The value as the file would write it, cut to a length that suits a sentence."""
    if isinstance(value, dict | list | tuple):
        return "a list" if not isinstance(value, dict) else "an object"
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    written = json.dumps(value, default=repr)
    return written if len(written) <= 60 else written[:57] + "..."


def checked(row: object, checks: Mapping[str, Check], place: str) -> dict[str, Any]:
    """All fields of one record, each through its check."""
    return {name: check(getattr(row, name), f"{place}.{name}") for name, check in checks.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"An object in the file has the field {shown(twice)} twice.")
    return found


def _refuse_constant(name: str) -> None:
    raise InputError(f"The file holds {name}, which is not a number in JSON.")
