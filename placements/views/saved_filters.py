"""Selections of lists that somebody saves for herself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements import saved
from placements.actions import saved_filters
from placements.forms.saved_filters import SavedFilterForm
from placements.models import Round, SavedFilter

SEES = {
    "students": Permission.SEE_STUDENTS,
    "candidates": Permission.SEE_WISHES,
    "workplaces": Permission.SEE_WORKPLACES,
}


def _address(request: AuthenticatedRequest, page: str) -> str:
    """The list again. A list of wishes is of a round, which must be hers to see."""
    if page != "candidates":
        return saved.address(page, None)
    pk = untrusted.identity(request.POST.get("round", ""))
    return saved.address(page, get_object_or_404(Round.objects.visible_to(request.user), pk=pk).pk)


@requires(*SEES.values())
@require_POST
@once
def add(request: AuthenticatedRequest, page: str) -> HttpResponse:
    if page not in SEES:
        raise Http404
    if not request.user.has_perm(SEES[page]):
        raise PermissionDenied
    address = _address(request, page)
    query = saved.clean(page, request.POST.get("query", ""))
    form = SavedFilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["name"][0]))
        return redirect(f"{address}?{query}")
    try:
        saved_filters.save(page=page, name=form.cleaned_data["name"], query=query, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The selection is saved."))
    return redirect(f"{address}?{query}")


@requires(*SEES.values())
@require_POST
@once
def remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    address = _address(request, row.page)
    saved_filters.remove(row, by=request.user)
    messages.success(request, _("The saved selection is removed."))
    return redirect(address)
