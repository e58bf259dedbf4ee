"""What need not be kept, and for how long: sent forms nobody will send again, sessions that are over, the
words of old mails. That a mail was sent stays on record; what it said does not.

A rule is both what the sweeper does and what the administration's report says: the same query, so that
the report cannot promise what is not done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Max, Min, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLog, AddressChange, AuditEvent, OnceKey, OutboxMessage, User

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Rule:
    """Rows that are forgotten when a time of theirs is `lasts` ago."""

    what: Promise
    says: Promise
    rows: Callable[[], Rows]
    since: str
    lasts: dt.timedelta
    forget: Callable[[Rows], int]
    goes: Callable[[Rows], list[Rows]] | None = (
        None  # what goes with them, where that is other rows
    )

    def due(self, at: dt.datetime) -> Rows:
        return self.rows().filter(**{f"{self.since}__lte": at - self.lasts})

    def apply(self, at: dt.datetime | None = None) -> int:
        """Forget what is due, and return how much it was."""
        return self.forget(self.due(at or timezone.now()))

    def would(self, at: dt.datetime) -> list[tuple[str, int]]:
        """What would go with those due by then, table by table: what is done, without doing it."""
        if self.goes is None:
            return []
        counts = [
            (str(r.model._meta.verbose_name_plural), r.count()) for r in self.goes(self.due(at))
        ]
        return [(name, count) for name, count in counts if count]

    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """When the next of them goes, and the last of those there are now."""
        found = self.rows().aggregate(first=Min(self.since), last=Max(self.since))
        return tuple(when and when + self.lasts for when in (found["first"], found["last"]))


@dataclass(frozen=True)
class Kept:
    """Rows that no rule deletes, and why."""

    what: Promise
    why: Promise
    rows: Callable[[], Rows]
    since: str


RULES: list[Rule] = []
KEPT: list[Kept] = []


def rule(new: Rule) -> Rule:
    """Register a rule for the report. Whoever registers it also sees that it is applied."""
    RULES.append(new)
    return new


def _delete(rows: Rows) -> int:
    return rows.delete()[0]


OURS = (
    rule(
        Rule(
            _("Forms already sent"),
            _("Deleted after two days: a page left open overnight may still be sent twice."),
            OnceKey.objects.all,
            "created_at",
            dt.timedelta(days=2),
            _delete,
        )
    ),
    rule(
        Rule(
            _("Sessions"),
            _("Deleted when they are over, twelve hours after somebody signed in."),
            Session.objects.all,
            "expire_date",
            dt.timedelta(0),
            _delete,
        )
    ),
    rule(
        Rule(
            _("New addresses that were never confirmed"),
            _("Deleted when the link in the mail has run out."),
            AddressChange.objects.all,
            "expires_at",
            dt.timedelta(0),
            _delete,
        )
    ),
    rule(
        Rule(
            _("The words of mails"),
            _("Emptied 400 days after they were written: a school year and the summer after it."),
            lambda: OutboxMessage.objects.exclude(written_at=None).exclude(subject=""),
            "written_at",
            dt.timedelta(days=400),
            lambda rows: rows.update(subject="", text="", path=""),
        )
    ),
)


def kept(what: Promise, why: Promise, rows: Callable[[], Rows], since: str) -> None:
    """Say for the report that no rule deletes these."""
    KEPT.append(Kept(what, why, rows, since))


kept(
    _("What was done, and by whom"),
    _("The audit is never changed; it holds ids, and no names."),
    AuditEvent.objects.all,
    "at",
)
kept(
    _("Who looked at whom"),
    _("The access log is never changed, so that a student can be told who looked."),
    AccessLog.objects.all,
    "at",
)
kept(
    _("People who are shut out"),
    _("The account stays, closed: what she did refers to her."),
    lambda: User.objects.filter(is_active=False),
    "last_login",
)


def forget_expired(at: dt.datetime | None = None) -> int:
    """Do what our own rules say, and return how much there was."""
    now = at or timezone.now()
    return sum(one.apply(now) for one in OURS)
