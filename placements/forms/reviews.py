"""Feedback by the workplace, evaluation by the student."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.models import Evaluation, Feedback
from placements.models.reviews import CRITERIA, QUESTIONS, Agrees, Level


class FeedbackForm(forms.ModelForm[Feedback]):
    """Five small scales and a sentence."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    class Meta:
        model = Feedback
        fields = (*CRITERIA, "words")
        widgets = {  # Django's way
            "words": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = 0 if self.instance._state.adding else self.instance.version
        for name in CRITERIA:
            self.fields[name] = _scale(self.fields[name].label, Level.choices)
        self.fields["words"].help_text = _(
            "What went well, or what to practise more. Never about health, and never about patients."
        )

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*CRITERIA, "words")}


class EvaluationForm(forms.ModelForm[Evaluation]):
    """Four questions, no story."""

    class Meta:
        model = Evaluation
        fields = QUESTIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUESTIONS:
            self.fields[name] = _scale(self.fields[name].label, Agrees.choices)

    def answers(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in QUESTIONS}


def _scale(label: Any, choices: list[tuple[int, Any]]) -> forms.TypedChoiceField:
    """One choice of few, seen all at once, the best first."""
    return forms.TypedChoiceField(
        label=label, choices=choices[::-1], coerce=int, widget=forms.RadioSelect
    )
