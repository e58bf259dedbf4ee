"""The practice agreement: read by its three parties, and agreed to by each."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import agreements as actions
from placements.documents import facts
from placements.documents.kinds import KINDS
from placements.models import Agreement, Placement
from placements.models.agreements import Party
from placements.models.placements import PlacementQuerySet
from placements.views.documents import sides


@requires(Permission.AGREE)
def agreement(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Its words, who has agreed when, and the button for whoever has not."""
    placement = get_object_or_404(_placements(request), pk=pk)
    own = placement.student.user_id == request.user.pk
    if not own:
        audit.looked(request, "agreement", Placement, placement.pk)
    known = Agreement.objects.filter(placement=placement).prefetch_related("consents").first()
    given = {consent.party: consent for consent in known.consents.all()} if known else {}
    party = _party(request, placement)
    text, language = actions.words(placement)
    return render(
        request,
        "placements/stay/agreement.html",
        {
            "placement": placement,
            "own": own,
            "agreement": known,
            "parties": [(each, given.get(each)) for each in Party],
            "given": len(given),
            "text": text,
            "language": language,
            "sha256": actions.seal(text),
            "may": party is not None and party not in given and placement.occupies,
            "party": party,
            "kinds": [KINDS["agreement"]] if placement.occupies else [],
        },
    )


@requires(Permission.AGREE)
@once
def agreement_agree(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = get_object_or_404(_placements(request), pk=pk)
    party = _party(request, placement)
    if request.method != "POST" or party is None:
        return redirect("agreement", pk=pk)
    try:
        done = actions.agree(
            placement, party=party, sha256=request.POST.get("sha256", ""), by=request.user
        )
    except Conflict as error:
        context = {"message": str(error)}
        return render(request, "placements/stay/agreement_changed.html", context, status=409)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Everybody has agreed. Thank you!")
            if done.completed_at
            else _("Thank you! You have agreed."),
        )
    return redirect("agreement", pk=pk)


def _placements(request: AuthenticatedRequest) -> PlacementQuerySet:
    seen = Placement.objects.visible_to(request.user).stays().remembered()
    return seen.select_related(*facts.RELATED)


def _party(request: AuthenticatedRequest, placement: Placement) -> Party | None:
    """For whom she can agree: one side only."""
    mine = sides(request.user, placement)
    return next((party for party in Party if party.value in mine), None)
