"""What ties students to each other: "Whose places are these, who goes together, who needs two?"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import rules
from placements import ties as of_round
from placements.actions import ties
from placements.forms.ties import GroupForm, NeedForm, PairForm, QuotaForm
from placements.models import Candidate, Pairing, Quota, Round
from placements.views.rounds import decided_by


@requires(Permission.MANAGE_ROUNDS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _page(request, decided_by(request, pk))


def _page(request: AuthenticatedRequest, round: Round, **bound: BaseForm) -> HttpResponse:
    changeable = round.state in rules.CHANGEABLE
    pairs = list(
        Pairing.objects.for_round(round)
        .taking_part()
        .prefetch_related(
            Prefetch("one", Candidate.objects.named()), Prefetch("other", Candidate.objects.named())
        )
        .order_by("kind", "one__student__sort_key", "pk")
    )
    needs = list(
        Candidate.objects.for_round(round)
        .taking_part()
        .filter(need__gt=1)
        .select_related("student__school_class")
    )
    audit.looked(request, "round_ties", Candidate, len(pairs) * 2 + len(needs))
    forms = {
        "quota_form": QuotaForm(round=round),
        "group_form": GroupForm(round=round),
        "pair_form": PairForm(round=round),
        "need_form": NeedForm(round=round),
        **bound,
    }
    return render(
        request,
        "placements/rounds/ties.html",
        {
            "round": round,
            "changeable": changeable,
            "quotas": Quota.objects.for_round(round)
            .select_related("school", "workplace", "municipality", "period")
            .order_by("school__name", "workplace__sort_key", "municipality__sort_key", "pk"),
            "groups": of_round.grouped(round)
            .select_related("workplace", "period")
            .order_by("workplace__sort_key", "period__start", "pk"),
            "pairs": pairs,
            "needs": needs,
            **forms,
        },
        status=422 if bound else 200,
    )


def _add(
    request: AuthenticatedRequest,
    pk: UUID,
    name: str,
    make: Callable[[Round], Any],
    act: Callable[[Any], Any],
) -> HttpResponse:
    """One form of the page, and what it asks for."""
    round = decided_by(request, pk)
    form = make(round)
    if not form.is_valid():
        return _page(request, round, **{name: form})
    try:
        act(form)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, round, **{name: form})
    messages.success(request, _("Saved. It counts the next time matching is run."))
    return redirect("round_ties", pk=round.pk)


def _remove(request: AuthenticatedRequest, round: Round, act: Callable[[], None]) -> HttpResponse:
    decided_by(request, round.pk)
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Removed. It counts the next time matching is run."))
    return redirect("round_ties", pk=round.pk)


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def quota_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _add(
        request,
        pk,
        "quota_form",
        lambda round: QuotaForm(request.POST, round=round),
        lambda form: ties.add_quota(form.save(commit=False), by=request.user),
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def quota_remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Quota.objects.filter(round__in=Round.objects.visible_to(request.user))
    quota = get_object_or_404(seen.select_related("round"), pk=pk)
    return _remove(request, quota.round, lambda: ties.remove_quota(quota, by=request.user))


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def group_set(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """With `remove` a slot: it takes any number again."""
    if "remove" in request.POST:
        round = decided_by(request, pk)
        which = untrusted.identity(request.POST["remove"])
        slot = of_round.grouped(round).filter(pk=which).first() if which else None
        if slot is None:
            return redirect("round_ties", pk=pk)
        return _remove(request, round, lambda: ties.set_minimum(slot, 0, by=request.user))
    return _add(
        request,
        pk,
        "group_form",
        lambda round: GroupForm(request.POST, round=round),
        lambda form: ties.set_minimum(
            form.cleaned_data["slot"], form.cleaned_data["minimum"], by=request.user
        ),
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def pairing_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _add(
        request,
        pk,
        "pair_form",
        lambda round: PairForm(request.POST, round=round),
        lambda form: ties.pair(**form.cleaned_data, by=request.user),
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def pairing_remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Pairing.objects.taking_part().filter(round__in=Round.objects.visible_to(request.user))
    pairing = get_object_or_404(seen.select_related("round"), pk=pk)
    return _remove(request, pairing.round, lambda: ties.unpair(pairing, by=request.user))


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def need_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _add(
        request,
        pk,
        "need_form",
        lambda round: NeedForm(request.POST, round=round),
        lambda form: ties.add_need(form.cleaned_data["student"], by=request.user),
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def need_remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Candidate.objects.visible_to(request.user).taking_part().select_related("round")
    candidate = get_object_or_404(seen, pk=pk)
    return _remove(request, candidate.round, lambda: ties.remove_need(candidate, by=request.user))
