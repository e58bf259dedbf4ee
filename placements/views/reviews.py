"""Feedback to the student, and the student's evaluation of the stay."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import reviews as actions
from placements.evaluations import averages
from placements.forms.reviews import EvaluationForm, FeedbackForm
from placements.models import Evaluation, Feedback, Placement, Workplace
from placements.models.reviews import CRITERIA, FEWEST, QUESTIONS, Agrees, asked
from placements.views.attendance import hers, stays


@requires(Permission.SEE_OWN_PLACEMENT, Permission.SEE_PLACEMENTS, Permission.GIVE_FEEDBACK)
def feedback(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """What the workplace has said; a form for whoever says it."""
    placement = get_object_or_404(stays(request), pk=pk)
    own = _looked(request, placement, "feedback")
    given = Feedback.objects.visible_to(request.user).filter(placement=placement).first()
    writes = hers(request, placement) and request.user.has_perm(Permission.GIVE_FEEDBACK)
    begun = actions.has_begun(placement, timezone.localdate())
    form = FeedbackForm(instance=given) if writes and begun else None
    return render(
        request, "placements/stay/feedback.html", feedback_context(placement, given, form, own=own)
    )


@requires(Permission.GIVE_FEEDBACK)
@once
def feedback_give(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = get_object_or_404(stays(request), pk=pk)
    if request.method != "POST":
        return redirect("feedback", pk=pk)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        context = feedback_context(placement, None, form, own=False)
        return render(request, "placements/stay/feedback.html", context)
    try:
        actions.give_feedback(
            placement,
            said=form.said(),
            version=form.cleaned_data["version"],
            today=timezone.localdate(),
            by=request.user,
        )
    except Conflict as error:
        return feedback_conflict(request, error, form)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. The student and the school can read it now."))
    return redirect("feedback", pk=pk)


@requires(Permission.EVALUATE_STAY, Permission.SEE_PLACEMENTS)
def evaluation(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The student's four answers, for her and her school."""
    placement = get_object_or_404(stays(request), pk=pk)
    own = _looked(request, placement, "evaluation")
    given = Evaluation.objects.visible_to(request.user).filter(placement=placement).first()
    open_ = own and not given and actions.nearly_over(placement, timezone.localdate())
    form = EvaluationForm() if open_ else None
    return render(
        request, "placements/stay/evaluation.html", _evaluation(placement, given, form, own=own)
    )


@requires(Permission.EVALUATE_STAY)
@once
def evaluation_give(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    placement = get_object_or_404(stays(request).filter(student__user=request.user), pk=pk)
    if request.method != "POST":
        return redirect("evaluation", pk=pk)
    form = EvaluationForm(request.POST)
    if not form.is_valid():
        context = _evaluation(placement, None, form, own=True)
        return render(request, "placements/stay/evaluation.html", context)
    try:
        actions.evaluate(
            placement, answers=form.answers(), today=timezone.localdate(), by=request.user
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Thank you! Your school can read it now."))
    return redirect("evaluation", pk=pk)


@requires(Permission.GIVE_FEEDBACK)
def evaluations(request: AuthenticatedRequest) -> HttpResponse:
    """What students say of the contact's workplaces: means of five and more, and no row."""
    found = averages(Workplace.objects.answered_by(request.user))
    return render(
        request,
        "placements/stay/evaluations.html",
        {"found": found, "fewest": FEWEST, "best": max(Agrees)},
    )


def _looked(request: AuthenticatedRequest, placement: Placement, page: str) -> bool:
    """Whether the page is the reader's own; if not, that she looked is noted."""
    own = placement.student.user_id == request.user.pk
    if not own:
        audit.looked(request, page, Placement, placement.pk)
    return own


def _said(row: Feedback | Evaluation | None, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Each question with its answer in words."""
    return [
        (asked(type(row), name), getattr(row, f"get_{name}_display")()) for name in names if row
    ]


def feedback_context(
    placement: Placement, given: Feedback | None, form: FeedbackForm | None, *, own: bool
) -> dict[str, object]:
    said = _said(given, CRITERIA)
    return {"placement": placement, "given": given, "said": said, "form": form, "own": own}


def _evaluation(
    placement: Placement, given: Evaluation | None, form: EvaluationForm | None, *, own: bool
) -> dict[str, object]:
    said = _said(given, QUESTIONS)
    return {"placement": placement, "given": given, "said": said, "form": form, "own": own}


def feedback_conflict(request: HttpRequest, error: Conflict, form: FeedbackForm) -> HttpResponse:
    """Both texts side by side."""
    yours = Feedback(**form.said())
    saved = dict(_said(error.theirs, CRITERIA))
    rows = [(name, word, saved.get(name, "")) for name, word in _said(yours, CRITERIA)]
    rows.append((_("In a sentence"), yours.words, error.theirs.words if error.theirs else ""))
    context = {"message": str(error), "theirs": error.theirs, "rows": rows}
    return render(request, "409.html", context, status=409)
