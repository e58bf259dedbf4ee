"""What the crispy template pack asks of a field."""

from django import forms, template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

register = template.Library()

DASHES = BLANK_CHOICE_DASH[0][1]
CHOICES = (forms.CheckboxSelectMultiple, forms.RadioSelect)


@register.filter
def styled(field: BoundField) -> BoundField:
    """The same field, its control wearing Designsystemet's class."""
    widget = field.field.widget
    if "ds-input" not in widget.attrs.get("class", ""):
        widget.attrs["class"] = f"ds-input {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, forms.Select):
        # Django's own word for nothing chosen is a row of dashes.
        chosen = [
            (value, _("Choose") if label == DASHES else label) for value, label in widget.choices
        ]
        widget.choices = chosen
    return field


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
