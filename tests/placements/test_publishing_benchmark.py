"""Publishing 10,000 is quick enough, and its benchmark sees what others wait for and fails over its bars."""

import os
import subprocess
import sys
import time

import pytest

from benchmarks import publishing
from benchmarks.whole_run import generate
from placements import notices


@pytest.mark.nightly
def test_ten_thousand_are_published_within_the_bars():
    """With servers and a process of its own, so that the memory is its own too."""
    ours = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "benchmarks.publishing"]
    done = subprocess.run(command, env=ours, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9500 placed by one click" in done.stdout


@pytest.fixture
def small(transactional_db, monkeypatch):
    """Bars that are about the machine, and about what else this process has done, are for the nightly one."""
    monkeypatch.setattr(publishing, "MEMORY", 10**6)
    monkeypatch.setattr(publishing, "A_SECOND", 0)
    monkeypatch.setattr(publishing, "MAILS", 20)
    return generate(120)


def test_a_small_round_is_published_within_them(small, capsys):
    assert publishing.measure(small) == 0
    assert "114 placed by one click" in capsys.readouterr().out


@pytest.mark.parametrize("bar", ["TRANSACTION", "WAIT"])
def test_what_takes_long_while_the_round_is_locked_is_over_a_bar(small, monkeypatch, bar):
    """Negative control, at a tenth of the time."""
    put = notices.put

    def slowly(told, *, publication):
        time.sleep(1.5)
        put(told, publication=publication)

    monkeypatch.setattr(notices, "put", slowly)
    monkeypatch.setattr(publishing, bar, 0.5)
    assert publishing.measure(small) == 1
