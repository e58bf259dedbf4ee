"""A round, from draft to closed: "How far have we come, and what do I do now?"."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import progress, year_wheel
from placements.actions import rounds
from placements.attention import attention, offers
from placements.charts import Chart
from placements.forms.rounds import RoundForm, period_forms
from placements.models import MatchingRun, Period, Round
from placements.models.rounds import RoundState
from placements.models.runs import RunState
from placements.templatetags.weeks import week_numbers


@dataclass(frozen=True)
class PeriodRow:
    """A period with the places offered and the students who need one in it."""

    period: Period
    offered: int
    needed: int

    @property
    def missing(self) -> int:
        return max(self.needed - self.offered, 0)


def seen_by(request: AuthenticatedRequest, pk: UUID) -> Round:
    """The round; 404 if she may not know of it."""
    try:
        return Round.objects.seen(request.user, pk)
    except Round.DoesNotExist:
        raise Http404 from None


def decided_by(request: AuthenticatedRequest, pk: UUID) -> Round:
    """The round, if she decides on it; 404 if she may not know of it, 403 if she only sees it."""
    round = seen_by(request, pk)
    if not round.managed_by(request.user):
        raise PermissionDenied
    return round


@requires(Permission.SEE_ROUNDS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """All rounds, those under way with their year wheel."""
    found = list(
        Round.objects.visible_to(request.user)
        .select_related("county", "school")
        .prefetch_related("periods")
    )
    progress.count(found, request.user)
    under_way = [r for r in found if r.state != RoundState.CLOSED]
    closed = [r for r in found if r.state == RoundState.CLOSED]
    alerts, today = attention(request.user, under_way), timezone.localdate()
    rows = [
        {
            "round": round,
            "steps": year_wheel.steps_of(round, today, decides=round.managed_by(request.user)),
            "next": year_wheel.next_of(round, today, decides=round.managed_by(request.user)),
            "deadline": next(
                (d for d in year_wheel.deadlines_of(round, today) if d.state == "next"), None
            ),
            "attention": alerts[round.pk],
        }
        for round in under_way
    ]
    return render(
        request,
        "placements/rounds/list.html",
        {"rows": rows, "closed": closed, "offers": offers(request.user)},
    )


@requires(Permission.SEE_ROUNDS)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Round.objects.visible_to(request.user).select_related("county", "school")
    round = get_object_or_404(seen.prefetch_related("periods"), pk=pk)
    progress.count([round], request.user)
    today = timezone.localdate()
    decides = round.managed_by(request.user)
    needs = _needs(round)
    offered = dict(round.slots.order_by().values_list("period").annotate(Sum("capacity")))
    runs = list(round.runs.proposals().visible_to(request.user)[:3]) if decides else []
    rows = [
        PeriodRow(period, offered.get(period.pk, 0), needs.get(period.pk, 0))
        for period in round.periods.all()
    ]
    return render(
        request,
        "placements/rounds/detail.html",
        {
            "round": round,
            "decides": decides,
            "steps": year_wheel.steps_of(round, today, decides=decides),
            "next": year_wheel.next_of(round, today, decides=decides),
            "deadlines": year_wheel.deadlines_of(round, today),
            "periods": rows,
            "chart": _chart(rows),
            "free_of_period": needs.get(None, 0),
            "attention": [*attention(request.user, [round])[round.pk], *offers(request.user)],
            "schools": round.schools.all(),
            "runs": runs,
            "recruit": next(filter(_short, runs), None),
            "moves": _moves(round) if decides else [],
        },
    )


def _short(run: MatchingRun) -> bool:
    """Whether a finished run left somebody without a place."""
    return run.state != RunState.SUPERSEDED and bool((run.summary or {}).get("shortages"))


def _chart(rows: list[PeriodRow]) -> Chart:
    return Chart(
        title=_("Places and students per period"),
        what=_("Period"),
        first=_("Places offered"),
        second=_("Students who need one"),
        rows=[(week_numbers(row.period), row.offered, row.needed) for row in rows],
    )


def _needs(round: Round) -> dict[UUID | None, int]:
    """How many students need a place in each period; None: those who can be in any."""
    grouped = round.candidates.taking_part().order_by().values_list("period")
    return dict(grouped.annotate(Count("pk")))


def _moves(round: Round) -> list[tuple[str, str]]:
    """The states she can move the round to from here, with what the button says."""
    words = {
        RoundState.DRAFT: _("Back to draft"),
        RoundState.COLLECTING: _("Start collecting capacity"),
        RoundState.OPEN: _("Open for wishes"),
        RoundState.MATCHING: _("Close wishes and start matching"),
        RoundState.CLOSED: _("Close the round"),
    }
    if round.state == RoundState.OPEN:
        words[RoundState.COLLECTING] = _("Back to collecting capacity")
    if round.state == RoundState.MATCHING:
        words[RoundState.OPEN] = _("Open for wishes again")
    return [
        (state, words[RoundState(state)])
        for state in RoundState
        if round.can_become(state) and state in words
    ]


@requires(Permission.MANAGE_ROUNDS)
@once
def new(request: AuthenticatedRequest) -> HttpResponse:
    form = RoundForm(request.POST or None, user=request.user)
    periods = period_forms(None, request.POST or None)
    if request.method == "POST" and form.is_valid() and periods.is_valid():
        round = Round(**form.values())
        round.county, round.school = form.owner()
        try:
            rounds.create(
                round,
                programmes=form.cleaned_data["programmes"],
                schools=form.cleaned_data["schools"],
                periods=periods.plans(),
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The round is saved as a draft."))
            return redirect("round", pk=round.pk)
    earlier = Round.objects.managed_by(request.user).exclude(state=RoundState.DRAFT)[:5]
    return render(
        request,
        "placements/rounds/form.html",
        {"form": form, "periods": periods, "earlier": earlier},
    )


@requires(Permission.MANAGE_ROUNDS)
@once
def edit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    form = RoundForm(request.POST or None, instance=round, user=request.user)
    periods = period_forms(round, request.POST or None)
    if request.method == "POST" and form.is_valid() and periods.is_valid():
        try:
            rounds.change(
                round,
                version=form.cleaned_data["version"] or 0,
                fields=form.values(),
                programmes=form.cleaned_data["programmes"],
                schools=form.cleaned_data["schools"],
                periods=periods.plans(),
                by=request.user,
            )
        except Conflict as error:
            return render(
                request,
                "409.html",
                {"message": str(error), "theirs": error.theirs, "form": form},
                status=409,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The round is saved."))
            return redirect("round", pk=round.pk)
    return render(
        request, "placements/rounds/form.html", {"form": form, "periods": periods, "round": round}
    )


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def move(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    to = request.POST.get("to", "")
    try:
        if to not in RoundState.values:
            raise rounds.CannotMove(_("Choose where the round should go."))
        moved = rounds.move(round, to=to, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The round is now: %s") % moved.get_state_display())
    return redirect("round", pk=round.pk)


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def enrol(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    round = decided_by(request, pk)
    count = rounds.enrol(round, by=request.user)
    messages.success(
        request,
        ngettext("%d new student takes part.", "%d new students take part.", count) % count
        if count
        else _("Everybody in the classes already takes part."),
    )
    return redirect("round", pk=round.pk)
