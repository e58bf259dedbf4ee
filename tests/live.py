"""The whole product beside a test: web server, worker, sweeper and mail server, all of them real.

They are processes of their own on the test's database, so a test that uses `live_stack` commits.
The test drives a browser (or plain HTTP) and reads the mail that was really sent.
"""

import contextlib
import mailbox
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.db import connection

from config.celery import app as celery
from launch.demo import free_port
from launch.processes import spawn, stop

ROOT = Path(__file__).resolve().parent.parent


class LiveStack:
    """The running processes, and what a test wants to know of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.mail_port = free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.mail_folder = folder / "caught"
        self.env = {
            **os.environ,
            "DATABASE_URL": _test_database(),
            "SITE_URL": self.url,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mail_port),
            "MAIL_CATCHER_DIR": str(self.mail_folder),
            "STATEMENT_TIMEOUT": "60s",
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        self._running[name] = spawn(
            [sys.executable, *command], self.folder / f"{name}.log", env=self.env, cwd=ROOT
        )

    def stop(self, *names: str, how: int = signal.SIGTERM, patience: float = 10) -> None:
        for name in names:
            stop(self._running.pop(name), how=how, patience=patience)

    def start_web(self) -> None:
        """Start what answers people, and wait for it."""
        bind = f"127.0.0.1:{self.port}"
        product = "tests.slow" if os.environ.get("SLOW_PAGES") else "config.wsgi"
        self.start("mail", "manage.py", "catch_mail")
        self.start(
            "web", "-m", "gunicorn", product, "--bind", bind, "--workers", "1",
            "--threads", "4", "--no-control-socket",
        )  # fmt: skip
        self.until(lambda: _answers(f"{self.url}/health/ready"), 60)
        self.until(lambda: _takes_mail(self.mail_port), 60)

    def start_work(self) -> None:
        """Start what works behind them; nobody waits for it, as in life."""
        self.start(
            "worker", "-m", "celery", "-A", "config", "worker", "--concurrency", "2",
            "--without-gossip", "--without-mingle",
        )  # fmt: skip
        self.start("sweeper", "manage.py", "sweep")

    def log(self, name: str) -> str:
        """What a process has said so far: the first thing to print when a test fails."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def mails(self, to: str = "") -> list[EmailMessage]:
        """The mail sent so far, oldest first; to one person if she is named.

        `letter.get_body(("plain",)).get_content()` is its text.
        """
        if not self.mail_folder.exists():
            return []
        kept = mailbox.Maildir(self.mail_folder)
        letters = [
            message_from_bytes(kept.get_bytes(key), EmailMessage, policy=policy.default)
            for key in sorted(kept.keys())
        ]
        return [letter for letter in letters if not to or letter["X-RcptTo"] == to]

    def wait_for_mail(self, to: str, seconds: float = 60) -> EmailMessage:
        """The newest mail to this person, as soon as there is one."""
        self.until(lambda: bool(self.mails(to)), seconds)
        return self.mails(to)[-1]

    def until(self, true: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something to come true, or fail with what the processes said."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                said = "\n".join(f"--- {name}\n{self.log(name)[-2000:]}" for name in self._running)
                pytest.fail(f"This never came true.\n{said}")
            time.sleep(0.1)


@pytest.fixture(scope="session")
def live_web(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveStack]:
    """Web and mail server, once for all tests: they do nothing that is not asked of them."""
    stack = LiveStack(tmp_path_factory.mktemp("live"))
    try:
        stack.start_web()
        yield stack
    finally:
        stack.stop(*list(stack._running))


@pytest.fixture
def live_stack(transactional_db: None, live_web: LiveStack) -> Iterator[LiveStack]:
    """The whole product on this test's database.

    Worker and sweeper end with the test, at once: between two tests the tables are emptied under
    them. That what is killed loses nothing is tested in tests/faults/.
    """
    celery.control.purge()
    shutil.rmtree(live_web.mail_folder / "new", ignore_errors=True)
    if live_web.mail_folder.exists():
        (live_web.mail_folder / "new").mkdir()
    live_web.start_work()
    yield live_web
    live_web.stop("sweeper", "worker", how=signal.SIGKILL)


def _test_database() -> str:
    """The address of the database that this test process has made for itself."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urlopen(url, timeout=5) as response:
        return response.status == 200
    return False


def _takes_mail(port: int) -> bool:
    with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        return server.noop()[0] == 250
    return False
