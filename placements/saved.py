"""The selections that somebody has saved of a list, as the list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from accounts.prepared import prepared
from placements.forms.saved_filters import SavedFilterForm
from placements.models import SavedFilter

# What a saved selection of each page may say. Never q: what is searched for are people's names.
KEYS = {
    "students": {"school", "school_class", "status", "round", "sort"},
    "candidates": {"school", "school_class", "state", "sort"},
    "workplaces": {
        "kind",
        "municipality",
        "learns",
        "status",
        "round",
        "answer",
        "history",
        "sort",
    },
}


@dataclass(frozen=True)
class Selection:
    """`here`: it is the one she looks at."""

    pk: UUID
    name: str
    query: str
    here: bool


@dataclass(frozen=True)
class Saved:
    """`query` is what would be saved now; `savable` when it says something not saved already."""

    page: str
    rows: list[Selection]
    query: str
    savable: bool
    url: str
    round: str
    form: SavedFilterForm


def clean(page: str, query: str) -> str:
    """What may be kept of a query string: the page's own keys that say something, in one order."""
    kept = QueryDict(mutable=True)
    asked = QueryDict(query[:2000])
    for key in sorted(asked):
        value = asked.get(key, "")
        if key in KEYS[page] and value:
            kept[key] = value
    return kept.urlencode()


def address(page: str, round: UUID | None) -> str:
    return reverse(page, args=[round] if page == "candidates" else [])


@prepared
def _hers(user: UUID, page: str) -> QuerySet[Any, Any]:
    hers = SavedFilter.objects.visible_to(User(pk=user)).filter(page=page)
    return hers.values_list("pk", "name", "query")


def of(user: User, page: str, query: str, round: UUID | None = None) -> Saved:
    """Hers for this page, and what saving would keep of the selection she looks at."""
    now = clean(page, query)
    rows = [Selection(pk, name, kept, kept == now) for pk, name, kept in _hers(user.pk, page)]
    return Saved(
        page=page,
        rows=rows,
        query=now,
        savable=bool(now) and not any(row.here for row in rows),
        url=address(page, round),
        round=str(round or ""),
        form=SavedFilterForm(),
    )
