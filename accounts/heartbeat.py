"""That a process is at work: it says so in the database, where whoever asks may be on another machine."""

import datetime as dt

from django.core.cache import cache
from django.utils import timezone

SWEEPER = "sweeper"


def beat(name: str) -> None:
    """Say that it is alive now."""
    cache.set(f"alive:{name}", timezone.now().isoformat(), None)


def last(name: str) -> dt.datetime | None:
    """When it said so last."""
    said = cache.get(f"alive:{name}")
    return dt.datetime.fromisoformat(said) if said else None
