"""The runs' side of the queue: see `accounts.queue` for how a wake-up may be lost without harm."""

from accounts.queue import wake

__all__ = ["wake"]
