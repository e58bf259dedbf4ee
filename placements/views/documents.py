"""Letters and forms about placements, to print or keep."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from placements.actions import bundles
from placements.documents import bundle, facts, pdf
from placements.documents.kinds import KINDS, Kind, Side
from placements.forms.documents import BundleForm
from placements.models import Bundle, Placement, Round, Workplace
from placements.models.bundles import BundleState
from schools.models import Student

AT_ONCE = 10  # so many are made while she waits: a few seconds
MOST = 300  # a worker makes them in a minute or two


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
    return _choose_page(request, round, form)


def _choose_page(request: AuthenticatedRequest, round: Round, form: BundleForm) -> HttpResponse:
    context = {
        "round": round,
        "form": form,
        "most": MOST,
        "kinds": KINDS.values(),
        "waiting": bundles.current(request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "placements/documents/choose.html", context, status=status)


@requires(Permission.SEE_PLACEMENTS)
@require_POST
@once
def make(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """A few are made while she waits; many by a worker, and she is shown how far it has come."""
    round, form = _bundle(request, pk, request.POST)
    if not form.is_valid():
        return _choose_page(request, round, form)
    rows = list(form.chosen()[: MOST + 1])
    if not rows or len(rows) > MOST:
        messages.error(
            request,
            _("That is more than %(most)d. Choose a class or a workplace.") % {"most": MOST}
            if rows
            else _("Nobody is placed there."),
        )
        return redirect("documents", pk=pk)
    if len(rows) <= AT_ONCE or not pdf.available():
        chosen = {
            name: getattr(value, "pk", value) or "" for name, value in form.cleaned_data.items()
        }
        return redirect(f"{reverse('documents_file', args=[pk])}?{urlencode(chosen)}")
    kind = KINDS[form.cleaned_data["kind"]]
    try:
        made = bundles.ask(round, kind=kind, placements=rows, by=request.user)
    except bundles.OneAtATime as error:
        messages.info(request, str(error))
        current = bundles.current(request.user)
        return redirect("bundle", pk=current.pk) if current else redirect("documents", pk=pk)
    return redirect("bundle", pk=made.pk)


@requires(Permission.SEE_PLACEMENTS)
def progress(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """How far it has come; then where to fetch it. Polled as a run's page is."""
    made = get_object_or_404(_hers(request), pk=pk)
    is_htmx = bool(getattr(request, "htmx", False))
    if is_htmx and not made.waits:
        return HttpResponse(headers={"HX-Redirect": reverse("bundle", args=[made.pk])})
    context = {
        "bundle": made,
        "kind": KINDS[made.kind],
        "round": made.round,
        "still": "still" in request.GET,
        "until": made.created_at + bundles.LASTS,
    }
    template = (
        "placements/documents/_progress.html" if is_htmx else "placements/documents/bundle.html"
    )
    return render(request, template, context)


@requires(Permission.SEE_PLACEMENTS)
def fetch(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The zip, for her who asked, while everything in it is still hers to see."""
    made = get_object_or_404(_hers(request), pk=pk, state=BundleState.READY)
    kept = Bundle.objects.values_list("file", flat=True).get(pk=made.pk)
    if bundles.rows_of(made).count() != made.total:
        messages.info(request, _("Something has changed since they were made. Ask for them again."))
        return redirect("documents", pk=made.round_id)
    audit.looked(request, "documents_zip", Placement, made.total)
    return HttpResponse(
        bytes(kept or b""),
        content_type="application/zip",
        headers={"Content-Disposition": _named(KINDS[made.kind], made.round)},
    )


def _hers(request: AuthenticatedRequest) -> QuerySet[Bundle]:
    seen = Round.objects.visible_to(request.user)
    mine = Bundle.objects.visible_to(request.user).filter(round__in=seen)
    fresh = mine.filter(created_at__gt=timezone.now() - bundles.LASTS)
    return fresh.select_related("round", "asked_by").defer("file")


def _named(kind: Kind, round: Round) -> str:
    return f'attachment; filename="{facts.plain(f"{kind.title} {round.name}")}.zip"'


@requires(Permission.SEE_PLACEMENTS)
def bundle_zip(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    """One kind of document for a few, as a zip: sent while they are made."""
    round, form = _bundle(request, pk, request.GET)
    if not form.is_valid():
        return redirect("documents", pk=pk)
    rows = list(
        form.chosen()
        .select_related(*facts.RELATED)
        .prefetch_related(bundle.REQUIREMENTS)[: AT_ONCE + 1]
    )
    if not rows or len(rows) > AT_ONCE:
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
    answer["Content-Disposition"] = _named(kind, round)
    return answer


def _bundle(
    request: AuthenticatedRequest, pk: UUID, data: QueryDict | None = None
) -> tuple[Round, BundleForm]:
    round = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    return round, BundleForm(data, placed=bundles.hers(request.user, round.pk))


def sides(user: User, placement: Placement) -> frozenset[Side]:
    """What the reader is to a placement that she sees."""
    own = placement.student.user_id == user.pk
    found = {Side.STUDENT} if own else set()
    if Workplace.objects.answered_by(user).filter(pk=placement.slot.workplace_id).exists():
        found.add(Side.WORKPLACE)
    if not own and Student.objects.visible_to(user).filter(pk=placement.student_id).exists():
        found.add(Side.SCHOOL)
    return frozenset(found)


def _with_facts(user: User) -> QuerySet[Placement]:
    seen = Placement.objects.visible_to(user).published()
    return seen.select_related(*facts.RELATED).prefetch_related(bundle.REQUIREMENTS)
