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
MANY = 6  # boxes to tick: more than these stand beside each other
SHORT = 34  # letters of all radio buttons together: so much stands on one line of a phone
CHOICES = (forms.CheckboxSelectMultiple, forms.RadioSelect)
INPUTS = {
    forms.TextInput,
    forms.EmailInput,
    forms.URLInput,
    forms.NumberInput,
    forms.DateInput,
    forms.TimeInput,
    forms.CheckboxInput,
}


@register.filter
def styled(field: BoundField) -> BoundField | SafeString:
    """The same field, its control wearing Designsystemet's class."""
    widget = field.field.widget
    if "ds-input" not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"ds-input {widget.attrs.get('class', '')}".strip()
    draw = _select if type(widget) is forms.Select else _input if type(widget) in INPUTS else None
    return draw(field, widget) if draw else field


# Drawn in one go: of a select, Django's own templates include two more for every option, and of an
# input three for each.
def _select(field: BoundField, widget: Any) -> SafeString:
    attrs = {"name": field.html_name, **_attrs(field, widget)}
    chosen = set(widget.format_value(field.value()))
    inner = format_html_join("", "{}", _options(widget.choices, chosen))
    return format_html(
        "<select{}>{}</select>", flatatt(widget.build_attrs(widget.attrs, attrs)), inner
    )


def _input(field: BoundField, widget: Any) -> SafeString:
    drawn = widget.get_context(field.html_name, field.value(), _attrs(field, widget))["widget"]
    named = {name: drawn[name] for name in ("type", "name", "value")}
    return format_html("<input{}>", flatatt(named | drawn["attrs"]))


def _attrs(field: BoundField, widget: forms.Widget) -> dict[str, Any]:
    own: dict[str, str | bool] = (
        {} if "id" in widget.attrs or not field.auto_id else {"id": field.auto_id}
    )
    attrs: dict[str, Any] = field.build_widget_attrs(own, widget)
    return attrs


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
def optional(field: BoundField) -> bool:
    """Whether it is said that it may be left out: not of a select that already says something."""
    if field.field.required:
        return False
    choices = getattr(field.field, "choices", None)
    if shape(field) != "line" or not isinstance(choices, list) or not choices:
        return True
    value, label = choices[0]
    return value not in ("", None) or label == DASHES


@register.filter
def across(field: BoundField) -> bool:
    """Whether the choices stand beside each other: many to tick, or few and short to choose one of."""
    choices = field.field.choices  # type: ignore[attr-defined]  # asked of groups alone
    if isinstance(field.field.widget, forms.RadioSelect):
        return sum(len(str(label)) for _value, label in choices) <= SHORT
    return len(choices) > MANY


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that breaks after its @ where a line is too narrow, and not within a word."""
    name, at, domain = address.partition("@")
    return format_html("{}{}<wbr>{}", name, at, domain) if at else format_html("{}", address)


@register.filter
def first_control(field: BoundField) -> str:
    """The id of what can take focus: a group is entered at its first choice."""
    return f"{field.auto_id}_0" if shape(field) == "group" else str(field.auto_id)
