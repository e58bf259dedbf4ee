"""The report on what is due to be deleted: when, how much, and by which rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin_tools import shown, tool
from accounts.retention import KEPT, RULES

SOON = dt.timedelta(days=30)
TITLE = _("What is due to be deleted")


@dataclass(frozen=True)
class Line:
    """What one rule finds now."""

    what: Promise
    says: Promise
    held: int
    due: int
    soon: int
    first: dt.datetime | None
    last: dt.datetime | None
    would: list[tuple[str, int]]


@tool("retention", TITLE, _("How much, when, and by which rule. The sweeper deletes it by itself."))
def retention(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    lines = [
        Line(
            rule.what,
            rule.says,
            rule.rows().count(),
            rule.due(now).count(),
            rule.due(now + SOON).count(),
            *rule.span(),
            rule.would(now + SOON),
        )
        for rule in RULES
    ]
    kept = [
        (one.what, one.why, one.rows().count(), one.rows().aggregate(at=Min(one.since))["at"])
        for one in KEPT
    ]
    context = {"lines": lines, "kept": kept, "late": sum(line.due for line in lines)}
    return shown(request, "admin/retention.html", TITLE, **context)
