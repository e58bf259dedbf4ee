"""What class lists and workplace lists have in common on their way in."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import retention
from accounts.errors import DomainError
from schools.columns import Column
from schools.models import Import
from schools.tables import Refused, Row

StagedRow = tuple[int, dict[str, str]]


class NotReady(DomainError):
    """The import cannot be carried out: it has errors, is over, or is not what was looked at."""


@dataclass(frozen=True)
class CellError:
    """One thing wrong in the file: where, what, and how to mend it."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Change:
    """What happens to one student or workplace. `details` are (what, before, after)."""

    what: str  # new, changed, gone
    name: str
    row: int | None = None
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Plan:
    """What the import would do if it were confirmed now."""

    errors: list[CellError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    manual: int = 0

    def error(self, row: int, column: str | Promise, text: str) -> None:
        self.errors.append(CellError(row, str(column), text))

    def of(self, what: str) -> list[Change]:
        return [change for change in self.changes if change.what == what]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.of("new")),
            "changed": len(self.of("changed")),
            "gone": len(self.of("gone")),
            "unchanged": self.unchanged,
        }

    @property
    def fingerprint(self) -> str:
        """Tells whether what is carried out is what was looked at."""
        seen = repr((self.changes, self.unchanged, self.manual, self.errors))
        return hashlib.sha256(seen.encode()).hexdigest()


def choose(
    rows: Sequence[Row], header: int, places: Mapping[str, int], columns: Sequence[Column]
) -> tuple[dict[str, str], list[StagedRow]]:
    """Keep the chosen columns and nothing else: the mapping to remember, and the rows to stage."""
    missing = [str(c.label) for c in columns if c.required and c.key not in places]
    if missing:
        raise Refused(_("Say which column is: %(columns)s.") % {"columns": ", ".join(missing)})
    headers = rows[header].cells
    mapping = {key: headers[at] for key, at in places.items()}
    staged = []
    for row in rows[header + 1 :]:
        if row.cells == headers:
            continue  # exports of several classes repeat the headers
        kept = {key: row.cells[at] for key, at in places.items() if at < len(row.cells)}
        if any(kept.values()):
            staged.append((row.number, kept))
    if not staged:
        raise Refused(_("There are headers, but no rows below them."))
    return mapping, staged


def remembered(kind: str, **scope: object) -> dict[str, str]:
    """Which header stood for what last time, in this school or county."""
    last = Import.objects.filter(kind=kind, **scope).order_by("-created_at").first()
    mapping: dict[str, str] = last.mapping if last else {}
    return mapping


LISTS = retention.rule(
    retention.Rule(
        gettext_lazy("Rows of imported lists"),
        gettext_lazy(
            "Emptied a day after the list was read or imported; who, when and how many stays."
        ),
        lambda: Import.objects.exclude(rows=[], before={}),
        "expires_at",
        dt.timedelta(0),  # the day is in `expires_at`
        lambda lists: lists.update(rows=[], before={}),
    )
)


def forget_expired(at: dt.datetime | None = None) -> int:
    """Delete the people in imports whose day is over; who, when and how many stays."""
    return LISTS.apply(at)
