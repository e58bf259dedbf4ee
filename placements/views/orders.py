"""The workplaces' own order: "Whom would they take first?"."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import among, rules
from placements.actions import orders
from placements.forms.orders import OrderForm
from placements.matching.policies import STABLE
from placements.models import Candidate, Round, Slot, Workplace, WorkplaceOrder
from placements.models.preferences import WishesState
from placements.views.rounds import decided_by

PAGE = 50


@requires(Permission.MANAGE_ROUNDS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Each workplace with places: how many wish for it, and how many of them it has put in order."""
    round = decided_by(request, pk)
    wish = Q(preferences__candidate__in=_taking_part(round))
    numbered = Q(orders__round=round, orders__candidate__in=_taking_part(round))
    words = untrusted.words(request.GET.get("q", ""))[:100]
    rows = (
        among.workplaces(_offering(round))
        .search(words)
        .annotate(
            wished=Count("preferences__candidate", filter=wish, distinct=True),
            ordered=Count("orders", filter=numbered, distinct=True),
        )
        .order_by("-wished", "sort_key", "pk")
    )
    return render(
        request,
        "placements/rounds/orders.html",
        {
            "round": round,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
            "words": words,
            "query": urlencode({"q": words}) if words else "",
            "counts": STABLE in round.policy,
        },
    )


@requires(Permission.MANAGE_ROUNDS)
@once
def detail(request: AuthenticatedRequest, pk: UUID, workplace_pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    workplace = get_object_or_404(_offering(round), pk=workplace_pk)
    order = dict(
        WorkplaceOrder.objects.filter(round=round, workplace=workplace).values_list(
            "candidate", "order"
        )
    )
    people = list(
        _taking_part(round)
        .filter(Q(preferences__workplace=workplace) | Q(pk__in=order))
        .select_related("student__school_class", "school")
        .distinct()
        .order_by("student__sort_key", "pk")
    )
    audit.looked(request, "workplace_order", Candidate, len(people))
    changeable = round.state in rules.CHANGEABLE
    form = OrderForm(request.POST or None, people=people, order=order)
    if request.method == "POST" and form.is_valid():
        version = untrusted.version(request.POST.get("version", ""))
        try:
            news = orders.put(round, workplace, form.order(), version=version, by=request.user)
        except (Conflict, DomainError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The order is saved.") if news else _("Nothing changed."))
        return redirect("workplace_orders", pk=round.pk)
    return render(
        request,
        "placements/rounds/order.html",
        {"round": round, "workplace": workplace, "form": form, "changeable": changeable},
        status=422 if form.is_bound else 200,
    )


def _taking_part(round: Round) -> QuerySet[Candidate]:
    """Those whose wishes are sent: until then they are nobody else's business."""
    return Candidate.objects.for_round(round).taking_part().filter(wishes_state=WishesState.SENT)


def _offering(round: Round) -> QuerySet[Workplace]:
    slots = Slot.objects.filter(round=round).offered()
    return Workplace.objects.filter(pk__in=slots.values("workplace")).select_related("municipality")
