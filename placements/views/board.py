"""The board: a proposal by workplace, adjusted by hand before it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import board
from placements.actions import board as actions
from placements.forms.board import BoardFilter, MoveForm
from placements.models import BoardMove, Candidate, MatchingRun, Slot
from placements.views.runs import READABLE, found

PAGE = 20  # workplaces
WAITING = 50  # students without a place who are shown; a search finds the others
CHOICES = 100  # places in the list to choose from; a search finds the others
HISTORY = 20


@dataclass(frozen=True)
class Card:
    """One place of work in one period, and who is there."""

    slot: Slot
    people: list[Candidate]

    @property
    def free(self) -> int:
        return self.slot.capacity - len(self.people)


@requires(Permission.SEE_RUNS)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)
    if run.state not in READABLE or run.repairs:
        messages.info(request, _("Only a finished proposal has a board."))
        return redirect("run", pk=run.pk)
    if run.adjusts_id:
        return redirect("run_board", pk=run.adjusts_id)
    return _shown(request, run)


def _shown(request: AuthenticatedRequest, run: MatchingRun, status: int = 200) -> HttpResponse:
    moves = board.standing(run)
    proposed, at = board.places(run, []), board.places(run, moves)
    filter = BoardFilter(request.GET, run=run)
    offered = Slot.objects.filter(round=run.round_id).offered()
    slots = filter.narrow(offered, at).select_related("workplace__municipality", "period")
    slots = slots.order_by("workplace__sort_key", "workplace", "period__start", "pk")
    page = Paginator(slots, PAGE).get_page(request.GET.get("page"))
    cards, waiting = _people(run, at, list(page.object_list), filter)
    audit.looked(request, "run_board", Candidate, sum(len(c.people) for c in cards) + len(waiting))
    used = Counter(at.values())
    named = filter.choose(offered).select_related("workplace", "period")
    goals = list(named.order_by("workplace__sort_key", "period__start", "pk")[: CHOICES + 1])
    choices = [(slot, slot.capacity - used[slot.pk]) for slot in goals[:CHOICES]]
    query = request.GET.copy()
    query.pop("page", None)
    conflicts = board.conflicts(run, proposed, at)
    return render(
        request,
        "placements/runs/board.html",
        {
            "run": run,
            "round": run.round,
            "open": actions.is_open(run),
            "may": request.user.has_perm(Permission.PIN_CANDIDATES),
            "cards": cards,
            "waiting": waiting[:WAITING],
            "waiting_more": max(len(waiting) - WAITING, 0),
            "moved": {who for who, slot in at.items() if proposed.get(who) != slot},
            "choices": choices,
            "choices_more": len(goals) > CHOICES,
            "price": board.price(run, proposed, at),
            "conflicts": conflicts,
            "stopped": any(problem.stops for problem in conflicts),
            "moves": moves,
            "history": _history(run),
            "redoable": board.redoable(run),
            "token": board.token(run),
            "page": page,
            "filter": filter,
            "query": query.urlencode(),
            "filtered": any(query.values()),
        },
        status=status,
    )


def _people(
    run: MatchingRun, at: board.Places, slots: list[Slot], filter: BoardFilter
) -> tuple[list[Card], list[Candidate]]:
    """The cards of the page, and who has no place; both by name."""
    here = {slot.pk for slot in slots}
    wanted = [who for who, slot in at.items() if slot is None or slot in here]
    rows = (
        Candidate.objects.for_round(run.round)
        .taking_part()
        .filter(pk__in=wanted)
        .named()
        .order_by("student__sort_key", "pk")
    )
    by_slot: dict[UUID | None, list[Candidate]] = {}
    for row in rows:
        by_slot.setdefault(at[row.pk], []).append(row)
    words = filter.cleaned_data["q"].lower().split() if filter.is_valid() else []
    without = by_slot.get(None, [])
    found = [row for row in without if all(word in row.student.name.lower() for word in words)]
    return [Card(slot, by_slot.get(slot.pk, [])) for slot in slots], found or without


def _history(run: MatchingRun) -> list[BoardMove]:
    rows = run.moves.select_related(
        "before__workplace", "after__workplace", "made_by", "undone_by"
    ).prefetch_related(Prefetch("candidate", Candidate.objects.named()))
    return list(
        rows.exclude(candidate__student__manual_handling=True).order_by("-number")[:HISTORY]
    )


@requires(Permission.PIN_CANDIDATES)
@require_POST
@once
def move(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)
    form = MoveForm(request.POST, run=run)
    if not form.is_valid():
        texts = [str(error) for errors in form.errors.values() for error in errors]
        if "candidate" in form.errors:
            texts = [_("Choose a student on the board.")]
        messages.error(request, " ".join(texts))
        return _back(request, run)
    data = form.cleaned_data

    def do(seen: str) -> str:
        made = actions.move(
            run,
            data["candidate"],
            data["to"],
            seen=seen,
            reason=data["reason"],
            by=request.user,
        )
        where = {
            "name": data["candidate"].name,
            "place": made.after.workplace.name if made.after else "",
        }
        if made.after is None:
            return _("%(name)s is now without a place.") % where
        return _("%(name)s is moved to %(place)s.") % where

    return _done(request, run, do)


@requires(Permission.PIN_CANDIDATES)
@require_POST
@once
def undo(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)

    def do(seen: str) -> str:
        last = actions.undo(run, seen=seen, by=request.user)
        return _("Undone: %(name)s is where she was.") % {"name": last.candidate.name}

    return _done(request, run, do)


@requires(Permission.PIN_CANDIDATES)
@require_POST
@once
def redo(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)

    def do(seen: str) -> str:
        made = actions.redo(run, seen=seen, by=request.user)
        return _("Made again: %(name)s is moved.") % {"name": made.candidate.name}

    return _done(request, run, do)


@requires(Permission.START_RUNS)
@require_POST
@once
def propose(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)
    try:
        made = actions.propose(run, seen=request.POST.get("seen", ""), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return _back(request, run)
    return redirect("run_progress", pk=made.pk)


def _done(
    request: AuthenticatedRequest, run: MatchingRun, do: Callable[[str], str]
) -> HttpResponse:
    try:
        messages.success(request, do(request.POST.get("seen", "")))
    except actions.BoardChanged as error:
        messages.error(request, str(error))
        return _shown(request, run, status=409)
    except DomainError as error:
        messages.error(request, str(error))
    return _back(request, run)


def _back(request: AuthenticatedRequest, run: MatchingRun) -> HttpResponse:
    """To the same selection and page of the board. The filter is the form's own address."""
    query = request.GET.urlencode()
    return redirect(reverse("run_board", args=[run.pk]) + (f"?{query}" if query else ""))
