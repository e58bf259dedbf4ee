"""Health answers tell the truth about a database and a broker that are away."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django, sys
django.setup()
from django.test import Client
response = Client(headers={"host": "localhost"}).get(sys.argv[1])
print(response.status_code, response.content.decode().strip())
"""


def ask(path: str, **environment: str) -> str:
    """The answer of a process of its own, aimed at other servers than the tests'."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    command = [sys.executable, "-c", ASK, path]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ready_with_everything(client, db):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"database": True, "broker": True, "ready": True},
    )


def test_not_ready_without_a_database_but_alive():
    away = "postgresql://nobody@/nothing?host=/tmp/no-such-folder"
    assert ask("/health/ready", DATABASE_URL=away).startswith("503")
    assert ask("/health/live", DATABASE_URL=away) == "200 live"


def test_ready_without_a_broker_and_says_so():
    answer = ask("/health/ready", REDIS_URL="redis+socket:///tmp/no-such-socket?virtual_host=0")
    assert answer.startswith("200")
    assert '"broker": false' in answer


def test_health_is_asked_without_tls_redirect_and_only_read(client, db):
    assert client.post("/health/live").status_code == 405
