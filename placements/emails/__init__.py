"""The mails this app can write, registered with the outbox by kind."""

from placements.emails import publication

__all__ = ["publication"]
