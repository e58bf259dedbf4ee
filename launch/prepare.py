"""Makes a checkout ready to serve. What has not changed since the last start is not done again."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from launch.messages import outdated
from launch.state import State

CODE = ("accounts", "config", "placements", "schools", "data")
HALF = "half a county"  # noted while the first one is built: an interrupted one is built anew


class StepFailed(Exception):
    """A step went wrong; the text is what it said."""


class Preparation:
    """The steps between an installed environment and a database that can be shown."""

    def __init__(
        self, state: State, python: Path, env: dict[str, str], *, own_database: bool
    ) -> None:
        self.state, self.python, self.env = state, python, env
        self.own_database = own_database

    def messages(self) -> None:
        """Compile the translations that changed."""
        if outdated(self.state.root):
            self._run("-m", "launch.messages")

    def static_files(self) -> None:
        """Gather static files under names that hold their digest."""
        inputs = [self.state.root / "uv.lock", *_files(self.state.root / "static", "*")]
        digest = _digest(inputs)
        if self.state.digest_of("static") != digest or not (self.state.folder / "static").exists():
            self._manage("collectstatic", "--noinput", "--clear", "--verbosity=0")
            self.state.mark_done("static", digest)

    def data(self) -> None:
        """Migrate, load the registers and build the demo county."""
        inputs = [self.state.root / "uv.lock"]
        for folder in CODE:
            for kind in ("*.py", "*.sql", "*.csv", "*.json"):
                inputs.extend(_files(self.state.root / folder, kind))
        digest = _digest(inputs)
        # A database that is not ours can have been emptied behind our back: then it is always asked.
        if self.own_database and self.state.digest_of("data") == digest:
            return
        if not self.state.digest_of("data"):
            self.state.mark_done(HALF, "begun")
        self._manage("migrate", "--verbosity=0")
        self._manage("load_reference")
        self._manage("demo")
        self._sign_ins.write_text(self._manage("demo", "--sign-ins"))
        self.state.mark_done("data", digest)
        self.state.forget(HALF)

    def sign_ins(self) -> str:
        """Return who can sign in, a line each."""
        return self._sign_ins.read_text() if self._sign_ins.exists() else ""

    @property
    def _sign_ins(self) -> Path:
        return self.state.folder / "sign-ins.txt"

    def _manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.python), *arguments],
            cwd=self.state.root,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise StepFailed(f"{' '.join(arguments)} failed:\n{said}")
        return done.stdout


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def _digest(paths: Iterable[Path]) -> str:
    """Return one digest of names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
