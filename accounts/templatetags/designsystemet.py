"""What the crispy template pack asks of a field."""

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()

CHOICES = (forms.CheckboxSelectMultiple, forms.RadioSelect)


@register.filter
def styled(field: BoundField) -> BoundField:
    """The same field, its control wearing Designsystemet's class."""
    widget = field.field.widget
    if "ds-input" not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"ds-input {widget.attrs.get('class', '')}".strip()
    return field


@register.filter
def shape(field: BoundField) -> str:
    """How the field is laid out: group, check or line."""
    widget = field.field.widget
    if isinstance(widget, CHOICES):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "line"
