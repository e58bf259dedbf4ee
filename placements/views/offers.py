"""A new workplace: "May we have students too?", and the coordinator's "Do we know them?"."""

from __future__ import annotations

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import offers
from placements.forms.offers import ConfirmForm, DeclineForm, OfferForm
from placements.models import Offer
from placements.models.offers import OfferState
from placements.offer_matches import Known, known

PAGE = 30
TRAP = "website"  # a field that people do not see, and machines fill in


@public
@once
def write(request: HttpRequest) -> HttpResponse:
    """The public form. What is written is shown to nobody before its address is verified."""
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get(TRAP):
            return redirect("offer_written")
        if ratelimit.consume(request, action="offer", key=form.cleaned_data["email"]):
            offer = form.save(commit=False)
            offer.language = (get_language() or "nb")[:2]
            offers.write(offer)
            return redirect("offer_written")
        form.add_error(None, _("That was many offers in a short time. Try again in an hour."))
    return render(
        request,
        "placements/offers/write.html",
        {"form": form, "trap": TRAP},
        status=422 if form.is_bound else 200,
    )


@public
def written(request: HttpRequest) -> HttpResponse:
    return render(request, "placements/offers/written.html")


@public
@once
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link in the mail. Opening it changes nothing: mail scanners open links too."""
    offer = offers.find(token)
    if offer is None:
        return render(request, "placements/offers/gone.html", status=410)
    if request.method == "POST":
        offers.verify(offer)
        return redirect("offer_verify", token=token)
    with translation.override(offer.language):
        return render(request, "placements/offers/verify.html", {"offer": offer})


@requires(Permission.DECIDE_OFFERS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Those that wait first, then what was answered, the latest first."""
    waiting = When(state=OfferState.NEW, then=Value(0))
    rows = (
        Offer.objects.visible_to(request.user)
        .select_related("municipality", "decided_by", "workplace")
        .annotate(turn=Case(waiting, default=Value(1), output_field=IntegerField()))
        .order_by("turn", "-created_at", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    about = known(page.object_list, request.user)
    return render(
        request,
        "placements/offers/list.html",
        {
            "page": page,
            "rows": [(offer, about[offer.pk]) for offer in page.object_list],
            "waiting": Offer.objects.visible_to(request.user).waiting().count(),
        },
    )


def _found(request: AuthenticatedRequest, pk: UUID) -> Offer:
    seen = Offer.objects.visible_to(request.user)
    return get_object_or_404(
        seen.select_related("municipality__county", "decided_by", "workplace"), pk=pk
    )


@requires(Permission.DECIDE_OFFERS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    offer = _found(request, pk)
    about = known([offer], request.user)[offer.pk]
    confirming = ConfirmForm(offer=offer, known=about, user=request.user)
    return _page(request, offer, about, confirming, DeclineForm())


@requires(Permission.DECIDE_OFFERS)
@require_POST
@once
def confirm(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    offer = _found(request, pk)
    about = known([offer], request.user)[offer.pk]
    form = ConfirmForm(request.POST, offer=offer, known=about, user=request.user)
    if form.is_valid():
        try:
            workplace, asked = offers.confirm(
                offer,
                workplace=form.chosen(),
                round=form.cleaned_data.get("round"),
                by=request.user,
            )
        except Conflict as error:
            messages.error(request, str(error))
            return redirect("offer", pk=pk)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = (
                _("%(name)s is in the register, and is asked for places.")
                if asked
                else _("%(name)s is in the register.")
            )
            messages.success(request, said % {"name": workplace})
            return redirect("workplace", pk=workplace.pk)
    return _page(request, offer, about, form, DeclineForm())


@requires(Permission.DECIDE_OFFERS)
@require_POST
@once
def decline(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    offer = _found(request, pk)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            offers.decline(offer, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("offer", pk=pk)
        messages.success(request, _("The offer is declined, and your reason is on its way."))
        return redirect("offers")
    about = known([offer], request.user)[offer.pk]
    confirming = ConfirmForm(offer=offer, known=about, user=request.user)
    return _page(request, offer, about, confirming, form)


def _page(
    request: AuthenticatedRequest,
    offer: Offer,
    about: Known,
    confirming: ConfirmForm,
    declining: DeclineForm,
) -> HttpResponse:
    bound = confirming.is_bound or declining.is_bound
    return render(
        request,
        "placements/offers/detail.html",
        {"offer": offer, "known": about, "confirming": confirming, "declining": declining},
        status=422 if bound else 200,
    )
