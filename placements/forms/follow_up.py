"""A visit or a call, as the school writes it down."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.models import Visit


class VisitForm(forms.ModelForm[Visit]):
    """When, how, and a short note."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Visit.Kind.choices, widget=forms.RadioSelect)

    class Meta:
        model = Visit
        fields = ("day", "kind", "note")
        widgets = {  # Django's way
            "day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "note": _("Seen by the school only. Never about health."),
        }
