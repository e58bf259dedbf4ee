"""Everything that is kept about one student, for herself: the right to see it (GDPR, article 15).

Every table is either here or named with the reason why it is not; a test holds the lists against all
models, so that a new table cannot be forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Field, Model, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import logged, outbox
from accounts.models import (
    AccessLog,
    AddressChange,
    AuditEvent,
    Membership,
    MessageChoice,
    OutboxMessage,
    User,
)
from accounts.policy import Role
from placements import deeds
from placements.models import (
    Absence,
    Agreement,
    Attendance,
    CalendarFeed,
    Candidate,
    Conflict,
    Consent,
    Evaluation,
    Feedback,
    Pairing,
    Placement,
    Preference,
    SupervisorLink,
    Swap,
    Visit,
    WorkplaceOrder,
)
from placements.models.placements import told_of
from schools.models import Clearance, Student

# By which of its fields a row is hers. All of them are searched for her id.
STUDENT = ("student",)
CANDIDATE = ("candidate__student",)
STAY = ("placement__student",)
KEPT: dict[type[Model], tuple[str, ...]] = {
    Student: ("pk",),
    Clearance: STUDENT,
    Conflict: STUDENT,
    Candidate: STUDENT,
    Preference: CANDIDATE,
    WorkplaceOrder: CANDIDATE,
    Pairing: ("one__student", "other__student"),
    Placement: STUDENT,
    Agreement: STAY,
    Consent: ("agreement__placement__student",),
    Attendance: STAY,
    Absence: STAY,
    SupervisorLink: STAY,
    Visit: STAY,
    Swap: ("one__student", "other__student"),
    Feedback: STAY,
    Evaluation: STAY,
    User: ("student",),
    Membership: ("user__student",),
    MessageChoice: ("user__student",),
    AddressChange: ("user__student",),
    CalendarFeed: ("user__student",),
}
BY_ADDRESS = (OutboxMessage,)  # hers by the address it went to

# Not shown, and why. Model names, for those that other modules do not need.
LEFT_OUT: dict[str, str] = {
    "accounts.AuditEvent": "shown apart, as what was done",
    "accounts.AccessLog": "shown apart, as who has looked",
    "accounts.OnceKey": "the number of a form that was sent; it says nothing about her",
    "accounts.Invitation": "her address and role, which are shown with her sign-in",
    "placements.Assignment": "a proposal is no decision; what was decided is the placement",
    "placements.BoardMove": "part of a proposal; the moves that were published are told in the audit",
    "placements.MatchingRun": "holds everybody's frozen wishes; hers are shown",
    "placements.RunPart": "a part of such a run",
    "placements.Question": "part of a proposal; what concerns her is told with her placement",
    "placements.Bundle": "copies of papers for somebody at the school, gone after an hour",
    "placements.SavedFilter": "students have none",
    **dict.fromkeys(
        "accounts.Session schools.County schools.Municipality schools.SchoolBreak schools.Programme "
        "schools.School schools.SchoolClass schools.Import schools.Requirement schools.RegisteredUnit "
        "placements.Round placements.RoundSchool placements.Period placements.LearningArea "
        "placements.Workplace placements.WorkplaceNote placements.Contact placements.Supervisor "
        "placements.CapacityRequest placements.CapacityLink placements.Slot placements.Quota "
        "placements.Lottery placements.DocumentText placements.Offer".split(),
        "is not about students",
    ),
}
# Fields that say nothing, are secret, or are about somebody else.
NEVER = {
    "id", "version", "sort_key", "password", "digest", "token_hash", "secret", "lease_until", "attempts",
    "next_try_at", "error", "one", "other", "is_staff", "is_superuser", "manual_handling", "explanation",
    "body", "fingerprint", "note", "user", "subject_id", "publication", "path",
    "pinned_slot",  # part of a proposal; what was decided is the placement
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """One table: what it is called, and her rows."""

    name: str
    rows: list[dict[str, str]]


class Look(NamedTuple):
    """That somebody has opened a page about her."""

    at: dt.datetime
    role: str
    page: str


def sections(student: Student) -> list[Section]:
    """Every table that has anything about her."""
    found = [
        _section(model, [_row(row) for row in _of(model, paths, student)])
        for model, paths in KEPT.items()
    ]
    mails = OutboxMessage.objects.filter(
        recipient__in={student.email.lower(), student.address.lower()}
    ).order_by("created_at", "pk")
    found.append(Section(_("Messages"), [_row(row) for row in mails]))
    done = AuditEvent.objects.filter(target_id__in=_ids(student)).order_by("at", "pk")
    found.append(
        Section(
            _("What was done"),
            [{_("when"): _said(e.at), _("what"): deeds.said(e.verb)} for e in done],
        )
    )
    return [section for section in found if section.rows]


def _section(model: type[Model], rows: list[dict[str, str]]) -> Section:
    called = model._meta
    return Section(str(called.verbose_name if len(rows) == 1 else called.verbose_name_plural), rows)


def looks(student: Student, *, most: int = 200) -> list[Look]:
    """Who has opened a page about her alone, the latest first; lists of many are not kept by name."""
    rows = AccessLog.objects.filter(target_id__in=_ids(student))
    if student.user_id:
        rows = rows.exclude(actor=student.user_id)
    rows = rows.order_by("-at", "-pk")[:most]
    # What they are here is what she needs to know; names are the school's to give.
    roles: dict[Any, set[str]] = {}
    held = Membership.objects.current().filter(user__is_active=True)
    for user, role in held.filter(user__in={row.actor_id for row in rows}).values_list(
        "user", "role"
    ):
        roles.setdefault(user, set()).add(role)
    return [
        Look(
            row.at,
            _("supervisor") if row.link else _roles(roles.get(row.actor_id, set())),
            _page(row.view),
        )
        for row in rows
    ]


def as_data(student: Student) -> dict[str, Any]:
    """All of it, for a machine."""
    return {
        "made": timezone.now().isoformat(),
        "kept": [{"table": section.name, "rows": section.rows} for section in sections(student)],
        "looked": [
            {"at": look.at.isoformat(), "by": look.role, "page": look.page}
            for look in looks(student)
        ],
    }


def _of(model: type[Model], paths: tuple[str, ...], student: Student) -> list[Model]:
    hers = Q()
    for path in paths:
        hers |= Q(**{path: student.pk})
    mine = model._default_manager.filter(hers)
    if paths == STAY or model is Placement:
        at = "" if model is Placement else "placement__"
        mine = mine.filter(told_of(at))
    beside = [f.name for f in model._meta.concrete_fields if f.is_relation and f.name not in NEVER]
    found = mine.distinct().order_by("pk")
    return list(found.prefetch_related(*beside))


def _ids(student: Student) -> set[Any]:
    """Of herself, and of what is hers in rounds and stays."""
    return {
        student.pk,
        *Candidate.objects.filter(student=student).values_list("pk", flat=True),
        *Placement.objects.filter(told_of(), student=student).values_list("pk", flat=True),
    }


def _row(row: Model) -> dict[str, str]:
    return dict(_fields(row))


def _fields(row: Model) -> Iterator[tuple[str, str]]:
    for field in row._meta.concrete_fields:
        if field.name in NEVER:
            continue
        value = _shown(row, field)
        if value not in (None, "", [], {}):
            yield str(field.verbose_name), _said(value)


def _shown(row: Model, field: Field[Any, Any]) -> Any:
    if isinstance(row, OutboxMessage) and field.name == "kind":
        return outbox.called(row.kind)
    if field.choices:
        return getattr(row, f"get_{field.name}_display")()
    if field.is_relation:
        there = getattr(row, field.name)
        return None if isinstance(there, Student) else there
    return getattr(row, field.attname)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), "j. N Y H:i")
    if isinstance(value, dt.date):
        return date_format(value, "j. N Y")
    if isinstance(value, list | tuple):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_said(each)}" for key, each in value.items())
    return str(value)


def _roles(held: set[str]) -> str:
    return ", ".join(str(role.label) for role in Role if role in held) or _("no role any more")


def _page(view: str) -> str:
    pages = {
        "student": _("your page"),
        "preferences": _("your wishes"),
        "run_candidate": _("why you get which place"),
        "placement": _("your placement"),
        "placement_change": _("your placement, to change it"),
        "document": _("a document about your practice"),
        "agreement": _("your agreement"),
        "attendance": _("your attendance"),
        "visits": _("visits and calls"),
        "feedback": _("the workplace's feedback to you"),
        "evaluation": _("your evaluation"),
        "admin": _("the administration"),
    }
    return pages.get(view) or logged.page(view)
