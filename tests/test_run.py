"""`./run`, for real: a copy of the checkout is started, stopped, killed and started again."""

import ast
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from launch.demo import choose_port
from launch.gate import Gate, counted, foreign_hosts
from launch.processes import birth, end_leftovers
from launch.servers import ServerError

ROOT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "DEMO", "PLAIN_STATIC", "PORT", "PYTEST_XDIST_WORKER")

NAMES = {
    "gunicorn": "web",
    "celery": "worker",
    "catch_mail": "mail",
    "valkey-server": "Valkey",
    "postgres": "PostgreSQL",
}


class Copy:
    """A checkout of its own, started through its `./run` as a person would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / ".state"
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.env = {name: value for name, value in os.environ.items() if name not in OURS}
        self.env["UV_PROJECT_ENVIRONMENT"] = sys.prefix  # what it would install is installed

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["./run", *words], cwd=self.folder, env=self.env, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip

    def start(self) -> float:
        """Start it, wait until it says it is ready, and return how long it said that took."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                ["./run"], cwd=self.folder, env=self.env, stdout=output, stderr=output
            )
        deadline = time.monotonic() + 180
        while "Ready in " not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return float(self.said().partition("Ready in ")[2].split()[0])

    def said(self) -> str:
        return self.output.read_text()

    @property
    def address(self) -> str:
        return self.note()["address"]

    def note(self) -> dict:
        return json.loads((self.state / "running.json").read_text())

    def processes(self) -> set[int]:
        """Every process that works for this copy, whoever started it and whatever its name."""
        found = {int(pid) for pid in self.note()["processes"]} if self.noted() else set()
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(entry.joinpath("cwd").readlink()).startswith(str(self.folder)):
                    found.add(int(entry.name))
        return {pid for pid in found if birth(pid)}

    def noted(self) -> bool:
        return (self.state / "running.json").exists()

    def named(self, word: str) -> list[int]:
        """The processes with the word in their command line; one may end while we look."""
        found = []
        for pid in self.processes():
            with contextlib.suppress(OSError):
                if word in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
                    found.append(pid)
        return found

    def service(self, word: str) -> int | None:
        """The one that the supervisor itself started, not its pool or sessions."""
        started = set(self.note()["processes"])
        return next((pid for pid in self.named(word) if str(pid) in started), None)

    def answers(self) -> bool:
        with urllib.request.urlopen(f"{self.address}/health/ready", timeout=10) as response:
            return json.load(response)["ready"]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


def eventually(true, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this never came true"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what git would hand out, started once."""
    # Not under pytest's own folder: that one is closed to the account that servers run as.
    folder = Path("/tmp") / f"praksis-copy-{os.getpid()}"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    made = Copy(folder)
    try:
        made.start()
        yield made
    finally:
        if made.process:
            made.process.terminate()
            made.process.wait(60)
        for pid in made.processes():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)


def test_it_is_ready_and_says_where_and_who(copy):
    assert copy.answers()
    assert copy.address in copy.said()
    assert "admin@" in copy.said()
    for name in ("gunicorn", "celery", "sweep", "catch_mail", "postgres", "valkey-server"):
        assert copy.named(name), f"{name} is not running"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_as_root_the_servers_are_not_root(copy):
    for name in ("postgres", "valkey-server"):
        for pid in copy.named(name):
            assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_second_copy_says_where_the_first_is_and_ends(copy):
    second = copy.command()
    assert second.returncode == 1
    assert f"already running at {copy.address}" in second.stderr
    assert copy.answers()


def test_reset_leaves_a_running_copy_alone(copy):
    assert copy.command("reset").returncode == 1
    assert copy.answers()


def test_manage_works_on_the_running_copy(copy):
    done = copy.command("manage", "shell", "-c", "print(User.objects.count())")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_what_dies_is_started_again(copy, name):
    before = copy.service(name)
    os.kill(before, signal.SIGKILL)
    eventually(lambda: copy.service(name) not in {before, None})
    eventually(lambda: _quietly(copy.answers))
    assert copy.process.poll() is None
    eventually(lambda: f"{NAMES[name]} is up again" in copy.said())


def _quietly(ask) -> bool:
    try:
        return ask()
    except OSError:
        return False


def test_after_kill_9_of_everything_the_next_start_recovers_fast(copy):
    """The supervisor and PostgreSQL die in the same moment: nobody is left to clean up."""
    stamps = (copy.state / "stamps.json").read_text()
    postmaster = int((copy.state / "postgres" / "postmaster.pid").read_text().split()[0])
    sockets = Path(copy.note()["sockets"])
    os.kill(copy.process.pid, signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)
    copy.process.wait()
    assert (copy.state / "postgres" / "postmaster.pid").exists(), "nothing to recover from"
    took = copy.start()
    assert copy.answers()
    assert (copy.state / "stamps.json").read_text() == stamps, "work was done again"
    assert not sockets.exists(), "the killed copy's sockets were left"
    assert took < 60, "alone it is well under 8 s; here the rest of the suite runs beside it"


def test_after_kill_9_of_the_supervisor_its_children_go_too(copy):
    children = copy.processes() - {copy.process.pid}
    os.kill(copy.process.pid, signal.SIGKILL)
    copy.process.wait()
    eventually(lambda: not {pid for pid in children if birth(pid)})
    copy.start()
    assert copy.answers()


def test_ctrl_c_stops_everything(copy):
    sockets = Path(copy.note()["sockets"])
    children = copy.processes()
    assert copy.stop() == 0
    assert not {pid for pid in children if birth(pid)}
    assert not copy.processes()
    assert not sockets.exists()
    assert not copy.noted()
    assert "Stopped." in copy.said()


def test_help_lists_every_command():
    done = subprocess.run([ROOT / "run", "--help"], capture_output=True, text=True, check=True)
    for word in ("test", "--no-browser", "--nightly", "check", "manage", "reset", "bench"):
        assert word in done.stdout
    assert subprocess.run([ROOT / "run", "nonsense"], capture_output=True).returncode == 2


def test_it_is_valid_on_python_3_9():
    for path in [ROOT / "run", *(ROOT / "launch").glob("*.py")]:
        ast.parse(path.read_text(), feature_version=(3, 9))
    with pytest.raises(SyntaxError):
        ast.parse("match 1:\n    case 1: pass", feature_version=(3, 9))


def test_a_taken_port_is_passed_over_but_a_wished_one_is_not(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert choose_port(number) != number
        monkeypatch.setenv("PORT", str(number))
        with pytest.raises(ServerError, match="something else listens there"):
            choose_port()
    assert choose_port() == number  # the control: free again, it is taken
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ServerError, match="must be a number"):
        choose_port()


def test_a_leftover_that_will_not_go_is_killed_and_a_stranger_is_not():
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    stubborn = subprocess.Popen(
        [sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE
    )
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    stubborn.stdout.readline()
    recorded = {str(stubborn.pid): birth(stubborn.pid), str(stranger.pid): "born another day"}
    assert end_leftovers(recorded, patience=0.3) == 1
    assert stubborn.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    stubborn.stdout.close()


def test_a_lock_file_that_names_another_host_is_found(tmp_path):
    assert foreign_hosts(ROOT / "uv.lock") == []
    lock = tmp_path / "uv.lock"
    elsewhere = f"https://{tmp_path.name}"  # no address of anybody's: the folder of this test
    lock.write_text(f'"{elsewhere}/"')
    assert foreign_hosts(lock) == [elsewhere]


def test_nothing_executed_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    gate = Gate(ROOT, Path(sys.executable), tmp_path)
    assert gate.test(["--no-browser", "--collect-only", "tests/test_cast.py"]) is False
    assert any("none were executed" in failed for failed in gate.failed)


def test_counts_are_read_from_the_report(tmp_path):
    report = tmp_path / "tests.xml"
    assert counted(report)["executed"] == 0
    report.write_text('<a><testsuite tests="9" failures="1" errors="1" skipped="3"/></a>')
    assert counted(report) == {"executed": 6, "passed": 4, "failed": 2, "skipped": 3}


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up root to see what others see")
def test_without_venv_a_person_is_told_the_one_line():
    program = (
        "import sys; sys.modules['ensurepip'] = None\n"
        "from pathlib import Path\n"
        "from launch.install import CannotInstall, find_uv\n"
        "try: find_uv(Path('/tmp/no-such-tools'))\n"
        "except CannotInstall as error: print(error)\n"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", program],
        cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, user="nobody", capture_output=True, text=True,
    )  # fmt: skip
    assert "sudo apt-get install -y --no-install-recommends python3-venv" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="gives up root to see what others see")
def test_without_pango_the_demo_goes_on_and_the_tests_say_the_one_line():
    program = (
        "from launch import install\n"
        "install.PDF_LIBRARIES = {'libnone.so.9': 'libnone9', 'libc.so.6': 'libc6'}\n"
        "install.try_pango(); print('went on')\n"
        "try: install.find_pango()\n"
        "except install.CannotInstall: print('stopped')\n"
    )
    done = subprocess.run(
        ["/usr/bin/python3", "-c", program],
        cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, user="nobody", capture_output=True, text=True,
    )  # fmt: skip
    assert "sudo apt-get install -y --no-install-recommends libnone9\n" in done.stdout
    assert "everything works but PDF documents.\n\nwent on\nstopped" in done.stdout
