"""All units that somebody answers for, in one table: typed, shared out, or read from a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import capacity
from placements.exports import units as sheet_of
from placements.exports.answer import file_answer
from placements.forms.units import HelpForm, UnitRow
from placements.models import LearningArea, Period, Round, Slot, Workplace
from placements.offers import last_answers
from placements.unit_sheet import Sheet
from placements.views.desk import Desk, by_link, signed_in


@dataclass
class Table:
    """The rows of somebody's desk, and what each period sums up to."""

    desk: Desk
    periods: list[Period]
    rows: list[UnitRow]
    used: dict[tuple[UUID, UUID], int]

    @property
    def sums(self) -> list[tuple[Period, int, int]]:
        """Each period with what stands in the table, and last year's sum."""
        return [
            (
                period,
                sum(_whole(row[f"places_{period.pk}"].value()) for row in self.rows),
                sum(row.last_year[n] for row in self.rows if n < len(row.last_year)),
            )
            for n, period in enumerate(self.periods)
        ]

    @property
    def wrong(self) -> bool:
        return any(row.is_bound and row.errors for row in self.rows)


def table_of(desk: Desk, data: Any = None, *, typed: Any = None) -> Table:
    """`data` is to be saved; `typed` is only what stood in the fields."""
    workplaces = [request.workplace_id for request in desk.requests]
    periods = list(desk.round.periods.all())
    before = last_answers(desk.round, workplaces)
    now: dict[UUID, dict[UUID, int]] = {}
    used: dict[tuple[UUID, UUID], int] = {}
    for slot in Slot.objects.filter(round=desk.round, workplace__in=workplaces):
        now.setdefault(slot.workplace_id, {})[slot.period_id] = slot.capacity
        used[slot.workplace_id, slot.period_id] = slot.used
    areas: dict[UUID, list[UUID]] = {}
    offered = Workplace.learning_areas.through.objects.filter(workplace__in=workplaces)
    for workplace, area in offered.values_list("workplace_id", "learningarea_id"):
        areas.setdefault(workplace, []).append(area)
    every_area = [(str(area.pk), area.name) for area in LearningArea.objects.all()]
    rows = [
        UnitRow(
            data,
            typed=typed,
            request=request,
            periods=periods,
            now=now.get(request.workplace_id, {}),
            last_year=before.get(request.workplace_id, []),
            areas=areas.get(request.workplace_id, []),
            every_area=every_area,
        )
        for request in desk.requests
    ]
    return Table(desk, periods, rows, used)


def fill_in(request: HttpRequest, desk: Desk, *, done: str, files: str) -> HttpResponse:
    """The table as it stands, helped along, or saved. `files` is where it is as a sheet, less suffix."""
    posted = request.method == "POST"
    periods = list(desk.round.periods.all())
    help = HelpForm(request.POST or None, request.FILES or None, periods=periods)
    wish = help.wants(request.POST.get("do", "")) if posted else ""
    if posted and wish == "save":
        table = table_of(desk, request.POST)
        answer = _save(request, table, done)
        if answer is not None:
            return answer
        return _page(request, table, HelpForm(periods=periods), files)
    table = table_of(desk, typed=request.POST if posted else None)
    sheet = None
    if posted and help.is_valid():
        if wish == "share":
            help.share_out(table.rows, table.used)
        else:
            too_large = "UPLOAD_TOO_LARGE" in request.META
            sheet = help.read_sheet(table.rows, too_large=too_large)
    return _page(request, table, help, files, sheet)


def _save(request: HttpRequest, table: Table, done: str) -> HttpResponse | None:
    """Everything that has been changed, or nothing."""
    valid = [row.is_valid() for row in table.rows]  # each one, so that every error is shown
    if not all(valid):
        return None
    changed = [row for row in table.rows if row.changed]
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return redirect(done)
    desk = table.desk
    try:
        capacity.answer(
            desk.round,
            answers=[row.answer() for row in changed],
            via=desk.via,
            by=desk.user,
            contact=desk.contact,
        )
    except Conflict as error:
        return render(request, "409.html", {"message": str(error)}, status=409)
    except DomainError as error:
        messages.error(request, str(error))
        return None
    return redirect(done)


def _page(
    request: HttpRequest, table: Table, help: HelpForm, files: str, sheet: Sheet | None = None
) -> HttpResponse:
    return render(
        request,
        "placements/capacity/units.html",
        {
            "desk": table.desk,
            "table": table,
            "help": help,
            "files": files,
            "filled": sum(len(row.filled) for row in table.rows),
            "sheet": sheet,
            "silent": sum(row.request.state == "asked" for row in table.rows),
        },
    )


@requires(Permission.ANSWER_CAPACITY)
@once
def signed_in_table(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Everything that is asked of her in one round."""
    desk = _hers(request, pk)
    if not desk.open:
        return render(request, "placements/capacity/answer.html", {"desk": desk, "forms": []})
    return fill_in(request, desk, done="my_workplaces", files=f"/my-workplaces/rounds/{pk}/places")


@requires(Permission.ANSWER_CAPACITY)
def signed_in_file(request: AuthenticatedRequest, pk: UUID, suffix: str) -> HttpResponseBase:
    """The table as a sheet, to be filled in elsewhere and read back."""
    return _file(_hers(request, pk), suffix)


@public
@by_link
def link_file(request: HttpRequest, desk: Desk, suffix: str) -> HttpResponseBase:
    """The same for who has come by the link in the mail."""
    return _file(desk, suffix)


def _file(desk: Desk, suffix: str) -> HttpResponseBase:
    table = table_of(desk)
    return file_answer(sheet_of.units(table.rows, table.periods), suffix, desk.round.name)


def _hers(request: AuthenticatedRequest, pk: UUID) -> Desk:
    mine = Workplace.objects.answered_by(request.user)
    asked = Round.objects.filter(capacity_requests__workplace__in=mine)
    round = get_object_or_404(asked.distinct(), pk=pk)
    desk = signed_in(request.user, round)
    if desk is None:
        raise Http404
    return desk


def _whole(value: object) -> int:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isascii() and text.isdigit() else 0
