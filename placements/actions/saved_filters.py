"""Saving a selection of a list, and taking it away."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements.models import SavedFilter

MOST = 20


@transaction.atomic
def save(*, page: str, name: str, query: str, by: User) -> SavedFilter:
    """Save the selection; one of the same name is replaced."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not query:
        raise DomainError(_("Choose something in the filter first."))
    others = SavedFilter.objects.filter(user=by, page=page).exclude(name=name)
    if others.count() >= MOST:
        raise DomainError(_("You have %d saved selections already. Remove one first.") % MOST)
    saved, _is_new = SavedFilter.objects.update_or_create(
        user=by, page=page, name=name, defaults={"query": query}
    )
    audit.record("saved_filter.saved", saved, by=by, page=page)
    return saved


@transaction.atomic
def remove(saved: SavedFilter, *, by: User) -> None:
    audit.record("saved_filter.removed", saved, by=by, page=saved.page)
    SavedFilter.objects.filter(pk=saved.pk).delete()
