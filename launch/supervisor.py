"""Keeps the services running: starts again what dies, and stops everything in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import Callable

from launch.processes import stop

STEADY = 60.0  # seconds of life after which earlier deaths are forgotten
LONGEST_WAIT = 30.0


class Service:
    """One child process, and how to start and stop it."""

    def __init__(
        self,
        name: str,
        start: Callable[[], subprocess.Popen[bytes]],
        *,
        stop_signal: int = signal.SIGTERM,
        patience: float = 10,
    ) -> None:
        self.name, self._start = name, start
        self.stop_signal, self.patience = stop_signal, patience
        self.deaths = 0
        self._start_at = 0.0
        self._started = time.monotonic()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._started = time.monotonic()
        self.process = self._start()

    def stop(self) -> None:
        if self.process:
            stop(self.process, how=self.stop_signal, patience=self.patience)
            self.process = None

    def tend(self, now: float) -> str:
        """Look after the process; return a sentence when there is something to tell."""
        if self.process and self.process.poll() is not None:
            code = self.process.returncode
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)  # pool processes it left behind
            self.process = None
            self.deaths = 1 if now - self._started > STEADY else self.deaths + 1
            wait = min(2.0 ** (self.deaths - 1), LONGEST_WAIT)
            self._start_at = now + wait
            return f"{self.name} ended ({code}); starting it again in {wait:.0f} s"
        if self.process is None and now >= self._start_at:
            try:
                self.start()
            except Exception as error:  # it stays down until the next try, and the others stay up
                self.deaths += 1
                self._start_at = now + min(2.0**self.deaths, LONGEST_WAIT)
                return f"{self.name} does not start: {error}"
            return f"{self.name} is up again"
        return ""


class Supervisor:
    """The services in the order they need each other: started first to last, stopped last to first."""

    def __init__(self, on_change: Callable[[list[int]], None]) -> None:
        self.services: list[Service] = []
        self._on_change = on_change
        self._asked = 0
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._ask_to_stop)

    def _ask_to_stop(self, *_: object) -> None:
        self._asked += 1
        if self._asked == 2:  # asked twice: do not wait any longer
            for service in self.services:
                service.patience = 0
        if self._asked <= 2:  # and a third time changes nothing
            raise KeyboardInterrupt

    def start(self, service: Service) -> None:
        service.start()
        self.services.append(service)
        self._on_change(self.pids())

    def pids(self) -> list[int]:
        return [service.process.pid for service in self.services if service.process]

    def watch(self) -> None:
        """Tend the services until somebody asks us to stop."""
        while True:
            for service in self.services:
                news = service.tend(time.monotonic())
                if news:
                    print(news, flush=True)
                    self._on_change(self.pids())
            time.sleep(0.25)

    def stop(self) -> None:
        """Stop everything. A second Ctrl-C ends the waiting, never the stopping."""
        self._asked = max(self._asked, 1)
        for service in reversed(self.services):
            try:
                service.stop()
            except KeyboardInterrupt:
                service.stop()
