"""Wishes: the student's own page, entered for her by a coordinator, and who has answered."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import audit, untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import saved
from placements.actions import preferences as actions
from placements.forms.bulk import BulkForm, with_students
from placements.forms.preferences import (
    SORTS,
    CandidateFilter,
    NeedsForm,
    VersionForm,
    WishForm,
    WorkplaceSearch,
    fill,
    with_wishes,
)
from placements.listing import Listing
from placements.models import Candidate, Round, Workplace
from placements.rows import CandidateRow
from placements.views.rounds import seen_by
from placements.wishlist import Wishlist

WORKPLACES = 15
TOO_FAR = 50


@requires(Permission.SEE_WISHES)
def index(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Who takes part, and who has sent."""
    round = seen_by(request, pk)
    everybody = Candidate.objects.visible_to(request.user).for_round(round).taking_part()
    found = CandidateFilter(request.GET, everybody, user=request.user)
    listing = Listing(request, SORTS)
    rows = found.qs
    if listing.sort.removeprefix("-") == "wishes":
        rows = with_wishes(rows)
    page = listing.page(rows, CandidateRow)
    fill(list(page), round)
    audit.looked(request, "candidates", Candidate, len(page.object_list))
    return render(
        request,
        "placements/candidates/list.html",
        {
            "round": round,
            "filter": found,
            "page": page,
            "listing": listing,
            "bulk": BulkForm(
                choices=with_students(request.user, [round], enrol=False),
                count=page.paginator.count,
            ),
            "saved": saved.of(request.user, "candidates", listing.query, round.pk),
            "total": found.all,
            "sent": found.sent,
            "missing": found.all - found.sent,
            "open": round.takes_wishes(),
            "today": timezone.localdate(),
        },
    )


@requires(Permission.SEE_WISHES)
@require_POST
@once
def remind(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Remind one, or everybody she sees who has not sent."""
    round = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    whom = Candidate.objects.visible_to(request.user).for_round(round)
    if one := request.POST.get("candidate"):
        whom = whom.filter(pk=get_object_or_404(whom, pk=untrusted.identity(one)).pk)
    try:
        told = actions.remind(round, whom, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%d student is reminded.", "%d students are reminded.", told) % told
        messages.success(request, text if told else _("Everybody has been reminded today already."))
    return redirect("candidates", pk=pk)


@requires(Permission.RANK_WISHES, Permission.ENTER_WISHES)
@once
def wishes(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    """One candidate's wishes: her own, or on her behalf."""
    candidate = _found(request, pk)
    if request.method != "POST":
        return _page(request, candidate)
    if "needs" in request.POST:
        return _state_needs(request, candidate)
    return _arrange(request, candidate)


@requires(Permission.RANK_WISHES, Permission.ENTER_WISHES)
@once
def send(request: AuthenticatedRequest, pk: UUID) -> HttpResponseBase:
    candidate = _found(request, pk)
    form = VersionForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("preferences", pk=pk)
    try:
        actions.send(candidate, version=form.cleaned_data["version"], by=request.user)
    except Conflict as error:
        return _conflict(request, candidate, error, yours=_("You wanted to send the wishes."))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The wishes are sent. You can change them until the deadline."))
    return redirect("preferences", pk=pk)


def _found(request: AuthenticatedRequest, pk: UUID) -> Candidate:
    seen = Candidate.objects.visible_to(request.user).taking_part().with_needs()
    return get_object_or_404(
        seen.select_related("round", "period", "school", "student__school_class"), pk=pk
    )


def _arrange(request: AuthenticatedRequest, candidate: Candidate) -> HttpResponseBase:
    form = WishForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That did not work. Try again."))
        return _back(request, "")
    ranking = form.applied_to(actions.ranking_of(candidate))
    try:
        actions.arrange(
            candidate, ranking=ranking, version=form.cleaned_data["version"], by=request.user
        )
    except Conflict as error:
        return _conflict(request, candidate, error, yours=_step_in_words(candidate, form))
    except DomainError as error:
        messages.error(request, str(error))
        return _back(request, "")
    name, workplace = form.step
    if name in ("up", "down", "equal"):
        return _back(request, f"{name}-{workplace}")
    return _back(request, "choose" if name == "add" else "wishes")


def _state_needs(request: AuthenticatedRequest, candidate: Candidate) -> HttpResponseBase:
    form = NeedsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That did not work. Try again."))
        return _back(request, "")
    try:
        actions.state_needs(candidate, **form.cleaned_data, by=request.user)
    except Conflict as error:
        return _conflict(request, candidate, error, yours=_("What you need"))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. The list of workplaces follows what you need."))
    return _back(request, "")


def _back(request: AuthenticatedRequest, fragment: str) -> HttpResponse:
    """The page again, with its filters, where the person was."""
    return redirect(request.get_full_path() + (f"#{fragment}" if fragment else ""))


def _page(request: AuthenticatedRequest, candidate: Candidate) -> HttpResponse:
    own = candidate.student.user_id == request.user.pk
    if not own:
        audit.looked(request, "preferences", Candidate, candidate.pk)
    is_open = candidate.round.takes_wishes()
    wishlist = Wishlist(candidate)
    possible = wishlist.possible if is_open else []
    search = WorkplaceSearch(request.GET, options=possible)
    page = Paginator(search.found(possible), WORKPLACES).get_page(request.GET.get("page"))
    too_far = search.found(wishlist.too_far) if is_open else []
    chosen = wishlist.chosen
    shown = wishlist.shown([*chosen, *page.object_list])
    rows, page.object_list = wishlist.rows(shown[: len(chosen)]), shown[len(chosen) :]
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "placements/preferences/detail.html",
        {
            "candidate": candidate,
            "others": _others(candidate),
            "round": candidate.round,
            "own": own,
            "open": is_open,
            "rows": rows,
            "full": len(rows) >= candidate.round.max_wishes,
            "search": search,
            "searched": any(query.values()),
            "query": query.urlencode(),
            "page": page,
            "too_far": too_far[:TOO_FAR],
            "far_away": len(too_far),
            "farther": max(len(too_far) - TOO_FAR, 0),
            "needs": NeedsForm(
                initial={
                    "version": candidate.version,
                    "no_car": candidate.no_car,
                    "step_free": candidate.step_free,
                }
            ),
        },
    )


def _others(candidate: Candidate) -> list[Candidate]:
    """Her other practices in the round: each has a list of its own, and each must be sent."""
    if not candidate.which:
        return []
    hers = Candidate.objects.taking_part().with_needs()
    hers = hers.filter(round=candidate.round_id, student=candidate.student_id)
    return list(hers.exclude(pk=candidate.pk).order_by("need"))


def _step_in_words(candidate: Candidate, form: WishForm) -> str:
    words = {
        "add": _("Add %(name)s"),
        "remove": _("Remove %(name)s"),
        "up": _("Move %(name)s up"),
        "down": _("Move %(name)s down"),
        "equal": _("%(name)s as good as the one above"),
        "move": _("Move %(name)s"),
    }
    name, workplace = form.step
    offered = Workplace.objects.filter(slots__round=candidate.round_id, pk=workplace)
    return words[name] % {"name": offered.first() or ""}


def _conflict(
    request: AuthenticatedRequest, candidate: Candidate, error: Conflict, *, yours: str
) -> HttpResponse:
    now = candidate.preferences.select_related("workplace").order_by("rank", "workplace__sort_key")
    saved = ", ".join(f"{wish.rank}. {wish.workplace}" for wish in now) or "–"
    return render(
        request,
        "409.html",
        {"message": str(error), "theirs": error.theirs, "rows": [(_("Wishes"), yours, saved)]},
        status=409,
    )
