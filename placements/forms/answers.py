"""A workplace's answer about a student who is to come."""

from django import forms
from django.utils.translation import gettext_lazy

from placements.forms.preferences import VersionForm
from placements.models.placements import EndReason
from schools.identity import validate_no_identity_number

# What a workplace may say. Never anything about the student.
REASONS = (
    EndReason.NO_SUPERVISOR,
    EndReason.STAFF_CHANGE,
    EndReason.REBUILDING,
    EndReason.TOO_MANY,
    EndReason.WORKPLACE_CLOSED,
    EndReason.OTHER,
)


class DeclineForm(VersionForm):
    """That the workplace cannot take the student, with a reason code and at most a line."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not?"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("A line about it"),
        max_length=200,
        required=False,
        validators=[validate_no_identity_number],
        help_text=gettext_lazy(
            "For the coordinators alone. About your workplace; never about the student."
        ),
    )
