"""The mails this app can write, registered with the outbox by kind."""

from placements.emails import (
    agreements,
    answers,
    capacity,
    follow_up,
    letters,
    offers,
    publication,
    requirements,
    supervision,
    swaps,
    topics,
    wishes,
)

__all__ = [
    "agreements",
    "answers",
    "capacity",
    "follow_up",
    "letters",
    "offers",
    "publication",
    "requirements",
    "supervision",
    "swaps",
    "topics",
    "wishes",
]
