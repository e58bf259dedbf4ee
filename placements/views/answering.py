"""A workplace answers how many students it can take: by its personal link, or signed in."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import links
from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from accounts.views import remember_language
from placements.actions import capacity
from placements.forms.capacity import AnswerForm, ColleagueForm
from placements.models import (
    CapacityLink,
    CapacityRequest,
    LearningArea,
    Slot,
    Workplace,
)
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundState
from placements.offers import last_answers
from placements.views import units
from placements.views.desk import COOKIE, Desk, by_link, one_signed_in

TAKES_ANSWERS = (RoundState.COLLECTING, RoundState.OPEN)


@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail. It writes nothing: mail scanners open links too.

    The token leaves the address bar at once; a signed cookie for these pages alone carries on.
    """
    found = links.find(CapacityLink, token)
    if found is None:
        return render(request, "placements/capacity/gone.html", status=410)
    response = redirect("capacity_answer")
    response.set_signed_cookie(
        COOKIE,
        str(found.pk),
        salt=COOKIE,
        max_age=12 * 3600,
        path="/c/",
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )
    response["Referrer-Policy"] = "no-referrer"
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, found.contact.language)  # the page is in the mail's language
    return response


def _forms(desk: Desk, data: Any = None) -> list[AnswerForm]:
    periods = list(desk.round.periods.all())
    workplaces = [r.workplace_id for r in desk.requests]
    before = last_answers(desk.round, workplaces)
    now: dict[UUID, dict[UUID, int]] = {}
    for slot in Slot.objects.filter(round=desk.round, workplace__in=workplaces):
        now.setdefault(slot.workplace_id, {})[slot.period_id] = slot.capacity
    return [
        AnswerForm(
            data,
            request=r,
            periods=periods,
            now=now.get(r.workplace_id, {}),
            last_year=before.get(r.workplace_id, []),
            areas=[area.pk for area in r.workplace.learning_areas.all()],
        )
        for r in desk.requests
    ]


def _answering(request: HttpRequest, desk: Desk, done: str) -> HttpResponse:
    """One workplace by itself; several in a table."""
    if len(desk.requests) > 1 and desk.open:
        return units.fill_in(request, desk, done=done, files="/c/places")
    forms = _forms(desk, request.POST if request.method == "POST" else None)
    valid = [form.is_valid() for form in forms]  # each one, so that every error is shown at once
    if request.method == "POST" and all(valid):
        try:
            capacity.answer(
                desk.round,
                answers=[form.answer() for form in forms],
                via=desk.via,
                by=desk.user,
                contact=desk.contact,
            )
        except Conflict as error:
            return render(request, "409.html", {"message": str(error)}, status=409)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            return redirect(done)
    return render(
        request,
        "placements/capacity/answer.html",
        {
            "desk": desk,
            "forms": forms,
            "colleague": ColleagueForm(),
            "areas": LearningArea.objects.all(),
            "has_errors": any(form.errors for form in forms if form.is_bound),
        },
    )


@public
@once
@by_link
def answer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The question, opened by the link in the mail."""
    return _answering(request, desk, "capacity_receipt")


@public
@once
@by_link
def answer_one(request: HttpRequest, desk: Desk, unit: UUID) -> HttpResponse:
    """One of several, by itself: with what students can practise there."""
    return _answering(request, _at_unit(desk, unit), "capacity_receipt")


def _at_unit(desk: Desk, unit: UUID) -> Desk:
    chosen = [asked for asked in desk.requests if asked.pk == unit]
    if not chosen:
        raise Http404
    return replace(desk, requests=chosen)


@public
@by_link
def receipt(request: HttpRequest, desk: Desk) -> HttpResponse:
    if all(asked.state == AnswerState.ASKED for asked in desk.requests):
        return redirect("capacity_answer")  # nobody is thanked for what she has not said yet
    offered = sum(
        Slot.objects.filter(
            round=desk.round, workplace__in=[r.workplace_id for r in desk.requests]
        ).values_list("capacity", flat=True)
    )
    return render(request, "placements/capacity/receipt.html", {"desk": desk, "offered": offered})


@public
@once
@by_link
def forward(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Pass the question on to a colleague."""
    return _forwarding(request, desk, reverse("capacity_answer"))


@public
@once
@by_link
def forward_one(request: HttpRequest, desk: Desk, unit: UUID) -> HttpResponse:
    """Pass on the question about one of several; the rest stays with whoever had it."""
    return _forwarding(request, _at_unit(desk, unit), reverse("capacity_answer_one", args=[unit]))


def _forwarding(request: HttpRequest, desk: Desk, back: str) -> HttpResponse:
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _not_too_many(request, desk, form):
        try:
            colleague = capacity.pass_on(
                desk.contact,
                round=desk.round,
                workplace=desk.place,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                via=desk.via,
                by=desk.user,
            )
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request,
                _("Your colleague gets a mail with a link of her own.")
                if colleague.confirmed
                else _(
                    "Thank you. Since the address is at another domain, the coordinator confirms it first."
                ),
            )
            return redirect(back)
    return render(
        request, "placements/capacity/forward.html", {"desk": desk, "form": form, "back": back}
    )


def _not_too_many(request: HttpRequest, desk: Desk, form: ColleagueForm) -> bool:
    """Each one is a mail to an address that somebody has merely written down."""
    if ratelimit.consume(request, action="pass_on", key=str(desk.contact.pk)):
        return True
    form.add_error(None, _("That was many colleagues in a short time. Try again in an hour."))
    return False


@requires(Permission.ANSWER_CAPACITY)
@once
def answer_signed_in(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The same question for a contact who has signed in: one of her workplaces, one round."""
    return _answering(request, one_signed_in(request.user, pk), "my_workplaces")


@requires(Permission.ANSWER_CAPACITY)
@once
def forward_signed_in(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Pass it on to a colleague, signed in."""
    desk = one_signed_in(request.user, pk)
    return _forwarding(request, desk, reverse("my_workplace_answer", args=[pk]))


@requires(Permission.ANSWER_CAPACITY)
def mine(request: AuthenticatedRequest) -> HttpResponse:
    """A contact's own workplaces: what is asked, what was answered."""
    asked = (
        CapacityRequest.objects.filter(workplace__in=Workplace.objects.answered_by(request.user))
        .exclude(state="not_asked")
        .exclude(round__state__in=[RoundState.DRAFT, RoundState.CLOSED])
        .select_related("round", "workplace")
        .order_by("-round__wishes_deadline", "workplace__sort_key")
    )
    offered: dict[tuple[UUID, UUID], int] = {}
    for slot in Slot.objects.filter(round__in={r.round_id for r in asked}).filter(
        workplace__in=Workplace.objects.answered_by(request.user)
    ):
        key = (slot.round_id, slot.workplace_id)
        offered[key] = offered.get(key, 0) + slot.capacity
    now = timezone.now()
    open_rounds: dict[UUID, dict[str, Any]] = {}
    past: list[dict[str, Any]] = []
    for r in asked:
        row = {"request": r, "offered": offered.get((r.round_id, r.workplace_id), 0)}
        if r.round.state in TAKES_ANSWERS and r.round.capacity_deadline > now:
            there = open_rounds.setdefault(r.round_id, {"round": r.round, "rows": []})
            there["rows"].append(row)
        else:
            past.append(row)
    for there in open_rounds.values():
        there["waiting"] = sum(row["request"].state == "asked" for row in there["rows"])
    workplaces = {r.workplace_id: r.workplace for r in asked}
    rounds = {r.round_id: r.round for r in asked}
    return render(
        request,
        "placements/capacity/mine.html",
        {
            "open_rounds": list(open_rounds.values()),
            "past": past,
            "workplaces": sorted(workplaces.values(), key=lambda w: w.sort_key),
            "rounds": list(rounds.values()),
        },
    )
