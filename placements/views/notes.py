"""Notes about a workplace."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.once import once
from accounts.policy import Permission
from placements.actions import notes
from placements.forms.notes import NoteForm
from placements.models import WorkplaceNote
from placements.views.workplaces import editable


def _to_notes(pk: UUID) -> HttpResponse:
    return redirect(reverse("workplace", args=[pk]) + "#notes")


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = editable(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        notes.add(workplace, text=form.cleaned_data["text"], by=request.user)
        messages.success(request, _("The note is saved."))
    else:
        messages.error(request, str(form.errors["text"][0]))
    return _to_notes(pk)


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def remove(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One's own."""
    seen = WorkplaceNote.objects.visible_to(request.user).filter(written_by=request.user)
    note = get_object_or_404(seen.select_related("workplace"), pk=pk)
    notes.remove(note, by=request.user)
    messages.success(request, _("The note is removed."))
    return _to_notes(note.workplace_id)
