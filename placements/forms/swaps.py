"""The two things that are typed when places are swapped: a code, and why not."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.models import Swap


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code you have been shown"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class AnswerForm(forms.ModelForm[Swap]):
    class Meta:
        model = Swap
        fields = ("answer",)
        help_texts = {"answer": _("Both students read it.")}
