"""The selections that somebody has saved of a list, as the list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
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
class Saved:
    """`query` is what would be saved now; `savable` when it says something not saved already."""

    page: str
    rows: list[Any]
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


def of(user: User, page: str, query: str, round: UUID | None = None) -> Saved:
    """Hers for this page, and what saving would keep of the selection she looks at."""
    now = clean(page, query)
    rows: list[Any] = list(SavedFilter.objects.visible_to(user).filter(page=page))
    for row in rows:
        row.here = row.query == now
    return Saved(
        page=page,
        rows=rows,
        query=now,
        savable=bool(now) and not any(row.here for row in rows),
        url=address(page, round),
        round=str(round or ""),
        form=SavedFilterForm(),
    )
