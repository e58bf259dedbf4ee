"""What a workplace keeps of itself from year to year: how to find it, what it requires, who is there."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.forms.workplaces import PersonForm
from placements.models import Contact, LearningArea, Workplace
from schools.models import Requirement


class AwayForm(forms.Form):
    """Until when a contact is away; empty: she is there."""

    back_on = forms.DateField(required=False)


class AboutForm(forms.ModelForm[Workplace]):
    """What students and schools need to know. Name, place and units are the coordinator's to change."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Workplace
        fields = (
            "meet_at",
            "practical",
            "address",
            "phone",
            "requirements",
            "learning_areas",
            "step_free",
            "needs_car",
        )
        widgets = {  # Django's way
            "requirements": forms.CheckboxSelectMultiple,
            "learning_areas": forms.CheckboxSelectMultiple,
            "practical": forms.Textarea(attrs={"rows": 5}),
        }
        labels = {  # Django's way
            "requirements": _("What you require of students"),
            "learning_areas": _("What students can practise here"),
        }
        help_texts = {  # Django's way
            "meet_at": _("For example: Main entrance, ask for Kari at the desk."),
            "practical": _("Clothes, working hours, parking, lunch. Students see this."),
            "requirements": _(
                "The school makes sure that each student has it ready before she comes. It holds from"
                " now on; students who already have a place keep it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (
            ("requirements", Requirement.objects.all()),
            ("learning_areas", LearningArea.objects.all()),
        ):
            cast("forms.ModelMultipleChoiceField[Any]", self.fields[name]).queryset = queryset
        self.fields["version"].initial = self.instance.version

    def validate_constraints(self) -> None:
        """Left to the action, which explains what the database refuses."""


class ColleagueForm(PersonForm):
    """Somebody who answers too, or takes over."""

    hands_over = forms.BooleanField(
        label=_("She takes over from me"),
        required=False,
        help_text=_("You no longer answer here, and no longer see the students."),
    )

    class Meta:
        model = Contact
        fields = ("name", "email", "phone")
