"""What the crispy template pack asks of a field."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

DASHES = BLANK_CHOICE_DASH[0][1]
CHOICES = (forms.CheckboxSelectMultiple, forms.RadioSelect)


@register.filter
def styled(field: BoundField) -> BoundField | SafeString:
    """The same field, its control wearing Designsystemet's class."""
    widget = field.field.widget
    if "ds-input" not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"ds-input {widget.attrs.get('class', '')}".strip()
    return _select(field, widget) if type(widget) is forms.Select else field


def _select(field: BoundField, widget: forms.Select) -> SafeString:
    """Drawn in one go: Django's own templates include two more for every option."""
    attrs = field.build_widget_attrs({"id": field.auto_id, "name": field.html_name}, widget)
    chosen = set(widget.format_value(field.value()))
    inner = format_html_join("", "{}", _options(widget.choices, chosen))
    return format_html(
        "<select{}>{}</select>", flatatt(widget.build_attrs(widget.attrs, attrs)), inner
    )


def _options(choices: Any, chosen: set[str]) -> Iterator[tuple[SafeString]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            inner = format_html_join("", "{}", _options(label, chosen))
            yield (format_html('<optgroup label="{}">{}</optgroup>', value, inner),)
            continue
        written = "" if value is None else str(value)
        # Django's own word for nothing chosen is a row of dashes.
        said = _("Choose") if label == DASHES else label
        mark = " selected" if written in chosen else ""
        yield (format_html('<option value="{}"{}>{}</option>', written, mark, said),)


@register.filter
def shape(field: BoundField) -> str:
    """How the field is laid out: group, check or line."""
    widget = field.field.widget
    if isinstance(widget, CHOICES):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "line"


@register.filter
def first_control(field: BoundField) -> str:
    """The id of what can take focus: a group is entered at its first choice."""
    return f"{field.auto_id}_0" if shape(field) == "group" else str(field.auto_id)
