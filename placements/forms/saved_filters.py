"""Naming a selection to save."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.identity import validate_no_identity_number


class SavedFilterForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the selection"),
        max_length=40,
        validators=[validate_no_identity_number],
        help_text=_("Only you see it. Words you have searched for are not kept."),
    )
