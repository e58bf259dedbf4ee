"""Errors that a person can act on. Their text is a translated sentence for that person."""

from typing import Any


class DomainError(Exception):
    """Something the domain does not allow. `str(error)` says what, and what to do instead."""


class Conflict(DomainError):
    """Somebody else changed the same row first; `theirs` is the row as it is now."""

    def __init__(self, message: str, theirs: Any = None) -> None:
        super().__init__(message)
        self.theirs = theirs
