"""Help: "What do I do here, what does that word mean, whom do I ask?"."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts import people
from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.models import User
from accounts.policy import Role
from placements import first_steps, guides, whom_to_ask
from placements.words import WORDS


def _roles(request: HttpRequest) -> frozenset[Role]:
    return request.user.roles if isinstance(request.user, User) else frozenset()


@public
def index(request: HttpRequest) -> HttpResponse:
    """What the reader's own roles do, and the way to the others'."""
    mine = guides.of(_roles(request))
    user = request.user
    return render(
        request,
        "placements/help/index.html",
        {
            "guides": mine,
            "others": [guide for guide in guides.GUIDES if guide not in mine],
            "mine": True,
            "steps": first_steps.of(user) if isinstance(user, User) else [],
        },
    )


@public
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """What another role does; its links are shown to who has the role."""
    found = guides.BY_SLUG.get(slug)
    if found is None:
        raise Http404
    mine = guides.of(_roles(request))
    return render(
        request,
        "placements/help/index.html",
        {
            "guides": [found],
            "others": [each for each in guides.GUIDES if each is not found],
            "mine": found in mine,
        },
    )


@public
def words(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "placements/help/words.html",
        {"words": sorted(WORDS, key=lambda word: str(word.term).casefold())},
    )


@public
def contact(request: HttpRequest) -> HttpResponse:
    user = request.user
    groups = whom_to_ask.of(user) if isinstance(user, User) else []
    return render(
        request,
        "placements/help/contact.html",
        {"groups": groups, "data_protection_email": settings.DATA_PROTECTION_EMAIL},
    )


@requires()
@require_POST
def first(request: AuthenticatedRequest) -> HttpResponse:
    """The first steps are put away, or brought back."""
    people.guide(request.user, again="again" in request.POST)
    return redirect("home")
