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

HINT = "If the demo's data is in the way of newer code: ./run reset"


class StepFailed(Exception):
    """A step went wrong; the text is what it said."""


class Preparation:
    """The steps between an installed environment and a database that can be shown."""

    def __init__(
        self, state: State, python: Path, env: dict[str, str], *, own_database: bool
    ) -> None:
        self.state, self.python, self.env = state, python, env
        self.own_database = own_database

    def all(self) -> None:
        """Do what is to be done; files and data do not wait for each other."""
        if outdated(self.state.root):
            self._finish(self._begin("launch.messages"))
        files = self._begin_files()
        try:
            self._data()
        except BaseException:
            if files:
                files.kill()
                files.communicate()
            raise
        if files:
            self._finish(files)
            self.state.mark_done("static", self._digest_of_files())

    def _begin_files(self) -> subprocess.Popen[str] | None:
        """Gather static files under names that hold their digest."""
        gathered = (self.state.folder / "static").exists()
        if gathered and self.state.digest_of("static") == self._digest_of_files():
            return None
        return self._begin("launch.steps", "collectstatic --noinput --clear")

    def _digest_of_files(self) -> str:
        return _digest([self.state.root / "uv.lock", *_files(self.state.root / "static", "*")])

    def _data(self) -> None:
        """Migrate, load the registers and build the demo county."""
        inputs = [self.state.root / "uv.lock"]
        for folder in CODE:
            for kind in ("*.py", "*.sql", "*.csv", "*.json"):
                inputs.extend(_files(self.state.root / folder, kind))
        digest = _digest(inputs)
        # A database that is not ours can have been emptied behind our back: it is always asked.
        if self.own_database and self.state.digest_of("data") == digest:
            return
        if not self.state.digest_of("data"):
            self.state.mark_done(HALF, "begun")
            print("Building the demo county, once ...", flush=True)
        commands = ("migrate", "load_reference", "demo", "demo --sign-ins")
        self._sign_ins.write_text(self._finish(self._begin("launch.steps", *commands)))
        self.state.mark_done("data", digest)
        self.state.forget(HALF)

    def sign_ins(self) -> str:
        """Return who can sign in, a line each."""
        return self._sign_ins.read_text() if self._sign_ins.exists() else ""

    @property
    def _sign_ins(self) -> Path:
        return self.state.folder / "sign-ins.txt"

    def _begin(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.python), "-m", module, *arguments],
            cwd=self.state.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _finish(self, process: subprocess.Popen[str]) -> str:
        """Wait for it and return what it said; an interrupted start takes it along."""
        try:
            said, complaint = process.communicate()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            words = process.args[2:] if isinstance(process.args, list) else [process.args]
            tail = "\n".join((said + complaint).splitlines()[-25:])
            raise StepFailed(f"This failed: {', '.join(map(str, words))}\n{tail}\n{HINT}")
        return said


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def _digest(paths: Iterable[Path]) -> str:
    """Return one digest of names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
