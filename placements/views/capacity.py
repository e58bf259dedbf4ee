"""The coordinator's view of places: "Have we enough, and where is it short?"."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from accounts.prepared import prepared
from placements import breadth, capacity_grid, nearest, recruiting
from placements.actions import capacity
from placements.capacity_grid import Chosen, Row
from placements.charts import Chart
from placements.forms.capacity import AnswerForm
from placements.models import CapacityRequest, Contact, Period, Round, Workplace
from placements.models.capacity import AnswerState
from placements.offers import last_answers
from placements.templatetags.weeks import week_numbers
from placements.views.rounds import decided_by, seen_by


@requires(Permission.SEE_CAPACITY)
def grid(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = seen_by(request, pk)
    periods = list(round.periods.all())
    numbers = capacity_grid.numbers(request.user, round)
    sums = capacity_grid.sums(round, periods)
    kinds, states = chosen = _chosen(request)
    query = request.GET.copy()
    count = sum(
        number
        for (kind, state), number in numbers.items()
        if (not kinds or kind in kinds) and (not states or state in states)
    )
    page: Any = Paginator(range(count), capacity_grid.PAGE).get_page(query.pop("page", [""])[-1])
    shown = capacity_grid.places(request.user, round, chosen, max(page.start_index() - 1, 0))
    page.object_list = capacity_grid.rows(round, shown, periods)
    answers = Counter[str]()
    for (_kind, state), number in numbers.items():
        answers[state] += number
    areas = breadth.gaps(round, sums.students)
    decides = round.managed_by(request.user)
    return render(
        request,
        "placements/capacity/grid.html",
        {
            "round": round,
            "decides": decides,
            "page": page,
            "query": query.urlencode(),
            "all_count": sum(numbers.values()),
            "columns": sums.columns,
            "free_of_period": sums.free,
            "total_missing": sums.missing,
            "counts": {state: answers[state] for state in AnswerState.values},
            "nearest": nearest.silent(request.user, round),
            "gaps": areas,
            "short": any(gap.missing for gap in areas),
            "unconfirmed": _unconfirmed(request.user) if decides else [],
            "chart": Chart(
                title=_("Places and students per period"),
                what=_("Period"),
                first=_("Places offered"),
                second=_("Students who need one"),
                rows=[(week_numbers(c.period), c.offered, c.needed) for c in sums.columns],
            ),
            "kinds": Workplace.Kind.choices,
            "states": AnswerState.choices,
            "kind": "".join(kinds),
            "state": "".join(states),
        },
    )


@prepared
def _unconfirmed(user: User) -> QuerySet[Any]:
    """Colleagues to whom the question was passed on, at an address that nobody has vouched for."""
    asked = Contact.objects.visible_to(user).unconfirmed().filter(capacity_links=None)
    return asked.values_list("pk", "workplace__name", "name", "email")


def grid_rows(request: AuthenticatedRequest, round: Round, periods: list[Period]) -> list[Row]:
    """The rows of the grid that the address asks for."""
    shown = capacity_grid.all_places(request.user, round, _chosen(request))
    return capacity_grid.rows(round, shown, periods)


def _chosen(request: AuthenticatedRequest) -> Chosen:
    """The kind and the answer that the address asks for, or none."""
    kind, state = (untrusted.words(request.GET.get(name, "")) for name in ("kind", "state"))
    return [kind] * bool(kind), [state] * bool(state)


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
