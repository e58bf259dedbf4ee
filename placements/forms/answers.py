"""A workplace's answer about a student who is to come."""

from django import forms
from django.utils.translation import gettext_lazy

from placements.forms.preferences import VersionForm
from placements.models.placements import EndReason

# What a workplace may say. Never anything about the student.
REASONS = (
    EndReason.NO_SUPERVISOR,
    EndReason.STAFF_CHANGE,
    EndReason.TOO_MANY,
    EndReason.WORKPLACE_CLOSED,
    EndReason.OTHER,
)


class DeclineForm(VersionForm):
    """That the workplace cannot take the student, with a reason code and no story."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not?"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        widget=forms.RadioSelect,
    )
