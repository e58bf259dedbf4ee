"""The mails this app can write, registered with the outbox by kind."""

from placements.emails import answers, capacity, letters, publication, wishes

__all__ = ["answers", "capacity", "letters", "publication", "wishes"]
