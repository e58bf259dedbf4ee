"""`./run check` and `./run test`: everything a change must pass."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from launch.install import find_browser
from launch.messages import outdated

# The two ordinary public hosts: a lock file that names another would install from there.
LOCK_HOSTS = {"https://pypi.org", "https://files.pythonhosted.org"}
PACKAGES = ["accounts", "schools", "placements", "config", "launch", "manage.py", "run"]


class Gate:
    """The checks, one after another, all of them even when one fails."""

    def __init__(self, root: Path, python: Path, state: Path) -> None:
        self.root, self.bin, self.state = root, python.parent, state
        self.env = {**os.environ, "DEMO": "true"}
        self.passed: list[str] = []
        self.failed: list[str] = []
        self.counts: dict[str, int] = {}

    def check(self) -> bool:
        """Run what needs no server."""
        self._tool("lint", "ruff", "check", ".", "run")
        self._tool("format", "ruff", "format", "--check", ".", "run")
        self._tool("types", "mypy", "--strict", "--scripts-are-modules", *PACKAGES)
        self._tool("import contracts", "lint-imports", "--no-cache")
        self._tool("templates", "djlint", "--lint", "--quiet", "templates")
        self._report("lock file hosts", foreign_hosts(self.root / "uv.lock"))
        self._tool("messages compile", "python", "-m", "launch.messages")
        self._report("messages compiled", [str(po) for po in outdated(self.root)])
        self._tool(
            "migrations complete",
            "python", "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run",
        )  # fmt: skip
        self._tool(
            "deployment check",
            "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING",
            env=production(),
        )  # fmt: skip
        return not self.failed

    def test(self, arguments: list[str]) -> bool:
        """Run the tests, browser and all unless told otherwise."""
        browser, nightly = "--no-browser" not in arguments, "--nightly" in arguments
        chosen = [word for word in arguments if word not in {"--no-browser", "--nightly"}]
        left_out = [] if nightly else ["nightly"]
        env = dict(self.env)
        if browser:
            env.update(BROWSER_PATH=find_browser(), REQUIRE_BROWSER="1")
        else:
            left_out.append("browser")
            print("\n*** --no-browser: NO PAGE IS OPENED. All browser tests are left out. ***\n")
        marks = ["-m", " and ".join(f"not {mark}" for mark in left_out)] if left_out else []
        report = self.state / "tests.xml"
        self.state.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        # A file's tests stay together: what is costly to start is started once for all of them. And
        # in the order that tests/stack.py gives them, not by how many they are in a file.
        halves = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
        together = [] if chosen else halves
        self._tool(
            "tests",
            "python", "-m", "pytest", "-q", *marks, *together, f"--junitxml={report}", *chosen,
            env=env,
        )  # fmt: skip
        self.counts = counted(report)
        if not self.counts["executed"]:
            self.failed.append("tests (none were executed)")
        if not browser:
            print("*** Browser tests were left out (--no-browser). ***")
        return not self.failed

    def verdict(self) -> str:
        """Return one line: how the checks went, and what became of the tests."""
        words = [f"{len(self.passed)} checks passed, {len(self.failed)} failed"]
        if self.counts:
            counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
            words.append(f"tests: {counts}")
        return f"{'FAILED' if self.failed else 'OK'}: {'; '.join(words)}"

    def _tool(self, name: str, *command: str, env: dict[str, str] | None = None) -> None:
        print(f"-- {name}", flush=True)
        began = time.monotonic()
        program = str(self.bin / command[0])
        done = subprocess.run(
            [program, *command[1:]], cwd=self.root, env=env or self.env, check=False
        )
        took = f"{name} ({time.monotonic() - began:.0f} s)"
        (self.failed if done.returncode else self.passed).append(took)

    def _report(self, name: str, faults: list[str]) -> None:
        print(f"-- {name}", *faults, sep="\n   ", flush=True)
        (self.failed if faults else self.passed).append(name)


def production() -> dict[str, str]:
    """Return the environment of an imagined production server: it is checked, never started."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **kept,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "praksis.example.no",
        "SITE_URL": "https://praksis.example.no",
        "DATABASE_URL": "postgresql://praksisplass@db/praksisplass",
        "REDIS_URL": "redis://redis:6379/0",
        "EMAIL_HOST": "smtp.example.no",
        "DEFAULT_FROM_EMAIL": "Praksisplass <praksis@example.no>",
    }


def foreign_hosts(lock: Path) -> list[str]:
    """Return the hosts that the lock file must not name."""
    return sorted(set(re.findall(r"\w+://[^/\"]+", lock.read_text())) - LOCK_HOSTS)


def counted(report: Path) -> dict[str, int]:
    """Return what became of the tests."""
    totals = {"executed": 0, "passed": 0, "failed": 0, "skipped": 0}
    if not report.exists():
        return totals
    for suite in ElementTree.parse(report).iter("testsuite"):
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        totals["failed"] += failed
        totals["skipped"] += number["skipped"]
        totals["executed"] += number["tests"] - number["skipped"]
        totals["passed"] += max(number["tests"] - number["skipped"] - failed, 0)
    return totals
