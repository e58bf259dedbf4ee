"""Publishing a round of 10,000: the click, how long the round stands locked, and what others wait for.

    python -m benchmarks.publishing [--sizes 10000]

The round of `benchmarks.whole_run`, matched, then published in a process of its own, while somebody else
keeps asking for the round's lock as every change of it does, and a third connection asks PostgreSQL how old
the publishing transaction is. Then one sender hands 200 of the mails to a mail server on this machine.

The bars: a transaction of 10 s, a wait of 3 s (then PostgreSQL gives up and the page says that somebody else
is at it; how often is told), 1 GB, and 20 mails a second. Exits 1 over one of them.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.whole_run import in_a_process_of_its_own

TRANSACTION, WAIT = 10.0, 3.0  # seconds
SLACK = 0.5  # until the thread that waited has its turn
MEMORY = 1_000  # MB
MAILS, A_SECOND = 200, 20
EVERY = 0.02


class Others:
    """What the others see of it, as long as the block runs: `longest` transaction, `waited`, `refused`."""

    def __init__(self, round_id: Any, pid: int) -> None:
        self.round_id, self.pid = round_id, pid
        self.longest = self.waited = 0.0
        self.asked = self.refused = 0
        self._over = threading.Event()

    def __enter__(self) -> Others:
        self._threads = [
            threading.Thread(target=self._repeat, args=[f]) for f in (self._age, self._lock)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, look: Any) -> None:
        from django.db import connection

        try:
            while not self._over.wait(EVERY):
                look()
        finally:
            connection.close()

    def _age(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM clock_timestamp() - xact_start)"
                " FROM pg_stat_activity WHERE pid = %s",
                [self.pid],
            )
            row = cursor.fetchone()
        self.longest = max(self.longest, float(row[0] or 0) if row else 0.0)

    def _lock(self) -> None:
        from django.db import transaction

        from placements.locks import Busy, lock_round

        begun = time.perf_counter()
        try:
            with transaction.atomic():
                lock_round(self.round_id)
        except Busy:
            self.refused += 1
        self.asked += 1
        self.waited = max(self.waited, time.perf_counter() - begun)


@contextmanager
def mail_server() -> Iterator[Any]:
    """One that takes every mail, on this machine; Django is told of it."""
    from aiosmtpd.controller import Controller
    from django.test import override_settings

    from tests.accounts.conftest import Sink, free_port

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="accounts.smtp.Backend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=controller.port,
            EMAIL_USE_TLS=False,
        ):
            yield sink
    finally:
        controller.stop()


def measure(round_id: str) -> int:
    """In this process; gives 1 over a bar."""
    from django.db import connection

    from accounts import outbox
    from accounts.models import User
    from config.collector import keep_what_is_loaded
    from placements.actions import publication, runs
    from placements.models import MatchingRun, Round
    from tests import factories as f

    around = Round.objects.get(pk=round_id)
    by = User.objects.order_by("pk").first() or f.UserFactory()
    keep_what_is_loaded()  # as the web server does
    first = runs.start(around, by=by)
    runs.execute(first.pk)
    run = MatchingRun.objects.get(pk=first.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with Others(around.pk, pid) as others:
        begun = time.perf_counter()
        publication.publish(run, by=by)
        click = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with mail_server() as sink:
        begun = time.perf_counter()
        tried = outbox.deliver_due(MAILS)
        rate = tried / (time.perf_counter() - begun)
    placed = around.placements.count()
    print(f"{placed:>9} placed by one click of {click:.2f} s; {others.asked} times asked meanwhile")
    print(f"{'the transaction':>20}  {others.longest:.2f} s (the bar: {TRANSACTION:g})")
    print(
        f"{'longest wait':>20}  {others.waited:.2f} s (the bar: {WAIT:g}), {others.refused} refused"
    )
    print(f"{'peak memory':>20}  {peak:.0f} MB (the bar: {MEMORY})")
    print(f"{'mails':>20}  {rate:.0f} a second (the bar: {A_SECOND})", flush=True)
    sent = len(sink.kept) == tried > 0
    over = others.longest > TRANSACTION or others.waited > WAIT + SLACK or peak > MEMORY
    return int(over or rate < A_SECOND or not sent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--round", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.round is None:
        return in_a_process_of_its_own("benchmarks.publishing", options.sizes)
    import django

    django.setup()
    return measure(options.round)


if __name__ == "__main__":
    sys.exit(main())
