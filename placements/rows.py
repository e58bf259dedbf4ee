"""What a row of a list shows, read as just those columns.

Whole students, each with a class, a school and a home, are a hundred columns for the eight that show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db.models import Count, IntegerField, QuerySet, Subquery, Window

from accounts.models import OutboxState
from placements.models.placements import EndReason
from placements.models.preferences import named
from placements.outgoing import KINDS
from schools.models.students import written_name


class HowMany(Subquery):
    """How many rows there are, asked for beside them and not as a window over them.

    For a window all rows are joined with all that shows; without it a page in the order of an index
    is read along it, and ends with its last row.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk"), output_field=IntegerField())


@dataclass(slots=True)
class Row:
    """The first fields are `COLUMNS`, in their order; others are filled in for the rows of a page."""

    COLUMNS: ClassVar[tuple[str, ...]]

    pk: UUID

    @classmethod
    def read(cls, rows: QuerySet[Any]) -> list[Self]:
        return [cls(*values) for values in rows.values_list(*cls.COLUMNS)]

    @classmethod
    def read_counted(
        cls, rows: QuerySet[Any], some: slice, *, by_index: bool = False
    ) -> tuple[list[Self], int]:
        """Some of the rows, and how many there are in all: 0 where none is among those asked for."""
        return cls.made(list(cls.counted(rows, by_index=by_index)[some]))

    @classmethod
    def counted(cls, rows: QuerySet[Any], *, by_index: bool = False) -> QuerySet[Any]:
        """The columns of a row, and before them how many rows there are.

        `by_index`: most rows of the table are wanted, in the order of an index.
        """
        number: Any = HowMany(rows) if by_index else Window(Count("*"))
        numbered: QuerySet[Any] = rows.annotate(of_all=number)
        return numbered.values_list("of_all", *cls.COLUMNS)

    @classmethod
    def made(cls, counted: Sequence[tuple[Any, ...]]) -> tuple[list[Self], int]:
        rows = [cls(*values) for _of_all, *values in counted]
        return rows, counted[0][0] if counted else 0


@dataclass(slots=True)
class Named(Row):
    """A row about one student."""

    given_name: str
    family_name: str
    school_class: str
    school: str

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return written_name(self.given_name, self.family_name)


@dataclass(slots=True)
class StudentRow(Named):
    COLUMNS = (
        "pk",
        "given_name",
        "family_name",
        "school_class__name",
        "school__name",
        "municipality__name",
        "left_at",
    )
    home: str
    left_at: dt.date | None
    to_do: int = 0
    ready: int = 0


OF_STUDENT = (
    "pk",
    "student__given_name",
    "student__family_name",
    "student__school_class__name",
    "school__name",
)


@dataclass(slots=True)
class WaitingRow(Named):
    """A candidate without a place."""

    COLUMNS = (*OF_STUDENT, "student_id")
    student_id: UUID
    wishes: int = 0
    which: str = ""

    @property
    def name(self) -> str:
        return named(written_name(self.given_name, self.family_name), self.which)


@dataclass(slots=True)
class CandidateRow(Named):
    COLUMNS = (
        *OF_STUDENT,
        "student_id",
        "need",
        "wishes_state",
        "wishes_sent_at",
        "reminded_at",
    )
    student_id: UUID
    need: int
    wishes_state: str
    wishes_sent_at: dt.datetime | None
    reminded_at: dt.datetime | None
    wishes: int = 0
    which: str = ""


@dataclass(slots=True)
class PlacementRow(Named):
    COLUMNS = (
        *OF_STUDENT,
        "student_id",
        "slot__workplace_id",
        "slot__workplace__name",
        "period__start",
        "period__end",
        "rank",
        "state",
        "end_reason",
        "end_note",
    )
    student_id: UUID
    workplace_id: UUID
    workplace: str
    start: dt.date  # of its period
    end: dt.date
    rank: int | None
    state: str
    end_reason: str
    end_note: str

    @property
    def get_end_reason_display(self) -> str:
        return str(EndReason(self.end_reason).label)


@dataclass(slots=True)
class MessageRow(Row):
    """A mail that has been written."""

    COLUMNS = ("pk", "kind", "recipient", "state", "error", "created_at", "returned_at")
    kind: str
    recipient: str
    state: str
    error: str
    created_at: dt.datetime
    returned_at: dt.datetime | None

    @property
    def about(self) -> Any:
        return KINDS[self.kind]

    @property
    def refused(self) -> bool:
        """The address takes no mail."""
        return self.state == OutboxState.FAILED and self.error[:6] == "SMTP 5"

    @property
    def again(self) -> bool:
        """It can be sent once more."""
        return self.state in (OutboxState.FAILED, OutboxState.UNCERTAIN)

    @property
    def get_state_display(self) -> str:
        return str(OutboxState(self.state).label)
