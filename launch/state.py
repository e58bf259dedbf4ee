"""The folder a running copy keeps: its data, its logs, and a note of what is running."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import IO

from launch.processes import birth, can_run, end_leftovers, unprivileged

STATE_FOLDER = ".state"


class AlreadyRunning(Exception):
    """Another `./run` holds this folder."""


class State:
    """Everything that a start leaves behind, in one folder that `./run reset` may throw away."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.account = unprivileged()
        self.folder = self._find_folder()
        self.logs = self.folder / "logs"
        self.mail = self.folder / "mail"
        self._note = self.folder / "running.json"
        self._stamps = self.folder / "stamps.json"
        self._lock: IO[str] | None = None

    def _find_folder(self) -> Path:
        """In the checkout; but not where the servers' account cannot come, as under root's home."""
        if os.environ.get("STATE_DIR"):
            return Path(os.environ["STATE_DIR"]).resolve()
        if can_run(["test", "-x", str(self.root)], self.account):
            return self.root / STATE_FOLDER
        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:8]
        return Path("/var/lib") / f"praksisplass-{name}"

    def acquire(self) -> None:
        """Become the one copy that uses this folder, and clear away what a killed one left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(self.note().get("address", "")) from None
        self.logs.mkdir(exist_ok=True)
        left = self.note()
        if left.get("boot") == _boot():  # after a restart of the machine the numbers mean nothing
            end_leftovers(left.get("processes", {}))
        if left.get("sockets", "").startswith("/tmp/praksis-"):
            shutil.rmtree(left["sockets"], ignore_errors=True)
        self._note.unlink(missing_ok=True)

    def release(self) -> None:
        self._note.unlink(missing_ok=True)
        if self._lock:
            self._lock.close()

    def note(self) -> dict:  # type: ignore[type-arg]  # whatever the last start wrote
        """Return what the running copy says of itself, or what a killed one said."""
        return _read(self._note)

    def write_note(self, pids: list[int], **facts: object) -> None:
        processes = {str(pid): birth(pid) for pid in pids}
        _write(self._note, {"boot": _boot(), "processes": processes, **facts})

    def log(self, name: str) -> Path:
        """Return the log of one service; the one before last is thrown away when it grows."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > 5_000_000:
            path.replace(path.with_suffix(".old.log"))
        return path

    def digest_of(self, step: str) -> str:
        """Return the digest of the inputs that the step was last done with."""
        return str(_read(self._stamps).get(step, ""))

    def mark_done(self, step: str, digest: str) -> None:
        _write(self._stamps, {**_read(self._stamps), step: digest})

    def forget(self, *steps: str) -> None:
        kept = {step: done for step, done in _read(self._stamps).items() if step not in steps}
        _write(self._stamps, kept)


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _read(path: Path) -> dict:  # type: ignore[type-arg]  # our own small notes
    try:
        return json.loads(path.read_text())  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return {}


def _write(path: Path, content: dict) -> None:  # type: ignore[type-arg]  # our own small notes
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(content, indent=1))
    half.replace(path)
