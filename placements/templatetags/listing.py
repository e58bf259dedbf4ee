"""The heading of a column that a list can be sorted by."""

from typing import Any

from django import template

from placements.listing import Listing

register = template.Library()


@register.inclusion_tag("components/column.html")
def column(listing: Listing, name: str, label: str, kind: str = "") -> dict[str, Any]:
    """A heading that sorts the list. kind: number, for a column of numbers."""
    direction = listing.direction(name)
    arrow = {"ascending": "↓", "descending": "↑"}.get(direction, "")
    return {
        "label": label,
        "kind": kind,
        "href": listing.link(name),
        "direction": direction,
        "arrow": arrow,
    }
