"""One student in one proposal: why this place, why not another, and placing her by hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import levels, told
from placements.actions import pins, questions
from placements.forms.runs import PlaceForm
from placements.models import Candidate, MatchingRun, Question, Slot
from placements.reasons import Reasons
from placements.views.runs import READABLE, found


def _candidate(request: AuthenticatedRequest, run: MatchingRun, pk: UUID) -> Candidate:
    audit.looked(request, "run_candidate", Candidate, pk)
    seen = Candidate.objects.visible_to(request.user).for_round(run.round).taking_part()
    return get_object_or_404(
        seen.with_needs().select_related(
            "student__school_class",
            "student__municipality",
            "school",
            "round",
            "period",
            "pinned_slot__workplace",
            "pinned_slot__period",
            "pinned_by",
        ),
        pk=pk,
    )


@requires(Permission.SEE_RUNS)
def detail(request: AuthenticatedRequest, pk: UUID, candidate: UUID) -> HttpResponse:
    found(request, pk)
    seen = MatchingRun.objects.visible_to(request.user).filter(state__in=READABLE)
    run = get_object_or_404(seen, pk=pk)
    who = _candidate(request, run, candidate)
    place = (
        run.assignments.filter(candidate=who)
        .select_related("slot__workplace", "slot__period")
        .first()
    )
    reasons = Reasons(run)
    known = str(who.pk) in reasons.problem.candidate_index
    wishes = told.wishes(who, place, reasons) if known else []
    return render(
        request,
        "placements/runs/candidate.html",
        {
            "run": run,
            "round": run.round,
            "candidate": who,
            "place": place,
            "known": known,
            "wishes": wishes,
            "points": levels.points(run.policy) if wishes else "",
            "open": any(wish.waits for wish in wishes),
            "question": Question.objects.filter(run=run, candidate=who).defer("answer").first(),
            "shortage": told.shortage(reasons, who) if known and place is None else None,
            "reliefs": told.reliefs(reasons, who) if known and place is None else [],
            "form": PlaceForm(PlaceForm.asked(request.GET), candidate=who),
        },
    )


@requires(Permission.SEE_RUNS)
@once
def why(request: AuthenticatedRequest, pk: UUID, candidate: UUID) -> HttpResponse:
    """POST has it worked out why she is not at what she wished for more. GET, by htmx: is it there yet?"""
    run = found(request, pk)
    if run.state not in READABLE:
        raise Http404
    who = _candidate(request, run, candidate)
    if request.method == "POST":
        questions.ask(run, [who.pk], by=request.user)
    elif getattr(request, "htmx", False):
        if Question.objects.filter(run=run, candidate=who).waiting().exists():
            return render(request, "placements/runs/_why.html", {"run": run, "candidate": who})
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("candidate", pk=run.pk, candidate=who.pk)


@requires(Permission.PIN_CANDIDATES)
@once
def pin(request: AuthenticatedRequest, pk: UUID, candidate: UUID) -> HttpResponse:
    """GET says what would follow; POST does it."""
    run = found(request, pk)
    who = _candidate(request, run, candidate)
    form = PlaceForm(request.POST or request.GET, candidate=who)
    if not form.is_valid():
        back = reverse("candidate", args=[run.pk, who.pk])
        if request.GET.get("slot_words"):
            return redirect(f"{back}?{request.GET.urlencode()}#place")
        messages.error(request, _("Choose a place from the list."))
        return redirect(back)
    slot = form.cleaned_data["slot"]
    if request.method == "POST":
        return _pin(request, run, who, slot)
    facts = pins.check(who, slot)
    return render(
        request,
        "placements/runs/pin.html",
        {
            "run": run,
            "round": run.round,
            "candidate": who,
            "slot": slot,
            "facts": facts,
            "stopped": any(fact.stops for fact in facts),
        },
    )


def _pin(
    request: AuthenticatedRequest, run: MatchingRun, who: Candidate, slot: Slot
) -> HttpResponse:
    try:
        pins.pin(
            who,
            slot=slot,
            version=untrusted.version(request.POST.get("version", "")),
            by=request.user,
        )
    except Conflict as error:
        return conflict(request, error, str(slot.workplace))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("%(name)s is pinned. Run matching again to fit the others around her.")
            % {"name": who.name},
        )
    return redirect("candidate", pk=run.pk, candidate=who.pk)


@requires(Permission.PIN_CANDIDATES)
@require_POST
@once
def unpin(request: AuthenticatedRequest, pk: UUID, candidate: UUID) -> HttpResponse:
    run = found(request, pk)
    who = _candidate(request, run, candidate)
    try:
        pins.unpin(who, version=untrusted.version(request.POST.get("version", "")), by=request.user)
    except Conflict as error:
        return conflict(request, error, _("not pinned"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Matching decides again."))
    return redirect("candidate", pk=run.pk, candidate=who.pk)


def conflict(request: AuthenticatedRequest, error: Conflict, yours: str) -> HttpResponse:
    """Somebody was faster: both decisions side by side."""
    now: Candidate = error.theirs
    saved = str(now.pinned_slot.workplace) if now.pinned_slot else _("not pinned")
    context = {"message": str(error), "theirs": now, "rows": [(_("Pinned to"), yours, saved)]}
    return render(request, "409.html", context, status=409)
