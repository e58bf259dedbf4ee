"""A line about a workplace."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.models import WorkplaceNote


class NoteForm(forms.ModelForm[WorkplaceNote]):
    class Meta:
        model = WorkplaceNote
        fields = ("text",)
        labels = {"text": _("New note")}
        help_texts = {"text": _("For other coordinators in the county. Nothing about students.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
