"""Published placements: who is where, and changing one by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from accounts.prepared import prepared
from placements.actions import pins, placements
from placements.forms.placements import PlacementFilter, WithdrawForm
from placements.forms.preferences import fill
from placements.forms.runs import PlaceForm
from placements.listing import page_of
from placements.models import Candidate, Placement, Round, Slot
from placements.models.rounds import RoundState
from placements.rows import PlacementRow, WaitingRow
from placements.views.rounds import decided_by, seen_by
from placements.views.swaps import waiting as swaps_for

WAITING = 25


@requires(Permission.SEE_PLACEMENTS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = seen_by(request, pk)
    decides = round.managed_by(request.user)
    seen = Placement.objects.visible_to(request.user).for_round(round)
    form = PlacementFilter(request.GET)
    published = round.published_at is not None
    waiting, without = _waiting(request.user, round, form.words) if published else ([], 0)
    query = request.GET.copy()
    query.pop("page", None)
    rows = form.narrow(seen).order_by("student__sort_key", "pk")
    form_says = form.is_bound and any(form.cleaned_data.values())
    page = page_of(rows, PlacementRow, request.GET.get("page", ""), by_index=not form_says)
    placed = seen.occupying().count() if form_says else page.paginator.count
    audit.looked(request, "placements", Placement, len(page.object_list))
    return render(
        request,
        "placements/placements/list.html",
        {
            "round": round,
            "page": page,
            "filter": form,
            "query": query.urlencode(),
            "filtered": any(query.values()),
            "placed": placed,
            "without": without,
            "waiting": waiting,
            "changes": decides and round.state == RoundState.PUBLISHED,
            "swaps": swaps_for(request.user, round) if decides else [],
        },
    )


def _waiting(user: User, round: Round, words: list[str]) -> tuple[list[WaitingRow], int]:
    """The first of those without a place, of that name if any is said; and how many have none."""
    rows, without = WaitingRow.made(_first(user, round.pk))
    if words:
        named = _without_a_place(user, round.pk)
        for word in words:
            named = named.filter(
                Q(student__given_name__icontains=word) | Q(student__family_name__icontains=word)
            )
        rows = WaitingRow.read(named[:WAITING])
    fill(rows, round)
    return rows, without


@prepared
def _first(user: User, round: UUID) -> QuerySet[Any]:
    return WaitingRow.counted(_without_a_place(user, round))[:WAITING]


def _without_a_place(user: User, round: UUID) -> QuerySet[Candidate]:
    taking_part = Candidate.objects.visible_to(user).taking_part().filter(round=round)
    # Looked up in a list made once. As a join it is everybody with everybody, until they are counted.
    placed = Placement.objects.occupying().filter(round=round).order_by().values("candidate")
    return taking_part.exclude(pk__in=placed).order_by("student__sort_key", "pk")


def _changeable(request: AuthenticatedRequest, pk: UUID) -> Placement:
    """The placement, if she decides on its round; 403 if she only sees it."""
    placement = get_object_or_404(
        Placement.objects.visible_to(request.user).select_related(
            "student__municipality",
            "student__school_class",
            "school",
            "candidate__round",
            "candidate__student__municipality",
            "slot__workplace",
            "period",
            "round",
        ),
        pk=pk,
    )
    if not placement.round.managed_by(request.user):
        raise PermissionDenied
    audit.looked(request, "placement_change", Placement, placement.pk)
    return placement


@requires(Permission.CHANGE_PLACEMENTS)
@once
def withdraw(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = _changeable(request, pk)
    away = placements.away_from(placement)
    form = WithdrawForm(
        request.POST or None,
        initial={"version": placement.version, "first_day_away": away},
        begun=away is not None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            placements.withdraw(
                placement,
                reason=form.cleaned_data["reason"],
                leaves=form.cleaned_data["after"] == "leaves",
                version=form.cleaned_data["version"],
                by=request.user,
                first_day_away=form.cleaned_data.get("first_day_away"),
            )
        except Conflict as error:
            return _conflict(request, error, _("Withdrawn"))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The place is taken back. The student and the workplace are told.")
            )
            return redirect("placements", pk=placement.round_id)
    context = {"placement": placement, "round": placement.round, "form": form, "begun": away}
    return render(request, "placements/placements/withdraw.html", context)


@requires(Permission.CHANGE_PLACEMENTS)
@once
def move(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """GET with a slot says what would follow; POST does it."""
    placement = _changeable(request, pk)
    data = request.POST or PlaceForm.asked(request.GET)
    form = PlaceForm(data, candidate=placement.candidate)
    slot = form.cleaned_data["slot"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and slot:
        try:
            placements.move(
                placement,
                slot=slot,
                version=untrusted.version(request.POST.get("version", "")),
                by=request.user,
            )
        except Conflict as error:
            return _conflict(request, error, str(slot.workplace))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Moved. The student and both workplaces are told."))
        return redirect("placements", pk=placement.round_id)
    return _by_hand(request, placement.candidate, form, slot, placement)


@requires(Permission.CHANGE_PLACEMENTS)
@once
def add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Give a student who has none a place; `?candidate=` says who, `?slot=` where."""
    round = decided_by(request, pk)
    seen = Candidate.objects.visible_to(request.user).for_round(round).taking_part()
    candidate = get_object_or_404(
        seen.select_related("student__municipality", "student__school_class", "school", "round"),
        pk=untrusted.identity(request.POST.get("candidate") or request.GET.get("candidate", "")),
    )
    data = request.POST or PlaceForm.asked(request.GET)
    form = PlaceForm(data, candidate=candidate)
    slot = form.cleaned_data["slot"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and slot:
        try:
            placements.add(candidate, slot=slot, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Placed. The student and the workplace are told."))
        return redirect("placements", pk=round.pk)
    return _by_hand(request, candidate, form, slot, None)


def _by_hand(
    request: AuthenticatedRequest,
    candidate: Candidate,
    form: PlaceForm,
    slot: Slot | None,
    placement: Placement | None,
) -> HttpResponse:
    """Choose a place, read what follows, confirm: one page, with or without JavaScript."""
    facts = pins.check(candidate, slot, published=True) if slot else []
    return render(
        request,
        "placements/placements/by_hand.html",
        {
            "candidate": candidate,
            "placement": placement,
            "round": candidate.round,
            "form": form,
            "slot": slot,
            "facts": facts,
            "stopped": any(fact.stops for fact in facts),
        },
    )


def _conflict(request: AuthenticatedRequest, error: Conflict, yours: str) -> HttpResponse:
    """Somebody was faster: both decisions side by side."""
    now: Placement = error.theirs
    saved = f"{now.slot.workplace}, {now.get_state_display()}"
    context = {"message": str(error), "theirs": now, "rows": [(_("Place"), yours, saved)]}
    return render(request, "409.html", context, status=409)
