"""A person's calendar: a secret address that her phone or mail program reads by itself."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import links
from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from placements import ics
from placements.actions import feeds
from placements.models import CalendarFeed, Placement, Workplace
from placements.models.rounds import RoundState

OWNERS = (Permission.SEE_OWN_PLACEMENT, Permission.ANSWER_PLACEMENTS)


@public
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar, without signing in: the address is the key. It writes nothing and names nobody else."""
    found = links.find(CalendarFeed, token)
    if found is None or not found.user.is_active:
        gone = _("This calendar address is closed.")
        return HttpResponse(gone, status=410, content_type="text/plain; charset=utf-8")
    with translation.override(found.user.written_standard):
        data = ics.feed(_hers(found.user), owner=found.user, host=host())
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="praksis.ics"'
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    answer["ETag"] = etag = quote_etag(hashlib.sha256(data).hexdigest())
    return get_conditional_response(request, etag=etag, response=answer) or answer


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _hers(user: User) -> QuerySet[Placement]:
    """Her own places and those at her workplaces, also the ended ones: a calendar must take them away."""
    return (
        Placement.objects.visible_to(user)
        .filter(Q(student__user=user) | Q(slot__workplace__in=Workplace.objects.answered_by(user)))
        .filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])
        .select_related("student", "slot__workplace__municipality", "period")
        .order_by("created_at", "pk")
    )


@requires(*OWNERS)
def mine(request: AuthenticatedRequest) -> HttpResponse:
    """Whether she has an address, and how to get, change or close it."""
    return _page(request)


def _page(request: AuthenticatedRequest, **more: Any) -> HttpResponse:
    living = CalendarFeed.objects.filter(
        user=request.user, revoked_at=None, expires_at__gt=timezone.now()
    )
    return render(request, "placements/practice/feed.html", {"feed": living.first(), **more})


@requires(*OWNERS)
@require_POST
def renew(request: AuthenticatedRequest) -> HttpResponse:
    """A new address. It is shown in this answer alone, so it cannot redirect."""
    token = feeds.renew(by=request.user)
    address = f"{settings.SITE_URL}{reverse('calendar_feed', args=[token])}"
    return _page(request, address=address, webcal=f"webcal:{address.partition(':')[2]}")


@requires(*OWNERS)
@require_POST
@once
def stop(request: AuthenticatedRequest) -> HttpResponse:
    if feeds.stop(by=request.user):
        messages.success(
            request, _("The address is closed. Calendars that used it get nothing more.")
        )
    return redirect("my_calendar")
