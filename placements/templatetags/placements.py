"""The one mapping from a state to its word, colour and icon, and the tag that draws a chart."""

from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.policy import Role
from placements import guides
from placements.charts import Chart
from placements.first_steps import of as steps_of
from placements.maps import Map
from placements.plots import Heat, Plot

register = template.Library()

# state: (word, colour). The same state means the same wherever it stands.
STATES: dict[str, tuple[Any, str]] = {
    "draft": (_("Draft"), "neutral"),
    "collecting": (_("Collecting capacity"), "info"),
    "open": (_("Open for wishes"), "info"),
    "matching": (pgettext_lazy("round", "Matching"), "warning"),
    "published": (pgettext_lazy("round", "Published"), "success"),
    "closed": (pgettext_lazy("round", "Closed"), "neutral"),
    "queued": (_("Waiting to start"), "neutral"),
    "running": (_("Running"), "info"),
    "computed": (_("Ready to look at"), "success"),
    "superseded": (_("Replaced by a newer one"), "neutral"),
    "failed": (_("Failed"), "danger"),
    "cancelled": (_("Cancelled"), "neutral"),
    "stale": (_("Out of date"), "warning"),
    "not_asked": (_("Not asked yet"), "neutral"),
    "asked": (_("No answer yet"), "warning"),
    "answered": (_("Answered"), "success"),
    "declined": (pgettext_lazy("answer", "No"), "danger"),
    "new": (pgettext_lazy("offer", "New"), "warning"),
    "none": (_("Not begun"), "neutral"),
    "sent": (_("Sent"), "success"),
    "planned": (_("Planned"), "info"),
    "confirmed": (_("Confirmed"), "success"),
    "withdrawn": (_("Withdrawn"), "neutral"),
    "completed": (_("Completed"), "success"),
    "required": (_("To be done"), "warning"),
    "awaiting": (_("On its way"), "info"),
    "cleared": (_("Ready"), "success"),
}
MARKS = {"success": "✓", "warning": "!", "danger": "✕", "info": "●", "neutral": "○"}


@register.inclusion_tag("components/first_steps.html", takes_context=True)
def first_steps(context: dict[str, Any]) -> dict[str, Any]:
    """The reader's first steps, until she has put them away."""
    user = context["user"]
    return {
        "steps": [] if user.guided_at else steps_of(user),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def help_here(context: dict[str, Any]) -> str:
    """The address of what explains the page that is open."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    roles: frozenset[Role] = getattr(getattr(request, "user", None), "roles", frozenset())
    guide, anchor = guides.place(roles, match.url_name or "" if match else "")
    return reverse("help") + (f"#{guide.slug}-{anchor}" if anchor else "")


@register.simple_tag
def status(state: str) -> SafeString:
    """The state as a tag: a word and a mark, never colour alone."""
    return tag_of(str(state), get_language())


@cache
def tag_of(state: str, _language: str | None) -> SafeString:
    word, color = STATES[state]
    return format_html(
        '<span class="ds-tag" data-color="{}" data-size="sm"><span aria-hidden="true">{}</span> {}</span>',
        color,
        MARKS[color],
        word,
    )


@register.inclusion_tag("components/chart.html")
def bar_chart(chart: Chart) -> dict[str, Chart]:
    """Draw the chart, with its table twin."""
    return {"chart": chart}


@register.inclusion_tag("components/map.html")
def picture_map(map: Map, *, opened: bool = False) -> dict[str, Any]:
    """Draw the map, with its table twin, folded together or opened."""
    return {"map": map, "opened": opened}


@register.inclusion_tag("components/plot.html")
def time_chart(plot: Plot) -> dict[str, Plot]:
    """Draw the chart along time, with its table twin."""
    return {"plot": plot}


@register.inclusion_tag("components/heat.html")
def heat_map(heat: Heat) -> dict[str, Heat]:
    """Draw the table with its colours."""
    return {"heat": heat}
