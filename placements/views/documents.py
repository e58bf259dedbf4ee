"""Letters and forms about placements, to print or keep."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.models import User
from accounts.policy import Permission
from placements.documents import bundle, facts, pdf
from placements.documents.kinds import KINDS, Side
from placements.forms.documents import BundleForm
from placements.models import Placement, Round, Workplace
from placements.models.placements import PlacementQuerySet
from placements.models.rounds import RoundState
from schools.models import Student

MOST = 100  # half a minute's work
REQUIREMENTS = "slot__workplace__requirements"


@requires(Permission.SEE_OWN_PLACEMENT, Permission.SEE_PLACEMENTS, Permission.ANSWER_PLACEMENTS)
def document(request: AuthenticatedRequest, pk: UUID, kind: str) -> HttpResponse:
    """One document about one placement, in its recipient's language."""
    placement = get_object_or_404(_with_facts(request.user), pk=pk)
    chosen = KINDS.get(kind)
    if chosen is None or not chosen.readers & sides(request.user, placement):
        raise Http404
    if placement.student.user_id != request.user.pk:
        audit.looked(request, "document", Placement, placement.pk)
    (known,) = facts.of([placement])
    try:
        data = facts.make(chosen, known)
    except pdf.NoDocuments as error:
        return render(request, "placements/documents/none.html", {"error": error}, status=503)
    return HttpResponse(
        data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{facts.file_name(chosen, known)}"'},
    )


@requires(Permission.SEE_PLACEMENTS)
def choose(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Which documents to take, for whom."""
    round, form = _bundle(request, pk)
    context = {"round": round, "form": form, "most": MOST, "kinds": KINDS.values()}
    return render(request, "placements/documents/choose.html", context)


@requires(Permission.SEE_PLACEMENTS)
def bundle_zip(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    """One kind of document for many, as a zip: sent while they are made."""
    round, form = _bundle(request, pk)
    if not form.is_valid():
        return redirect("documents", pk=pk)
    rows = list(
        form.chosen().select_related(*facts.RELATED).prefetch_related(REQUIREMENTS)[: MOST + 1]
    )
    if not rows or len(rows) > MOST:
        messages.error(
            request,
            _("That is more than %(most)d. Choose a class or a workplace.") % {"most": MOST}
            if rows
            else _("Nobody is placed there."),
        )
        return redirect("documents", pk=pk)
    if not pdf.available():
        return render(
            request, "placements/documents/none.html", {"error": pdf.missing()}, status=503
        )
    audit.looked(request, "documents_zip", Placement, len(rows))
    kind = KINDS[form.cleaned_data["kind"]]
    answer = StreamingHttpResponse(
        bundle.zipped(kind, facts.of(rows)), content_type="application/zip"
    )
    name = facts.plain(f"{kind.title} {round.name}")
    answer["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


def _bundle(request: AuthenticatedRequest, pk: UUID) -> tuple[Round, BundleForm]:
    round = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    hers = Student.objects.visible_to(request.user)
    placed = published(request.user).filter(round=round, student__in=hers)
    return round, BundleForm(request.GET or None, placed=placed)


def sides(user: User, placement: Placement) -> frozenset[Side]:
    """What the reader is to a placement that she sees."""
    own = placement.student.user_id == user.pk
    found = {Side.STUDENT} if own else set()
    if Workplace.objects.answered_by(user).filter(pk=placement.slot.workplace_id).exists():
        found.add(Side.WORKPLACE)
    if not own and Student.objects.visible_to(user).filter(pk=placement.student_id).exists():
        found.add(Side.SCHOOL)
    return frozenset(found)


def published(user: User) -> PlacementQuerySet:
    """Placements that hold, in rounds whose result is known."""
    return (
        Placement.objects.visible_to(user)
        .occupying()
        .remembered()
        .filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])
    )


def _with_facts(user: User) -> QuerySet[Placement]:
    return published(user).select_related(*facts.RELATED).prefetch_related(REQUIREMENTS)
