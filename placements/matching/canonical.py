"""The one way to write a problem or a solution as bytes, so that equal means byte for byte.

Objects have their keys sorted, there is no space outside text, text is UTF-8 and not escaped beyond
what JSON demands, and fields at their default are left out: a field added by a later version does
not change the hash of a problem that does not use it.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from .reading import PROBLEM_FORMAT, TWOS

if TYPE_CHECKING:
    from .problem import Problem


def encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def without_defaults(row: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something, tuples as lists."""
    kept = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if each.default is MISSING or value != each.default:
            kept[each.name] = list(value) if isinstance(value, tuple) else value
    return kept


def problem_bytes(problem: Problem) -> bytes:
    """The same bytes as encoding `problem.to_json()`, without a dictionary for every pair."""
    parts = {name: encode(part) for name, part in head(problem).items()}
    parts["pairs"] = f"[{','.join(_pairs(problem))}]"
    body = ",".join(f'"{name}":{part}' for name, part in sorted(parts.items()))
    return f"{{{body}}}".encode()


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


def _pairs(problem: Problem) -> list[str]:
    columns = problem.columns
    candidates = [f'{{"candidate":{encode(row.id)}' for row in problem.candidates]
    slots = [f',"slot":{encode(row.id)}' for row in problem.slots]
    written = {
        name: {v: f',"{name}":{v}' if v else "" for v in set(getattr(columns, name).tolist())}
        for name in ("priority", "rank", "travel")
    }
    priorities, ranks, travels = written["priority"], written["rank"], written["travel"]
    return [
        f"{candidates[c]}{priorities[p]}{ranks[r]}{slots[s]}{travels[t]}}}"
        for c, p, r, s, t in zip(
            columns.candidate.tolist(),
            columns.priority.tolist(),
            columns.rank.tolist(),
            columns.slot.tolist(),
            columns.travel.tolist(),
            strict=True,
        )
    ]
