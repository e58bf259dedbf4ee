"""Naming the event that a round's lots hang on, and writing down how it went."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SealForm(forms.Form):
    event = forms.CharField(
        label=_("A public event to come"),
        required=False,
        max_length=200,
        help_text=_(
            "Something that everybody can look up and nobody decides, after the deadline: “The seven"
            " winning numbers of Lotto on Saturday 12 December, in rising order”. May be left empty."
        ),
    )


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("What happened"),
        max_length=200,
        help_text=_("Write it exactly as the event is described. It cannot be changed afterwards."),
    )
    sure = forms.BooleanField(label=_("I have checked what I wrote"))
