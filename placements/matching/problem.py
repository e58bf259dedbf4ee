"""The problem: who may go where, and what is wished. Frozen, checked, in one canonical order.

A `Problem` is built from a file (`from_json`) or from Python (`Problem(...)`, with pairs as `Pair`
objects or as NumPy columns). However it came, candidates, slots and pairs end up sorted by id, so
that the same problem always has the same bytes and the same hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from . import canonical, policies, reading
from .digests import Lots
from .errors import InputError
from .fields import MAX_CAPACITY, MAX_PRIORITY, Check, optional, parse, text, texts, whole
from .pairs import Pair, Pairs
from .roster import Roster
from .rules import QUOTA_CHECKS, Quota, Rules, Two, in_order, twos


@dataclass(frozen=True, slots=True)
class Candidate:
    """One need for one place. `priority`: a higher class is placed first."""

    id: str
    school: str | None = None
    priority: int = 0
    person: str | None = None
    pinned: str | None = None
    previous: str | None = None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One workplace in one period, with room for `capacity` candidates."""

    id: str
    capacity: int
    site: str | None = None
    region: str | None = None
    period: str | None = None
    minimum: int = 0
    offers: tuple[str, ...] = ()


CANDIDATE_CHECKS: dict[str, Check] = {
    "id": text,
    "school": optional(text),
    "priority": whole(-MAX_PRIORITY, MAX_PRIORITY),
    "person": optional(text),
    "pinned": optional(text),
    "previous": optional(text),
    "lacks": texts,
}
SLOT_CHECKS: dict[str, Check] = {
    "id": text,
    "capacity": whole(0, MAX_CAPACITY),
    "site": optional(text),
    "region": optional(text),
    "period": optional(text),
    "minimum": whole(0, MAX_CAPACITY),
    "offers": texts,
}


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything the answer depends on, and nothing else. Two are the same if `sha256` is."""

    candidates: Sequence[Candidate]
    slots: Sequence[Slot]
    pairs: Iterable[Pair] | Pairs = ()
    seed: str = "0"
    policy: Sequence[str] = policies.DEFAULT
    quotas: Sequence[Quota] = ()
    together: Sequence[Two] = ()
    apart: Sequence[Two] = ()
    overlaps: Sequence[Two] = ()

    def __post_init__(self) -> None:
        with reading.as_problem_error():
            text(self.seed, "seed")
            policy = policies.checked(self.policy)
            candidates = reading.rows(self.candidates, Candidate, CANDIDATE_CHECKS, "candidates")
            slots = reading.rows(self.slots, Slot, SLOT_CHECKS, "slots")
            candidate_at = reading.numbered([row.id for row in candidates], "candidates")
            slot_at = reading.numbered([row.id for row in slots], "slots")
            quotas = reading.rows(self.quotas, Quota, QUOTA_CHECKS, "quotas")
            _refuse_reserved(slots)
            pairs = Pairs.of(self.pairs, candidate_at, slot_at)
            pairs.refuse_repeated(list(candidate_at), list(slot_at))
            tied = {name: twos(getattr(self, name), name) for name in reading.TWOS}
            _check_references(candidates, slot_at)
            Rules(candidates, slots, quotas, **tied).refuse_contradictions()
        candidate_order = [candidate_at[key] for key in sorted(candidate_at)]
        slot_order = [slot_at[key] for key in sorted(slot_at)]
        settled = {
            "policy": policy,
            "candidates": tuple(candidates[i] for i in candidate_order),
            "slots": tuple(slots[i] for i in slot_order),
            "pairs": pairs.reordered(candidate_order, slot_order),
            "quotas": in_order(quotas),
            **{name: tuple(sorted(rows)) for name, rows in tied.items()},
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)
        with reading.as_problem_error():
            _check_pins(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | bytes | str) -> Problem:
        with reading.as_problem_error():
            parsed = parse(data) if isinstance(data, bytes | str) else data
            return cls(**reading.problem_fields(parsed, Candidate, Slot, Quota))

    def to_json(self) -> dict[str, Any]:
        """The file as Python data. Fields at their default are left out."""
        return {
            **canonical.head(self),
            "pairs": [canonical.without_defaults(row) for row in self.each_pair()],
        }

    def canonical(self) -> bytes:
        """The file as bytes: sorted, compact UTF-8. Its SHA-256 is the problem's name."""
        return b"".join(canonical.problem_bytes(self))

    @cached_property
    def sha256(self) -> str:
        digest = sha256()
        for piece in canonical.problem_bytes(self):
            digest.update(piece)
        return digest.hexdigest()

    @cached_property
    def roster(self) -> Roster:
        """The candidates and slots as NumPy columns."""
        return Roster(self.candidates, self.slots, self.slot_index)

    @cached_property
    def lots(self) -> Lots:
        """The lottery, for candidates and slots by their numbers."""
        return Lots(self.seed, list(self.candidate_index), list(self.slot_index))

    @cached_property
    def rules(self) -> Rules:
        """What ties candidates to each other; false where nothing does."""
        return Rules(
            candidates=self.candidates,
            slots=self.slots,
            quotas=self.quotas,
            together=self.together,
            apart=self.apart,
            overlaps=self.overlaps,
        )

    @property
    def columns(self) -> Pairs:
        """The pairs as NumPy columns; indices point into `candidates` and `slots`."""
        assert isinstance(self.pairs, Pairs)  # noqa: S101  (settled in __post_init__)
        return self.pairs

    def each_pair(self) -> Iterator[Pair]:
        """The pairs as objects, in canonical order. For reading, not for computing."""
        return self.columns.each([c.id for c in self.candidates], [s.id for s in self.slots])

    @cached_property
    def candidate_index(self) -> dict[str, int]:
        return {row.id: i for i, row in enumerate(self.candidates)}

    @cached_property
    def slot_index(self) -> dict[str, int]:
        return {row.id: i for i, row in enumerate(self.slots)}


def _refuse_reserved(slots: Sequence[Slot]) -> None:
    """Names beginning so stand for seats to wait on, and for quotas, in the proofs."""
    for i, slot in enumerate(slots):
        for prefix in ("waiting:", "quota:"):
            if slot.id.startswith(prefix):
                raise InputError(f'slots[{i}].id may not begin with "{prefix}".')


def _check_references(candidates: Sequence[Candidate], slot_at: Mapping[str, int]) -> None:
    for i, candidate in enumerate(candidates):
        for name in ("pinned", "previous"):
            slot = getattr(candidate, name)
            if slot is not None and slot not in slot_at:
                raise InputError(f'candidates[{i}].{name} is "{slot}", which is not in slots.')


def _check_pins(problem: Problem) -> None:
    """A pin must be possible: an eligible pair, and no more pins at a slot than it has room for."""
    pinned = {i: c.pinned for i, c in enumerate(problem.candidates) if c.pinned is not None}
    if not pinned:
        return
    columns, held = problem.columns, dict.fromkeys(pinned.values(), 0)
    for i, slot in pinned.items():
        candidate = problem.candidates[i].id
        if not columns.has(i, problem.slot_index[slot]):
            raise InputError(
                f'The candidate "{candidate}" is pinned to "{slot}" but has no pair there.'
            )
        held[slot] += 1
        capacity = problem.slots[problem.slot_index[slot]].capacity
        if held[slot] > capacity:
            raise InputError(
                f'More candidates are pinned to "{slot}" than its capacity of {capacity}.'
            )
