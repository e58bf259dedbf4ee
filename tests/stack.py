"""The servers that the tests run against, started before Django reads its settings.

Loaded by `-p tests.stack` (pyproject.toml). A DATABASE_URL or REDIS_URL that is already set is used
as it is. Only the first process starts servers; xdist's workers inherit the addresses, and each
takes a database of its own (pytest-django does that) and a Redis number of its own.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from launch.messages import compile_all
from launch.processes import stop, unprivileged
from launch.servers import Postgres, Valkey, postgres_home, socket_folder, valkey_program

ROOT = Path(__file__).resolve().parent.parent
LONG = ("tests/test_", "tests/faults/", "tests/journeys/", "tests/placements/matching/")
_running = []
_folders: list[Path] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    os.environ["DEMO"] = "true"
    os.environ["PLAIN_STATIC"] = "true"
    os.environ.pop("DEBUG", None)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = _numbered(os.environ["REDIS_URL"], int(worker[2:]) + 1)
    else:
        compile_all(ROOT)
        atexit.register(stop_servers)  # also when pytest gives up before its own end
        start_servers()
    return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that at the end neither half waits for the other's last file."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """What has been imported stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def start_servers() -> None:
    """Those that have no address yet; `benchmarks.whole_run` begins so, too."""
    given = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
    if all(given.values()):
        return
    account = unprivileged()
    state = Path(tempfile.mkdtemp(prefix="praksis-tests-"))
    sockets = socket_folder(account)
    _folders.extend([state, sockets])
    state.chmod(0o755)
    venv, copies = Path(sys.prefix), state / "servers"
    if not given["DATABASE_URL"]:
        home = postgres_home(venv, account, copies)
        postgres = Postgres(home, state / "postgres", sockets, account, safe=False)
        postgres.prepare()
        _running.append((postgres.start(state / "postgres.log"), postgres.stop_signal))
        postgres.make_database()
        os.environ["DATABASE_URL"] = postgres.url
    if not given["REDIS_URL"]:
        valkey = Valkey(valkey_program(venv, account, copies), sockets, account)
        _running.append((valkey.start(state / "valkey.log"), valkey.stop_signal))
        os.environ["REDIS_URL"] = valkey.url


def stop_servers() -> None:
    while _running:
        process, how = _running.pop()
        stop(process, how=how)
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def _numbered(url: str, number: int) -> str:
    """The same Redis, another of its numbered databases."""
    if "virtual_host=" in url:
        return url.rpartition("=")[0] + f"={number}"
    return url.rpartition("/")[0] + f"/{number}"
