"""`./run`: the whole product on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from launch.prepare import HALF, Preparation
from launch.processes import Account, can_run, spawn
from launch.servers import (
    Postgres,
    ServerError,
    Valkey,
    postgres_home,
    socket_folder,
    valkey_program,
)
from launch.state import State
from launch.supervisor import Service, Supervisor

PORT = 8000
WEB_WORKERS = 2
WEB_THREADS = 4
# What may take longer than a page: the worker, the sweeper, and a person at the keyboard.
PATIENT = {"STATEMENT_TIMEOUT": "5min"}


class Demo:
    """One running copy."""

    def __init__(self, state: State, python: Path) -> None:
        self.state, self.python = state, python
        self.supervisor = Supervisor(self._note)
        self.sockets: Path | None = None
        self.address = ""
        self.ours: dict[str, str] = {}  # what we add to the environment
        self.env: dict[str, str] = {}
        self.app_account = self._app_account()

    def _app_account(self) -> Account | None:
        """Run web and worker as the servers' account when it can read them.

        It cannot where root's own home holds Python or the checkout; then they stay root, on this
        machine's loopback only. Production's image has a user of its own.
        """
        reads = "import sys, django; open(sys.argv[1]).close()"
        manage = str(self.state.root / "manage.py")
        able = can_run([str(self.python), "-c", reads, manage], self.state.account)
        return self.state.account if able else None

    def start_servers(self) -> None:
        """Start what DATABASE_URL and REDIS_URL do not replace, and tell the rest where it is."""
        account, venv = self.state.account, self.python.parent.parent
        copies = self.state.folder / "servers"
        own_database, own_broker = (
            not os.environ.get("DATABASE_URL"),
            not os.environ.get("REDIS_URL"),
        )
        urls = {}
        if own_database or own_broker:
            self.sockets = sockets = socket_folder(account)
        if own_database:
            home = postgres_home(venv, account, copies)
            data = self.state.folder / "postgres"
            urls["DATABASE_URL"] = self._start_postgres(Postgres(home, data, sockets, account))
        if own_broker:
            valkey = Valkey(valkey_program(venv, account, copies), sockets, account)
            self._start_server(valkey, lambda: valkey.start(self.state.log("valkey")))
            urls["REDIS_URL"] = valkey.url
        self.ours = {
            **urls,
            "DEMO": "true",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(free_port()),
            "EMAIL_USE_TLS": "false",
            "MAIL_CATCHER_DIR": str(self.state.mail / "caught"),
            "STATIC_ROOT": str(self.state.folder / "static"),
            "PYTHONUNBUFFERED": "1",
        }
        self.env = {**os.environ, **self.ours}
        self._note(self.supervisor.pids())

    def _start_postgres(self, postgres: Postgres) -> str:
        def start() -> subprocess.Popen[bytes]:
            postgres.prepare()
            return postgres.start(self.state.log("postgres"))

        if not (postgres.data / "PG_VERSION").exists():
            self.state.forget("data")
        self._start_server(postgres, start)
        if self.state.digest_of(HALF):
            postgres.drop_database()
        postgres.make_database()
        return postgres.url

    def _start_server(
        self, server: Postgres | Valkey, start: Callable[[], subprocess.Popen[bytes]]
    ) -> None:
        self.supervisor.start(
            Service(server.name, start, stop_signal=server.stop_signal, patience=20)
        )

    def prepare(self) -> Preparation:
        own = not os.environ.get("DATABASE_URL")
        steps = Preparation(self.state, self.python, {**self.env, **PATIENT}, own_database=own)
        steps.all()
        return steps

    def start_product(self) -> None:
        """Start web server and mail catcher, wait until the web answers, and start what works."""
        port = choose_port()
        self.address = f"http://localhost:{port}"
        self.env["SITE_URL"] = os.environ.get("SITE_URL") or self.address
        self.state.mail.mkdir(exist_ok=True)
        if self.app_account:
            self.app_account.owns(self.state.mail)
        python = str(self.python)
        # No access log: the links in mails are secrets, and they are paths.
        self._serve(
            "web",
            [python, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}",
             "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS),
             "--timeout", "30", "--preload", "--no-control-socket"],
            {},
        )  # fmt: skip
        self._serve("mail", [python, "manage.py", "catch_mail"], {})
        self._wait_until_ready(port)
        # The others come up while the first page is read: work that is asked for meanwhile waits as a
        # row, and all four at once would only keep each other from the processor.
        self._serve(
            "worker",
            [python, "-m", "celery", "-A", "config", "worker", "--concurrency", "2",
             "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
            # Ended, it finishes what it can in the soft shutdown's 20 s and gives the rest back.
            {**PATIENT, "REMAP_SIGTERM": "SIGQUIT"},
            patience=25,
        )  # fmt: skip
        self._serve("sweeper", [python, "manage.py", "sweep"], PATIENT)

    def _serve(
        self, name: str, command: list[str], env: dict[str, str], *, patience: float = 10
    ) -> None:
        def start() -> subprocess.Popen[bytes]:
            return spawn(
                command,
                self.state.log(name),
                account=self.app_account,
                env={**self.env, **env},
                cwd=self.state.root,
            )

        self.supervisor.start(Service(name, start, stop_signal=signal.SIGTERM, patience=patience))

    def _wait_until_ready(self, port: int) -> None:
        web = next(service for service in self.supervisor.services if service.name == "web")
        deadline = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/health/ready"):
            ended = web.process is None or web.process.poll() is not None
            if ended or time.monotonic() > deadline:
                tail = self.state.log("web").read_text(errors="replace").splitlines()[-20:]
                raise ServerError("The web server did not start:\n" + "\n".join(tail))
            time.sleep(0.1)

    def _note(self, pids: list[int]) -> None:
        self.state.write_note(
            pids, address=self.address, sockets=str(self.sockets or ""), env=self.ours
        )

    def stop(self) -> None:
        self.supervisor.stop()
        if self.sockets:
            for path in self.sockets.glob("*"):
                path.unlink()
            self.sockets.rmdir()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def choose_port(first: int = PORT) -> int:
    """PORT if it is set and free; else the first free one from 8000 on."""
    wanted = os.environ.get("PORT")
    if wanted:
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise ServerError(f"PORT is {wanted!r}; it must be a number below 65536.")
        if not _is_free(int(wanted)):
            raise ServerError(f"PORT is {wanted}, and something else listens there already.")
        return int(wanted)
    return next((port for port in range(first, first + 100) if _is_free(port)), 0) or free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
