"""The workplace's page: who is coming, when, whom to call at the school; yes or no to each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from accounts.prepared import prepared
from placements.actions import answers
from placements.documents.kinds import Side, kinds_for
from placements.forms.answers import DeclineForm
from placements.forms.preferences import VersionForm
from placements.models import Placement, Workplace
from placements.models.placements import PlacementQuerySet, PlacementState
from placements.models.rounds import RoundState

TIME_TO_ANSWER = dt.timedelta(days=7)
MOST_OPEN = 6  # students on a hospital's page; where there are more, they are folded by unit


@dataclass(frozen=True)
class Visitor:
    """A student who is to come."""

    placement: Placement

    @property
    def answer_by(self) -> dt.date:
        by = timezone.localdate(self.placement.created_at) + TIME_TO_ANSWER
        told = self.placement.round.students_wait_until
        return min(by, timezone.localdate(told)) if told else by

    @property
    def late(self) -> bool:
        return self.answer_by < timezone.localdate()

    @property
    def unanswered(self) -> bool:
        return self.placement.state == PlacementState.PLANNED

    @property
    def may_decline(self) -> bool:
        return self.placement.can_become(PlacementState.DECLINED)


@dataclass(frozen=True)
class Unit:
    """One of several workplaces, with who is coming there."""

    workplace: Workplace
    visitors: list[Visitor]

    @property
    def waiting(self) -> int:
        return sum(visitor.unanswered for visitor in self.visitors)


def _by_unit(visitors: list[Visitor]) -> list[Unit]:
    """Those where somebody waits for an answer first, then by name."""
    found: dict[UUID, Unit] = {}
    for visitor in visitors:
        place = visitor.placement.slot.workplace
        found.setdefault(place.pk, Unit(place, [])).visitors.append(visitor)
    return sorted(found.values(), key=lambda unit: (not unit.waiting, unit.workplace.sort_key))


@requires(Permission.ANSWER_PLACEMENTS)
def my_students(request: AuthenticatedRequest) -> HttpResponse:
    """Everybody who is coming to the contact's workplaces."""
    keys = [pk for (pk,) in _expected(request.user)]
    found = _shown(Placement.objects.filter(pk__in=keys))
    ordered = found.order_by("period__start", "student__sort_key")
    visitors = sorted(map(Visitor, ordered), key=lambda visitor: not visitor.unanswered)
    audit.looked(request, "my_students", Placement, len(visitors))
    several = len(_workplaces(request.user)) > 1
    return render(
        request,
        "placements/practice/my_students.html",
        {
            "visitors": visitors,
            "kinds": kinds_for(Side.WORKPLACE),
            "unanswered": sum(visitor.unanswered for visitor in visitors),
            "told_on": _told_on(visitors),
            "several": several,
            "units": _by_unit(visitors) if several and len(visitors) > MOST_OPEN else [],
        },
    )


def _told_on(visitors: list[Visitor]) -> dt.datetime | None:
    """When the first students are told who are not told yet."""
    waits = [visitor.placement.round.students_wait_until for visitor in visitors]
    return min((until for until in waits if until), default=None)


@prepared
def _expected(user: User) -> QuerySet[Any]:
    return _coming(user).occupying().values_list("pk")


@prepared
def _workplaces(user: User) -> QuerySet[Any]:
    return Workplace.objects.answered_by(user).order_by().values_list("pk")


@requires(Permission.ANSWER_PLACEMENTS)
@once
def accept(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    placement = get_object_or_404(_coming(request.user), pk=pk)
    form = VersionForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("my_students")
    try:
        answers.accept(placement, version=form.cleaned_data["version"], by=request.user)
    except Conflict as error:
        return _conflict(request, error, yours=_("Yes, she is welcome"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Thank you! %(name)s is expected.") % {"name": placement.student}
        )
    return redirect("my_students")


@requires(Permission.ANSWER_PLACEMENTS)
@require_POST
@once
def accept_all(request: AuthenticatedRequest) -> HttpResponse:
    """Yes to all who were on the page she looked at; who came or changed meanwhile still waits."""
    seen = dict(pair.partition(":")[::2] for pair in request.POST.getlist("seen"))
    waiting = _coming(request.user).filter(state=PlacementState.PLANNED)
    welcome = 0
    for placement in waiting:
        version = untrusted.version(seen.get(str(placement.pk), ""))
        if not version:
            continue
        try:
            answers.accept(placement, version=version, by=request.user)
        except DomainError:
            continue
        welcome += 1
    if welcome:
        text = ngettext("Thank you! %d is expected.", "Thank you! %d are expected.", welcome)
        messages.success(request, text % welcome)
    if _coming(request.user).filter(state=PlacementState.PLANNED).exists():
        messages.warning(request, _("Somebody still waits for your answer."))
    return redirect("my_students")


@requires(Permission.ANSWER_PLACEMENTS)
@once
def decline(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    placement = get_object_or_404(_coming(request.user), pk=pk)
    form = DeclineForm(request.POST or None, initial={"version": placement.version})
    if request.method != "POST" or not form.is_valid():
        context = {"visitor": Visitor(placement), "form": form}
        return render(request, "placements/practice/decline.html", context)
    try:
        answers.decline(placement, **form.cleaned_data, by=request.user)
    except Conflict as error:
        return _conflict(request, error, yours=_("No, we cannot"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Thank you for saying so. The school has been told and finds another place.")
        )
    return redirect("my_students")


def _coming(user: User) -> PlacementQuerySet:
    """Published placements at the workplaces she answers for."""
    seen = Placement.objects.visible_to(user).filter(
        slot__workplace__in=Workplace.objects.answered_by(user),
        round__state=RoundState.PUBLISHED,
    )
    return _shown(seen)


def _shown(placements: PlacementQuerySet) -> PlacementQuerySet:
    return placements.select_related(
        "student__school_class", "school", "period", "slot__workplace", "round"
    )


def _conflict(request: AuthenticatedRequest, error: Conflict, *, yours: str) -> HttpResponse:
    now = error.theirs.get_state_display() if error.theirs else _("Gone")
    return render(
        request,
        "409.html",
        {"message": str(error), "theirs": error.theirs, "rows": [(_("Answer"), yours, now)]},
        status=409,
    )
