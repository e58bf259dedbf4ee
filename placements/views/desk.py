"""Who answers for which workplaces in which round: by a personal link, or signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from placements.models import CapacityLink, CapacityRequest, Contact, Round, Workplace
from placements.models.capacity import CapacityRequestQuerySet
from placements.models.rounds import RoundState

COOKIE = "capacity"


@dataclass(frozen=True)
class Desk:
    """Who is answering, for what, and by way of what."""

    round: Round
    requests: list[CapacityRequest]
    contact: Contact
    via: str
    user: User | None

    @property
    def place(self) -> Workplace:
        """What a colleague would answer for: one unit where one is asked about, else all that is hers."""
        return self.requests[0].workplace if len(self.requests) == 1 else self.contact.workplace

    @property
    def forward_url(self) -> str:
        """Where the question is passed on to a colleague."""
        if self.user is None and self.place == self.contact.workplace:
            return reverse("capacity_forward")
        name = "my_workplace_forward" if self.user else "capacity_forward_one"
        return reverse(name, args=[self.requests[0].pk])

    @property
    def open(self) -> bool:
        return (
            self.round.state in (RoundState.COLLECTING, RoundState.OPEN)
            and self.round.capacity_deadline > timezone.now()
        )


def from_link(request: HttpRequest) -> Desk | None:
    """By the cookie that the mail's link has left, while the link holds."""
    try:
        pk = UUID(request.get_signed_cookie(COOKIE, salt=COOKIE, max_age=12 * 3600))
    except (KeyError, ValueError, BadSignature):
        return None
    living = CapacityLink.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    found = living.select_related("round", "contact__workplace").filter(pk=pk).first()
    if found is None or found.contact.ended_at or not found.contact.confirmed:
        return None
    asked = found.round.capacity_requests.answered_for(found.contact)
    return Desk(found.round, _asked(asked), found.contact, "link", None)


def by_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hand the view the desk that the mail's link opened; without one, say that the link is gone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        desk = from_link(request)
        if desk is None:
            return render(request, "placements/capacity/gone.html", status=410)
        return view(request, desk, *args, **kwargs)

    return guarded


def signed_in(user: User, round: Round) -> Desk | None:
    """Everything in the round that she answers for; None if she is asked nothing there."""
    contact = Contact.objects.current().filter(user=user).first()
    mine = Workplace.objects.answered_by(user)
    requests = _asked(CapacityRequest.objects.filter(round=round, workplace__in=mine))
    if contact is None or not requests:
        return None
    return Desk(round, requests, contact, "signed_in", user)


def one_signed_in(user: User, pk: UUID) -> Desk:
    """One of her workplaces in one round, or 404."""
    mine = Workplace.objects.answered_by(user)
    found = _asked(CapacityRequest.objects.filter(pk=pk, workplace__in=mine))
    if not found:
        raise Http404
    above = found[0].workplace
    contacts = {c.workplace_id: c for c in Contact.objects.current().filter(user=user)}
    while above.pk not in contacts and above.parent:  # her own nearest: she may answer for many
        above = above.parent
    return Desk(found[0].round, found, contacts[above.pk], "signed_in", user)


def _asked(found: CapacityRequestQuerySet) -> list[CapacityRequest]:
    return list(
        found.exclude(state="not_asked")
        .select_related("round", "workplace__parent__parent")
        .prefetch_related("workplace__learning_areas")
        .order_by("workplace__sort_key")
    )
