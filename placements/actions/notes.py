"""Writing a note about a workplace, and taking one's own away."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from placements.models import Workplace, WorkplaceNote


@transaction.atomic
def add(workplace: Workplace, *, text: str, by: User) -> WorkplaceNote:
    note = WorkplaceNote.objects.create(workplace=workplace, text=text, written_by=by)
    audit.record("workplace.note", workplace, by=by)
    return note


@transaction.atomic
def remove(note: WorkplaceNote, *, by: User) -> None:
    WorkplaceNote.objects.filter(pk=note.pk).delete()
    audit.record("workplace.note_removed", note.workplace, by=by)
