"""Production starts only when it has been told everything, and is then as strict as Django asks."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

PRODUCTION = {
    "SECRET_KEY": "k7-Lq2vR9x_TzB4mWc8JdYhN3sPfGu6EaKoXi1Vb5Zr0",
    "ALLOWED_HOSTS": "praksis.example.no",
    "SITE_URL": "https://praksis.example.no",
    "DATABASE_URL": "postgresql://praksisplass:secret@db/praksisplass",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_HOST": "smtp.example.no",
    "DEFAULT_FROM_EMAIL": "Praksisplass <praksis@example.no>",
}
PRODUCTION["SECRET_KEY"] += "-and-some-more"


@pytest.fixture
def production(monkeypatch):
    """Read the settings as a new process would, in the environment of a production server."""
    for name in ("DEMO", "DEBUG", "PLAIN_STATIC", "BEHIND_PROXY", "STATEMENT_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)

    def read(**changes):
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delitem(sys.modules, "config.environment", raising=False)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return read


def test_production_starts_with_everything_set(production):
    settings = production()
    assert settings["DEMO"] is False
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["EMAIL_USE_TLS"] is True


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_a_missing_value_stops_the_start_and_is_named(production, name):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        production(**{name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "demo-only-key-that-guards-nothing-of-value-and-is-long-enough"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", ","),
        ("SITE_URL", "http://praksis.example.no"),
        ("SITE_URL", "praksis.example.no"),
        ("DATABASE_URL", "sqlite:///praksis.db"),
        ("REDIS_URL", "amqp://rabbit"),
        ("DEMO", "maybe"),
        ("BEHIND_PROXY", "perhaps"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_senseless_value_stops_the_start_and_is_named(production, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} "):
        production(**{name: value})


TILES = {
    "MAP_TILES_URL": "https://tiles.example.no/topo/{z}/{y}/{x}.png",
    "MAP_TILES_CREDIT": "© Kartverket",
}


def test_map_tiles_are_off_and_on_both_are_needed(production):
    assert production()["MAP_TILES"] is None
    assert production(**TILES)["MAP_TILES"] == (*TILES.values(), "https://tiles.example.no")


@pytest.mark.parametrize("name", sorted(TILES))
def test_half_a_map_stops_the_start_and_is_named(production, name):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set, and"):
        production(**{**TILES, name: " "})


@pytest.mark.parametrize(
    "url",
    [
        "http://tiles.example.no/{z}/{y}/{x}.png",
        "https://tiles.example.no/map.png",
        "https://tiles.example.no/{z}/{y}.png",
        "https://{s}.tiles.example.no/{z}/{y}/{x}.png",
        "tiles.example.no/{z}/{y}/{x}.png",
        "https:///{z}/{y}/{x}.png",
    ],
)
def test_a_senseless_address_of_tiles_stops_the_start(production, url):
    with pytest.raises(ImproperlyConfigured, match=r"^MAP_TILES_URL must be"):
        production(**{**TILES, "MAP_TILES_URL": url})


def test_debug_pages_cannot_be_turned_on_in_production(production):
    assert production(DEBUG="true")["DEBUG"] is False
    assert production(DEBUG="true", DEMO="true")["DEBUG"] is True


def test_the_demo_needs_nothing(production):
    settings = production(DEMO="true", **dict.fromkeys(PRODUCTION, ""))
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_celery_hands_unfinished_work_out_again(production):
    settings = production()
    assert settings["CELERY_TASK_ACKS_LATE"] is True
    assert settings["CELERY_TASK_REJECT_ON_WORKER_LOST"] is True
    assert settings["CELERY_WORKER_PREFETCH_MULTIPLIER"] == 1
    assert (
        settings["CELERY_VISIBILITY_TIMEOUT"]
        == settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"]
        == settings["CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS"]["visibility_timeout"]
        == 120
    )
    assert "CELERY_RESULT_BACKEND" not in settings


def shown(setting: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        return cursor.fetchone()[0]


def test_every_session_is_guarded(db):
    assert shown("statement_timeout") == "10s"
    assert shown("lock_timeout") == "3s"
    assert shown("idle_in_transaction_session_timeout") == "30s"
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True


def deploy_check(**changes: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **PRODUCTION, "DEMO": "", "PLAIN_STATIC": "", **changes}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_deploy_check_has_no_warnings():
    done = deploy_check()
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_deploy_check_can_fail():
    """The control: the demo's settings are not fit for production, and the check says so."""
    done = deploy_check(DEMO="true")
    assert done.returncode != 0
    assert "security.W" in done.stderr
