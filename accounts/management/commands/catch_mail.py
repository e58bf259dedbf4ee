"""A mail server that delivers nowhere: it keeps every message for the demo's inbox."""

import logging
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Catch all mail on this machine and keep it in MAIL_CATCHER_DIR (only with DEMO=true)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.EMAIL_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Mail is caught only with DEMO=true: real people wait for it.")
        if not settings.MAIL_CATCHER_DIR:
            raise CommandError("MAIL_CATCHER_DIR is not set. See .env.example for what it means.")
        # Of the demo dependency group, which production leaves out.
        from aiosmtpd.controller import Controller
        from aiosmtpd.handlers import Mailbox

        logging.getLogger("mail.log").setLevel(logging.WARNING)  # it would write every address down
        folder = Path(settings.MAIL_CATCHER_DIR)
        folder.parent.mkdir(parents=True, exist_ok=True)
        controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=options["port"])
        # Blocked before the server's thread starts, so that the wait below is what hears them.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        controller.start()
        self.stdout.write(f"catching mail on 127.0.0.1:{options['port']} in {folder}")
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        controller.stop()
