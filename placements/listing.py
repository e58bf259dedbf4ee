"""A list page that keeps its filters, order and page in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, QuerySet
from django.http import HttpRequest

from placements.rows import Row

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

    def page(self, rows: QuerySet[Any], shown: type[Row]) -> Page[Any]:
        whole = not self.filtered and self.sort == self.default
        return page_of(rows.order_by(*self.order), shown, self._page, by_index=whole)

    def link(self, column: str) -> str:
        """Where the heading of a column leads: the same selection in that order, or turned round."""
        turned = "-" if self.sort == column else ""
        return f"?{self.filters}{'&' if self.filters else ''}sort={turned}{column}"

    def direction(self, column: str) -> str:
        """As aria-sort wants it; empty when the list is in another order."""
        if self.sort.removeprefix("-") != column:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"


def page_of(
    rows: QuerySet[Any], shown: type[Row], asked: str, size: int = PAGE, *, by_index: bool = False
) -> Page[Any]:
    """The page asked for. With its rows comes how many there are in all, so that is not asked for."""
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    some = slice((number - 1) * size, number * size)
    found, of_all = shown.read_counted(rows, some, by_index=by_index)
    paginator = Paginator(found, size)
    if found:
        paginator.count = of_all
        return Page(found, number, paginator)
    page: Page[Any] = Paginator(rows, size).get_page(asked)  # beyond the last, or there are none
    page.object_list = shown.read(rows[max(page.start_index() - 1, 0) : page.end_index()])
    return page


def offer(field: Any, rows: Iterable[tuple[Any, str]]) -> None:
    """Let the select of a filter offer what has been read already, instead of asking again."""
    field.widget.choices = [("", field.empty_label), *rows]


CLASS = ("pk", "name", "school_id", "school__name", "school__sort_key")


def offer_classes(filters: Any, rows: Sequence[Any], schools: Sequence[Any] | None = None) -> bool:
    """Offer the classes (`CLASS` of each), and the schools (theirs, if no others are named) when there
    are several.

    That is the answer: whether there are. With one school, it goes without saying.
    """
    if schools is None:
        theirs = {(key, pk, name) for _pk, _name, pk, name, key in rows}
        schools = [(pk, name) for _key, pk, name in sorted(theirs)]
    several = len(schools) > 1
    if not several:
        del filters.filters["school"]
    fields = filters.form.fields
    if several:
        offer(fields["school"], schools)
    offer(
        fields["school_class"],
        [(pk, f"{name}, {school}" if several else name) for pk, name, _pk, school, _key in rows],
    )
    return several
