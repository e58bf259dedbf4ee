"""Child processes that neither outlive us nor hear our Ctrl-C."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
# Loaded before any fork: a child that is about to exec must not import or allocate much.
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


class Account:
    """The person that servers run as when root starts them: PostgreSQL refuses to be root."""

    def __init__(self, name: str) -> None:
        entry = pwd.getpwnam(name)
        self.name, self.uid, self.gid = name, entry.pw_uid, entry.pw_gid

    def owns(self, path: Path) -> None:
        """Hand over the path and everything in it."""
        os.chown(path, self.uid, self.gid)
        for inside in path.rglob("*"):
            os.chown(inside, self.uid, self.gid, follow_symlinks=False)


def unprivileged() -> Account | None:
    """`nobody` when we are root; otherwise we are unprivileged ourselves."""
    return Account("nobody") if os.geteuid() == 0 else None


def can_run(command: list[str], account: Account | None) -> bool:
    """Whether the account reaches the program and all it needs: only trying it tells."""
    try:
        return call(command, account).returncode == 0
    except PermissionError:
        return False


def call(
    command: list[str], account: Account | None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end as the account, output caught; never in a folder it may not read."""
    return subprocess.run(
        command,
        cwd="/",
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **_identity(account),
    )


def _identity(account: Account | None) -> dict:  # type: ignore[type-arg]  # keyword arguments of Popen
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def spawn(
    command: list[str],
    log: Path,
    *,
    account: Account | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    on_our_death: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own.

    Its own session: Ctrl-C in the terminal reaches only us, and we stop the children in order.
    On Linux the kernel sends it `on_our_death` when we are gone, however we went.
    """

    def in_child() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, on_our_death)

    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=cwd or "/",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=in_child,  # we have one thread when we fork
            **_identity(account),
        )


def stop(
    process: subprocess.Popen[bytes], *, how: int = signal.SIGTERM, patience: float = 10
) -> None:
    """Ask it to end, wait, then end it and whatever it left behind in its session."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def birth(pid: int) -> str:
    """When the process was started, or nothing if it is gone or a zombie.

    A number alone is not a process: after a restart of the machine it can be somebody else's.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def end_leftovers(recorded: dict[str, str], patience: float = 6) -> int:
    """End the processes of a start whose supervisor was killed: {pid: birth}. Returns how many."""
    left = {int(pid) for pid, born in recorded.items() if born and birth(int(pid)) == born}
    found = len(left)
    for sign, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + wait
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = {pid for pid in left if birth(pid) == recorded[str(pid)]}
    for number in recorded:  # pool processes of a worker that was itself killed with -9
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if not birth(int(number)):
                os.killpg(int(number), signal.SIGKILL)
    return found
