"""Swapping: "Would you rather have mine?", the other's yes, and the coordinator's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from accounts.prepared import prepared
from placements.actions import swaps
from placements.actions.pins import Fact
from placements.forms.swaps import AnswerForm, CodeForm
from placements.models import Placement, Round, Swap
from placements.models.swaps import SwapState


def _mine(request: AuthenticatedRequest, pk: UUID) -> Placement:
    hers = Placement.objects.visible_to(request.user).filter(student__user=request.user)
    return get_object_or_404(
        hers.select_related(
            "round",
            "period",
            "slot__workplace",
            "candidate__round",
            "candidate__student__municipality",
        ),
        pk=pk,
    )


@dataclass(frozen=True)
class Waiting:
    """Two who have agreed, what follows for each, and the coordinator's line to them."""

    swap: Swap
    one_facts: list[Fact]
    other_facts: list[Fact]
    form: AnswerForm

    @property
    def stopped(self) -> bool:
        return any(fact.stops for fact in self.one_facts + self.other_facts)


@prepared
def _agreed(user: User, round: UUID) -> QuerySet[Any]:
    agreed = Swap.objects.visible_to(user).filter(round=round, state=SwapState.AGREED)
    return agreed.order_by("agreed_at", "pk").values_list("pk")


def waiting(user: User, round: Round) -> list[Waiting]:
    """Those that wait for her decision in a round, the oldest first."""
    agreed = [pk for (pk,) in _agreed(user, round.pk)]
    if not agreed:  # as a rule there are none
        return []
    both = [
        f"{side}__{path}"
        for side in ("one", "other")
        for path in ("slot__workplace", "period", "candidate__round", "student")
    ]
    both += [f"{side}__candidate__student__municipality" for side in ("one", "other")]
    found = Swap.objects.in_bulk(agreed)
    rows = [found[pk] for pk in agreed]
    prefetch_related_objects(rows, *both)
    return [
        Waiting(
            swap,
            swaps.facts(swap.one, swap.other),
            swaps.facts(swap.other, swap.one),
            AnswerForm(auto_id=f"id_{swap.pk}_%s"),
        )
        for swap in rows
        if swap.other
    ]


@requires(Permission.SWAP_PLACEMENTS)
def mine(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _page(request, _mine(request, pk))


def _page(
    request: AuthenticatedRequest,
    placement: Placement,
    form: CodeForm | None = None,
    found: Swap | None = None,
    facts: list[Fact] | None = None,
) -> HttpResponse:
    hers = Swap.objects.visible_to(request.user).open().filter(one=placement)
    hers |= Swap.objects.visible_to(request.user).open().filter(other=placement)
    return render(
        request,
        "placements/swaps/mine.html",
        {
            "placement": placement,
            "may": swaps.may(placement),
            "swap": hers.order_by("-state").first(),  # offered, or agreed: that comes first
            "form": form or CodeForm(),
            "found": found,
            "facts": facts or [],
            "stopped": any(fact.stops for fact in facts or []),
        },
        status=422 if form and form.errors else 200,
    )


@requires(Permission.SWAP_PLACEMENTS)
@require_POST
@once
def offer(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = _mine(request, pk)
    try:
        code = swaps.offer(placement, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _(
                "Your code is %(code)s. Show it to the one you want to swap with: it is not shown again."
            )
            % {"code": code},
        )
    return redirect("swap", pk=pk)


@requires(Permission.SWAP_PLACEMENTS)
@require_POST
def agree(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """With a code: which place it is, and what follows. With `yes` besides: she agrees.

    Without `once`, which would take a wrong guess back again and leave it uncounted; a yes that is sent
    twice finds the offer taken, by herself.
    """
    placement, form = _mine(request, pk), CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, placement, form)
    if not ratelimit.consume(request, action="swap_code", user=request.user):
        form.add_error("code", _("That was many codes in a short time. Try again in an hour."))
        return _page(request, placement, form)
    try:
        found = swaps.find(form.cleaned_data["code"], mine=placement)
        if "yes" in request.POST:
            swaps.agree(found, mine=placement, by=request.user)
            messages.success(
                request, _("You have agreed. The coordinator decides, and you get a mail.")
            )
            return redirect("swap", pk=pk)
    except DomainError as error:
        form.add_error("code", str(error))
        return _page(request, placement, form)
    return _page(request, placement, form, found, swaps.facts(placement, found.one))


@requires(Permission.SWAP_PLACEMENTS)
@require_POST
@once
def call_off(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    swap = get_object_or_404(Swap.objects.visible_to(request.user), pk=pk)
    hers = swap.one if swap.one.student.user_id == request.user.pk else swap.other
    try:
        swaps.withdraw(swap, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Called off. You keep the place you have."))
    return redirect("swap", pk=hers.pk) if hers else redirect("my_practice")


def _decided(request: AuthenticatedRequest, pk: UUID) -> Swap:
    """The swap, if she decides on its round."""
    hers = Swap.objects.visible_to(request.user).filter(
        round__in=Round.objects.managed_by(request.user)
    )
    return get_object_or_404(hers.exclude(other=None).select_related("one", "other"), pk=pk)


@requires(Permission.CHANGE_PLACEMENTS)
@require_POST
@once
def approve(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    swap = _decided(request, pk)
    try:
        swaps.approve(swap, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Swapped. Both students and both workplaces are told."))
    return redirect("placements", pk=swap.round_id)


@requires(Permission.CHANGE_PLACEMENTS)
@require_POST
@once
def decline(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    swap = _decided(request, pk)
    form = AnswerForm(request.POST, instance=swap)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return redirect("placements", pk=swap.round_id)
    try:
        swaps.decline(swap, answer=form.cleaned_data["answer"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Declined. Both students are told."))
    return redirect("placements", pk=swap.round_id)
