"""Several threads at one thing, at the same moment, each with its own connection and real commits."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Start all at once; return what each gave back or raised."""
    outcomes: list[Any] = [None] * len(runners)
    barrier = Barrier(len(runners))

    def run(number: int, runner: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            outcomes[number] = runner()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(
            240
        )  # far beyond what a slow machine needs, so that only a lock can be the reason
    assert not any(thread.is_alive() for thread in threads), "a racer is stuck"
    return outcomes


def errors(outcomes: Sequence[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@contextmanager
def without(table: str, *, constraint: str = "", trigger: str = "", index: str = ""):
    """The negative control: take a guard of the database away, and put it back."""
    with connection.cursor() as cursor:
        if constraint:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
                [constraint],
            )
            (definition,) = cursor.fetchone()
            away = f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
            back = f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}"
        elif trigger:
            away = f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"
            back = f"ALTER TABLE {table} ENABLE TRIGGER {trigger}"
        else:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
            (back,) = cursor.fetchone()
            away = f"DROP INDEX {index}"
        cursor.execute(away)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            # What the missing guard let in would keep it from coming back.
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(back)
