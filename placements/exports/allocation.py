"""The tables of a round: places, wishes, a proposal, what is published; and what each column means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from placements.exports.cells import Cell, Column, Table
from placements.exports.shared import where, who
from placements.models import Assignment, Candidate, Period, Placement
from placements.models.capacity import AnswerState
from placements.models.frozen import Frozen
from placements.templatetags.weeks import week_numbers


def capacity(rows: Iterable[Any], periods: list[Period]) -> Table:
    """`rows` are the grid's."""

    def cell(n: int, what: str) -> Any:
        def value(row: Any) -> Cell:
            slot = row.cells[n]
            return getattr(slot, what) if slot else None

        return value

    columns = [
        Column(_("Workplace"), _("The workplace's name."), lambda r: r.name, 34),
        Column(
            _("Belongs to"),
            _("The hospital or trust it is a unit of."),
            lambda r: r.parent,
            28,
        ),
        Column(_("Kind"), _("What kind of workplace it is."), lambda r: r.get_kind_display()),
        Column(_("Municipality"), _("Where it lies."), lambda r: r.municipality),
        Column(
            _("Answer"),
            _("Whether it has been asked, and what it said."),
            lambda r: str(_answer(r.state)),
        ),
        Column(
            _("Reason"),
            _("Why there are none this year, as the workplace chose."),
            lambda r: r.request.get_reason_display() if r.request else "",
        ),
        Column(
            _("In a sentence"),
            _("In the workplace's own words."),
            lambda r: r.request.note if r.request else "",
            40,
        ),
        Column(
            _("Answered"),
            _("When the answer came."),
            lambda r: r.request.answered_at if r.request else None,
            16,
        ),
    ]
    for n, period in enumerate(periods):
        name = f"{week_numbers(period)} {period.name}".strip()
        columns += [
            Column(
                _("Places, %(weeks)s") % {"weeks": name},
                _("Places offered; empty where nothing is answered."),
                cell(n, "capacity"),
                12,
            ),
            Column(
                _("Taken, %(weeks)s") % {"weeks": name},
                _("How many of them are given to students."),
                cell(n, "used"),
                12,
            ),
        ]
    columns.append(
        Column(
            _("Last year"),
            _("Places in the round before, all periods together."),
            lambda r: r.last_year,
            10,
        )
    )
    return Table(_("Places"), columns, rows)


def _answer(state: str) -> object:
    return AnswerState(state).label


def candidates(rows: Iterable[Candidate], most: int) -> Table:
    """`rows` come with their preferences in order, at most `most` of them."""

    def wish(n: int) -> Any:
        def value(row: Candidate) -> Cell:
            wishes = sorted(row.preferences.all(), key=lambda one: (one.rank, one.workplace.name))
            return wishes[n].workplace.name if n < len(wishes) else None

        return value

    columns = [
        *who(lambda r: r.student, lambda r: r.school),
        Column(
            _("Status"), _("Whether the wishes are sent."), lambda r: r.get_wishes_state_display()
        ),
        Column(_("Sent"), _("When the wishes were sent."), lambda r: r.wishes_sent_at, 16),
        Column(_("Reminded"), _("When she was last reminded."), lambda r: r.reminded_at, 16),
        Column(
            _("Period"),
            _("The period that will do; empty where any will."),
            lambda r: str(r.period) if r.period else "",
        ),
        *(
            Column(
                _("Wish %(n)d") % {"n": n + 1},
                _("The workplace she wishes for; 1 is the most wanted."),
                wish(n),
                30,
            )
            for n in range(most)
        ),
    ]
    return Table(_("Wishes"), columns, rows)


def result(rows: Iterable[Assignment | Candidate]) -> Table:
    """What a run proposes; a candidate stands for herself where it found her no place."""

    def candidate(row: Assignment | Candidate) -> Candidate:
        return row.candidate if isinstance(row, Assignment) else row

    def held(what: str) -> Any:
        return lambda row: getattr(row, what) if isinstance(row, Assignment) else None

    columns = [
        *who(lambda r: candidate(r).student, lambda r: candidate(r).school),
        *where(held("slot")),
        Column(
            _("Wish"),
            _("Which of her wishes it is; empty if she did not wish for it."),
            held("rank"),
            8,
        ),
        Column(_("Travel, minutes"), _("An estimate, each way."), held("travel_minutes"), 10),
        Column(
            pgettext("place", "Pinned"),
            _("Whether a coordinator decided on it by hand."),
            held("pinned"),
            8,
        ),
    ]
    return Table(_("Proposal"), columns, rows)


def placements(rows: Iterable[Placement]) -> Table:
    columns = [
        *who(lambda r: r.student, lambda r: r.school),
        *where(lambda r: r.slot),
        Column(
            _("Wish"),
            _("Which of her wishes it is; empty if she did not wish for it."),
            lambda r: r.rank,
            8,
        ),
        Column(_("Travel, minutes"), _("An estimate, each way."), lambda r: r.travel_minutes, 10),
        Column(
            _("State"),
            _("What the workplace has said, or how it ended."),
            lambda r: r.get_state_display(),
            24,
        ),
        Column(_("Reason"), _("Why it ended early."), lambda r: r.get_end_reason_display(), 24),
        Column(_("In a sentence"), _("In the workplace's own words."), lambda r: r.end_note, 40),
        Column(_("Published"), _("When she was told."), lambda r: r.created_at, 16),
    ]
    return Table(_("Placements"), columns, rows)


def ids(frozen: Frozen | None) -> set[UUID]:
    """Who took part in a run, by its frozen input."""
    return {UUID(row.id) for row in frozen.unpacked.candidates} if frozen else set()
