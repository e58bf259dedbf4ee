"""Reads the mailbox that undeliverable mail comes back to, and marks it in the outbox."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import bounces


class Command(BaseCommand):
    help = "Mark mail that has come back (BOUNCES_URL): coordinators see it in their outbox."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, help="go on for ever, so many seconds apart")

    def handle(self, *args: Any, every: float | None, **options: Any) -> None:
        if not settings.BOUNCES_URL:
            raise CommandError("BOUNCES_URL is not set. See .env.example for what it means.")
        while True:
            try:
                returned = bounces.take_in(settings.BOUNCES_URL)
            except bounces.UNREADABLE as error:
                if not every:
                    raise CommandError(f"The mailbox cannot be read: {error}") from error
                self.stderr.write(f"the mailbox cannot be read: {type(error).__name__}")
            else:
                self.stdout.write(f"{returned} came back")
            if not every:
                return
            time.sleep(every)
