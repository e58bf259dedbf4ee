"""A list page that keeps its filters, order and page in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, QuerySet
from django.http import HttpRequest

from schools.models import School, SchoolClass

PAGE = 25
Sorts = Mapping[str, tuple[str, ...]]


class Listing:
    """What the address says of a list: `sort` is a column's name, with - before it the other way."""

    def __init__(self, request: HttpRequest, sorts: Sorts, default: str = "name") -> None:
        self.sorts, self.default = sorts, default
        asked = request.GET.get("sort", "")
        self.sort = asked if asked.removeprefix("-") in sorts else default
        query = request.GET.copy()
        self._page = query.pop("page", [""])[-1]
        self.query = query.urlencode()
        query.pop("sort", None)
        self.filters = query.urlencode()
        self.filtered = any(query.values())

    @property
    def order(self) -> Sequence[str | OrderBy]:
        """The column first, the other way round if so asked; within it as ever. What is not known last."""
        first, *rest = self.sorts[self.sort.removeprefix("-")]
        column = F(first)
        turned = self.sort.startswith("-")
        by = column.desc(nulls_last=True) if turned else column.asc(nulls_last=True)
        return [by, *rest]

    def page(self, rows: QuerySet[Any], size: int = PAGE) -> Page[Any]:
        return Paginator(rows.order_by(*self.order), size).get_page(self._page)

    def link(self, column: str) -> str:
        """Where the heading of a column leads: the same selection in that order, or turned round."""
        turned = "-" if self.sort == column else ""
        return f"?{self.filters}{'&' if self.filters else ''}sort={turned}{column}"

    def direction(self, column: str) -> str:
        """As aria-sort wants it; empty when the list is in another order."""
        if self.sort.removeprefix("-") != column:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"


def offer(field: Any, rows: Iterable[Any]) -> None:
    """Let the select of a filter offer rows that have been read already, instead of asking again."""
    field.widget.choices = [
        ("", field.empty_label),
        *((str(row.pk), field.label_from_instance(row)) for row in rows),
    ]


def offer_classes(
    filters: Any, classes: QuerySet[SchoolClass], schools: Sequence[School] | None = None
) -> bool:
    """Offer the classes, and the schools (theirs, if no others are named) when there are several.

    That is the answer: whether there are. With one school, it goes without saying.
    """
    rows = list(classes.select_related("school"))
    if schools is None:
        schools = sorted({row.school for row in rows}, key=lambda school: school.sort_key)
    several = len(schools) > 1
    if not several:
        del filters.filters["school"]
    fields = filters.form.fields
    if several:
        fields["school_class"].label_from_instance = lambda row: f"{row.name}, {row.school}"
        offer(fields["school"], schools)
    offer(fields["school_class"], rows)
    return several
