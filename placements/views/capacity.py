"""The coordinator's view of places: "Have we enough, and where is it short?"."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import breadth, recruiting, travel
from placements.actions import capacity
from placements.charts import Chart
from placements.forms.capacity import AnswerForm
from placements.models import CapacityRequest, Contact, Period, Round, Slot, Workplace
from placements.models.capacity import AnswerState
from placements.offers import last_answers
from placements.templatetags.weeks import week_numbers
from placements.views.rounds import decided_by

NEAREST, PAGE = 8, 30


@dataclass(frozen=True)
class Row:
    """One workplace in the grid: its answer, and (places, taken) per period, None where unanswered."""

    workplace: Workplace
    request: CapacityRequest | None
    cells: list[Slot | None]
    last_year: int | None
    state: str
    periods: list[Period]

    @property
    def labelled(self) -> list[tuple[Period, Slot | None]]:
        """On a phone each number stands beside its weeks."""
        return list(zip(self.periods, self.cells, strict=True))


@dataclass(frozen=True)
class Column:
    """One period, summed up."""

    period: Period
    offered: int
    taken: int
    needed: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.offered, 0)


@requires(Permission.SEE_CAPACITY)
def grid(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = get_object_or_404(
        Round.objects.visible_to(request.user).select_related("county"), pk=pk
    )
    periods = list(round.periods.all())
    rows = _rows(request, round, periods)
    columns, free = _columns(round, periods)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    query = request.GET.copy()
    page = Paginator(_narrowed(request, rows), PAGE).get_page(query.pop("page", [""])[-1])
    areas = breadth.gaps(round)
    decides = Round.objects.managed_by(request.user).filter(pk=pk).exists()
    return render(
        request,
        "placements/capacity/grid.html",
        {
            "round": round,
            "decides": decides,
            "page": page,
            "query": query.urlencode(),
            "all_count": len(rows),
            "columns": columns,
            "free_of_period": free,
            "total_missing": max(
                sum(c.needed for c in columns) + free - sum(c.offered for c in columns), 0
            ),
            "counts": {s: sum(row.state == s for row in rows) for s in AnswerState.values},
            "nearest": _nearest(round, rows),
            "gaps": areas,
            "short": any(gap.missing for gap in areas),
            "unconfirmed": list(
                Contact.objects.visible_to(request.user)
                .unconfirmed()
                .filter(capacity_links=None)
                .select_related("workplace")
            )
            if decides
            else [],
            "chart": Chart(
                title=_("Places and students per period"),
                what=_("Period"),
                first=_("Places offered"),
                second=_("Students who need one"),
                rows=[(week_numbers(c.period), c.offered, c.needed) for c in columns],
            ),
            "kinds": Workplace.Kind.choices,
            "states": AnswerState.choices,
            "kind": kind,
            "state": state,
        },
    )


def grid_rows(request: AuthenticatedRequest, round: Round, periods: list[Period]) -> list[Row]:
    """The rows of the grid that the address asks for."""
    return _narrowed(request, _rows(request, round, periods))


def _narrowed(request: AuthenticatedRequest, rows: list[Row]) -> list[Row]:
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    return [
        row
        for row in rows
        if (not kind or row.workplace.kind == kind) and (not state or row.state == state)
    ]


def _rows(request: AuthenticatedRequest, round: Round, periods: list[Period]) -> list[Row]:
    workplaces = list(
        Workplace.objects.visible_to(request.user)
        .active()
        .filter(receives_students=True)
        .select_related("municipality", "parent")
        .order_by("parent__sort_key", "sort_key")
    )
    requests = {r.workplace_id: r for r in round.capacity_requests.all()}
    slots: dict[UUID, dict[UUID, Slot]] = defaultdict(dict)
    for slot in round.slots.all():
        slots[slot.workplace_id][slot.period_id] = slot
    before = last_answers(round, [w.pk for w in workplaces])
    return [
        Row(
            workplace=w,
            request=requests.get(w.pk),
            cells=[slots[w.pk].get(period.pk) for period in periods],
            last_year=sum(before[w.pk]) if w.pk in before else None,
            state=requests[w.pk].state if w.pk in requests else AnswerState.NOT_ASKED,
            periods=periods,
        )
        for w in workplaces
    ]


def _columns(round: Round, periods: list[Period]) -> tuple[list[Column], int]:
    """The periods summed up, and how many students can be placed in any of them."""
    needs = dict(
        round.candidates.taking_part().order_by().values_list("period").annotate(Count("pk"))
    )
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for period, places, used in round.slots.values_list("period", "capacity", "used"):
        sums[period][0] += places
        sums[period][1] += used
    columns = [Column(p, sums[p.pk][0], sums[p.pk][1], needs.get(p.pk, 0)) for p in periods]
    return columns, needs.get(None, 0)


def _nearest(round: Round, rows: list[Row]) -> list[tuple[Workplace, int]]:
    """Those near a school that offer nothing in the round, nearest first, with minutes."""
    schools = list(round.schools.select_related("municipality"))
    silent = [
        row.workplace for row in rows if not any(cell and cell.capacity for cell in row.cells)
    ]
    if not schools or not silent:
        return []
    minutes = travel.minutes(
        [[s.municipality.latitude] for s in schools],
        [[s.municipality.longitude] for s in schools],
        [w.position[0] for w in silent],
        [w.position[1] for w in silent],
    ).min(axis=0)
    return sorted(zip(silent, minutes.tolist(), strict=True), key=lambda pair: pair[1])[:NEAREST]


@requires(Permission.ASK_CAPACITY)
@require_POST
@once
def ask(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    chosen = request.POST.getlist("workplace")
    receiving = Workplace.objects.active().filter(receives_students=True)
    workplaces = receiving.visible_to(request.user)
    if chosen:
        named = receiving.filter(pk__in=[pk for pk in map(untrusted.identity, chosen) if pk])
        # By name she may also ask those over the border that her students can reach.
        over = Q(pk__in=recruiting.in_reach(round).values("pk"))
        workplaces = named.filter(over | Q(pk__in=workplaces.values("pk")))
    try:
        count, unreached = capacity.ask(round, workplaces=workplaces, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("capacity", pk=pk)
    messages.success(
        request, ngettext("%d workplace is asked.", "%d workplaces are asked.", count) % count
    )
    if unreached:
        names = ", ".join(w.name for w in unreached[:5])
        messages.warning(
            request,
            _("Nobody to ask at: %(names)s. Add a contact there first.") % {"names": names},
        )
    return redirect("capacity", pk=pk)


@requires(Permission.ASK_CAPACITY)
@require_POST
@once
def remind(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    waiting = round.capacity_requests.unanswered().select_related("workplace")
    if chosen := request.POST.getlist("request"):
        waiting = waiting.filter(pk__in=[pk for pk in map(untrusted.identity, chosen) if pk])
    if "fresh" in request.POST:
        waiting = waiting.unreminded_today()
    count = capacity.remind(round, requests=waiting, by=request.user)
    messages.success(
        request, ngettext("%d workplace is reminded.", "%d workplaces are reminded.", count) % count
    )
    return redirect("capacity", pk=pk)


@requires(Permission.ASK_CAPACITY)
@once
def enter(request: AuthenticatedRequest, pk: UUID, workplace_pk: UUID) -> HttpResponse:
    """Write down an answer taken by phone."""
    round = decided_by(request, pk)
    workplace = get_object_or_404(Workplace.objects.visible_to(request.user), pk=workplace_pk)
    found = CapacityRequest.objects.filter(round=round, workplace=workplace).first()
    asked = found or CapacityRequest(round=round, workplace=workplace)
    periods = list(round.periods.all())
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        request=asked,
        periods=periods,
        now=dict(round.slots.filter(workplace=workplace).values_list("period", "capacity")),
        last_year=last_answers(round, [workplace.pk]).get(workplace.pk, []),
        areas=list(workplace.learning_areas.values_list("pk", flat=True)),
    )
    if request.method == "POST" and form.is_valid():
        answer = _enter(request, round, asked, form)
        if answer is not None:
            return answer
    crumbs: dict[str, Any] = {"grid_url": reverse("capacity", args=[pk])}
    return render(
        request,
        "placements/capacity/enter.html",
        {"round": round, "workplace": workplace, "form": form, **crumbs},
    )


def _enter(
    request: AuthenticatedRequest, round: Round, asked: CapacityRequest, form: AnswerForm
) -> HttpResponse | None:
    """Save; the answer to give, or None to show the form again with what is wrong."""
    if asked._state.adding:
        asked, _created = CapacityRequest.objects.get_or_create(
            round=round, workplace=asked.workplace
        )
        form.request = asked
    try:
        capacity.answer(round, answers=[form.answer()], via="phone", by=request.user)
    except Conflict as error:
        return render(request, "409.html", {"message": str(error)}, status=409)
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("The answer from %s is saved.") % asked.workplace)
    return redirect("capacity", pk=round.pk)


@requires(Permission.ASK_CAPACITY)
@require_POST
@once
def confirm_contact(request: AuthenticatedRequest, pk: UUID, contact_pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    contact = get_object_or_404(
        Contact.objects.visible_to(request.user).unconfirmed().select_related("workplace"),
        pk=contact_pk,
    )
    capacity.confirm_contact(contact, round=round, by=request.user)
    messages.success(request, _("%s gets the question by mail.") % contact)
    return redirect("capacity", pk=pk)
