"""Letters and forms about placements, to print or keep."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.models import User
from accounts.policy import Permission
from placements.documents import facts, pdf
from placements.documents.kinds import KINDS, Side
from placements.models import Placement, Workplace
from placements.models.placements import PlacementQuerySet
from placements.models.rounds import RoundState
from schools.models import Student


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
        .filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])
    )


def _with_facts(user: User) -> QuerySet[Placement]:
    return (
        published(user)
        .select_related(*facts.RELATED)
        .prefetch_related("slot__workplace__requirements")
    )
