"""The sweeper: finishes what a lost message, a dead worker or an absent Redis has left standing.

It reads PostgreSQL and nothing else, and does the work itself instead of sending another message.
"""

import logging
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from accounts import digests, heartbeat, outbox, retention
from placements import deadlines
from placements import retention as rounds_retention
from placements.actions import agreements, bundles, offers, parts, questions, runs, telling
from schools.imports import forget_expired

logger = logging.getLogger(__name__)

ALIVE_SECONDS = 60


class Command(BaseCommand):
    help = "Run what stands still and send mail that is due, for ever (or --once)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one sweep, then stop")
        parser.add_argument("--every", type=float, default=5.0, help="seconds between sweeps")
        parser.add_argument("--heartbeat", type=Path, help="a file to touch after each good sweep")

    def handle(
        self, *args: Any, once: bool, every: float, heartbeat: Path | None, **options: Any
    ) -> None:
        if once:
            self.sweep()
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        logger.info("sweeper started")
        told = time.monotonic()
        while not stopping.is_set():
            if self.sweep_safely() and heartbeat:
                heartbeat.touch()
            if time.monotonic() - told >= ALIVE_SECONDS:
                told = time.monotonic()
                logger.info("sweeper alive")
            stopping.wait(every)
        logger.info("sweeper stopped")

    def sweep_safely(self) -> bool:
        """A database that restarts is waited for; whatever else goes wrong is logged and tried again."""
        close_old_connections()
        try:
            self.sweep()
            return True
        except DatabaseError as error:
            logger.warning("sweeper: %s", type(error).__name__)
            connection.close()
        except Exception:
            logger.exception("sweeper stumbled")
        return False

    def sweep(self) -> None:
        parts.resume_stalled()
        runs.resume_stalled()
        agreements.remind_late()
        agreements.remind_unstarted()
        deadlines.remind_due()
        telling.tell_due()
        digests.gather()
        outbox.deliver_due()
        forget_expired()
        retention.forget_expired()
        rounds_retention.forget_expired()
        offers.forget_old()
        questions.resume_stalled()
        bundles.resume_stalled()  # after the mail: each takes as long as its letters
        bundles.forget_old()
        heartbeat.beat(heartbeat.SWEEPER)
