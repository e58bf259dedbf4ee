"""The administration's page of health: each part of the machinery, how it is, and what to do."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

import django
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import heartbeat
from accounts.admin_tools import shown, tool
from accounts.models import OutboxMessage, OutboxState
from config.health import broker_answers
from placements.models import MatchingRun
from placements.models.runs import RunState

GOOD, WARN, BAD = "good", "warn", "bad"
STATES = {
    GOOD: gettext_lazy("Fine"),
    WARN: gettext_lazy("Look at this"),
    BAD: gettext_lazy("Not working"),
}
SILENT = dt.timedelta(minutes=3)  # as the compose file's own check of the sweeper
MAIL_WAITS = dt.timedelta(minutes=15)
RUN_WAITS = dt.timedelta(minutes=10)
LEAST_FREE = 0.10
PING_SECONDS = 1.0
TITLE = gettext_lazy("Health")


@dataclass(frozen=True)
class Check:
    """One part: how it is, in a sentence, and what to do if it is not well."""

    name: str
    state: str
    says: str
    todo: str = ""

    @property
    def label(self) -> str:
        return str(STATES[self.state])


@tool("health", TITLE, gettext_lazy("Database, queue, workers, mail, disk and versions, as now."))
def health(request: HttpRequest) -> HttpResponse:
    checks = list(every_check())
    worst = next((s for s in (BAD, WARN) if any(c.state == s for c in checks)), GOOD)
    told: dict[str, str | Promise] = {
        GOOD: _("Everything works."),
        WARN: _("It works, but something should be looked at."),
        BAD: _("Something does not work."),
    }
    context = {"checks": checks, "worst": worst, "told": told[worst], "versions": versions()}
    return shown(request, "admin/health.html", TITLE, **context)


def every_check() -> Iterator[Check]:
    yield database()
    yield migrations()
    yield broker()
    yield workers()
    yield sweeper()
    yield mail()
    yield jobs()
    yield disk()


def database() -> Check:
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " current_setting('max_connections')::int"
        )
        size, used, most = cursor.fetchone()
    says = _("Answered in %(ms)d ms. %(size)s, %(used)d of %(most)d connections in use.") % {
        "ms": (time.monotonic() - begun) * 1000,
        "size": size,
        "used": used,
        "most": most,
    }
    full = used > most * 0.8
    todo = _("Nearly all connections are taken: start fewer web workers, or allow more.")
    return Check(_("Database"), WARN if full else GOOD, says, todo if full else "")


def migrations() -> Check:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        return Check(_("Migrations"), GOOD, _("The database has the shape that the program wants."))
    says = ngettext("%d migration is missing.", "%d migrations are missing.", len(waiting))
    return Check(_("Migrations"), BAD, says % len(waiting), _("Run: manage.py migrate"))


def broker() -> Check:
    if broker_answers():
        return Check(_("Queue (Valkey)"), GOOD, _("Answers."))
    return Check(
        _("Queue (Valkey)"),
        WARN,
        _("Does not answer. The sweeper does the work meanwhile, only slower."),
        _("Start Valkey again, and see its log."),
    )


def workers() -> Check:
    """Those that answer over the queue within a second."""
    try:
        alive = current_app.control.inspect(timeout=PING_SECONDS).ping() or {}
    except Exception:  # the broker's own errors are of many classes
        alive = {}
    if alive:
        says = ngettext("%d worker answers.", "%d workers answer.", len(alive)) % len(alive)
        return Check(_("Workers"), GOOD, says)
    return Check(
        _("Workers"),
        WARN,
        _("No worker answers. The sweeper does the work meanwhile, only slower."),
        _("Start a worker, and see its log."),
    )


def sweeper() -> Check:
    """Our clock: it does what is due, so there is no other."""
    at, name = heartbeat.last(heartbeat.SWEEPER), _("Sweeper (what is due in time)")
    if at and timezone.now() - at < SILENT:
        return Check(name, GOOD, _("Last round %(when)s.") % {"when": _at(at)})
    says = _("Last round %(when)s.") % {"when": _at(at)} if at else _("Has never reported.")
    todo = _("Start it (manage.py sweep): without it no reminder, no waiting mail and no deletion.")
    return Check(name, BAD, says, todo)


def mail() -> Check:
    now = timezone.now()
    waiting = OutboxMessage.objects.filter(
        state__in=[OutboxState.PENDING, OutboxState.SENDING], next_try_at__lte=now
    )
    late = waiting.filter(created_at__lt=now - MAIL_WAITS).count()
    stuck = OutboxMessage.objects.filter(state__in=[OutboxState.FAILED, OutboxState.UNCERTAIN])
    sent = OutboxMessage.objects.filter(sent_at__gt=now - dt.timedelta(days=1)).count()
    failed = stuck.count()
    says = _("%(waiting)d wait to be sent, %(failed)d did not get through, %(sent)d sent in a day.")
    todo = ""
    if late:
        todo = _("Mail has waited for more than a quarter of an hour: is the mail server up?")
    elif failed:
        todo = _("Open the outbox and decide mail by mail.")
    told = says % {"waiting": waiting.count(), "failed": failed, "sent": sent}
    return Check(_("Mail"), WARN if late or failed else GOOD, told, todo)


def jobs() -> Check:
    waiting = MatchingRun.objects.filter(state=RunState.QUEUED)
    late = waiting.filter(created_at__lt=timezone.now() - RUN_WAITS).exists()
    says = _("%(queued)d wait, %(running)d are at work.") % {
        "queued": waiting.count(),
        "running": MatchingRun.objects.filter(state=RunState.RUNNING).count(),
    }
    todo = _("A run has waited for more than ten minutes: see the workers above.") if late else ""
    return Check(_("Matching runs"), WARN if late else GOOD, says, todo)


def disk() -> Check:
    room = shutil.disk_usage(settings.BASE_DIR)
    says = _("%(free).0f of %(all).0f GB are free.") % {
        "free": room.free / 1e9,
        "all": room.total / 1e9,
    }
    if room.free > room.total * LEAST_FREE:
        return Check(_("Disk"), GOOD, says)
    return Check(
        _("Disk"), WARN, says, _("Less than a tenth is free: make room before it is full.")
    )


def versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return [
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", server.split(" ")[0]),
        ("Celery", version("celery")),
        ("OR-Tools", version("ortools")),
    ]


def _at(when: dt.datetime) -> str:
    return date_format(timezone.localtime(when), "j. F H:i:s")
