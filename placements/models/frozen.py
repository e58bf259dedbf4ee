"""Columns for what is written once and must come back as it was."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db import models

from placements import matching
from placements.matching import packed

FAST = 1  # a fifth of the size; higher levels take several times as long for little more


class FrozenField(models.BinaryField):  # type: ignore[type-arg]  # Django's takes none
    """Packed on the way in and unpacked on the way out: 70 MB of ids are 16 in the database."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        compressed = value if value is None else zlib.compress(value, FAST)
        return super().get_db_prep_value(compressed, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else zlib.decompress(value)


class Frozen:
    """A problem as it is stored: packed, or (before there was such a thing, and in tests) as its file."""

    def __init__(self, stored: bytes) -> None:
        self.stored = stored

    def __eq__(self, other: object) -> bool:
        """The same bytes: a row read twice is the same row."""
        return isinstance(other, Frozen) and self.stored == other.stored

    def __hash__(self) -> int:
        return hash(self.stored)

    def __repr__(self) -> str:
        return f"Frozen({sha256(self.stored).hexdigest()[:16]}, {len(self.stored)} bytes)"

    @classmethod
    def of(cls, problem: matching.Problem) -> Frozen:
        return cls(packed.pack(problem))

    @cached_property
    def unpacked(self) -> matching.Problem:
        if packed.is_packed(self.stored):
            return packed.unpack(self.stored)
        return matching.Problem.from_json(self.file)

    @cached_property
    def file(self) -> bytes:
        """Byte for byte what was hashed; nothing where it has been forgotten."""
        if not packed.is_packed(self.stored):
            return zlib.decompress(self.stored)
        file = self.unpacked.canonical()
        if sha256(file).hexdigest() != self.unpacked.sha256:
            raise ValueError("What is written now is not what was hashed.")
        return file


class FrozenProblemField(models.BinaryField):  # type: ignore[type-arg]  # Django's takes none
    """A problem. A file that is put in comes out as the same file."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(_stored(value), connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else Frozen(bytes(value))

    def value_to_string(self, obj: models.Model) -> str:
        stored = _stored(self.value_from_object(obj))
        return "" if stored is None else b64encode(stored).decode()

    def to_python(self, value: Any) -> Any:
        return Frozen(b64decode(value)) if isinstance(value, str) and value else value


def _stored(value: Frozen | bytes | None) -> bytes | None:
    if isinstance(value, Frozen):
        return value.stored
    return None if value is None else zlib.compress(value, FAST)
