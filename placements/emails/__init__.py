"""The mails this app can write, registered with the outbox by kind."""

from placements.emails import answers, publication, wishes

__all__ = ["answers", "publication", "wishes"]
