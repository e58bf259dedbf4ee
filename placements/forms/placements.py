"""Ending a published placement, and finding one's way among them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from placements.models.placements import OCCUPYING, EndReason, PlacementQuerySet, PlacementState

# Moving is a verb of its own, and what the workplace says itself comes from the workplace.
REASONS = [
    EndReason.WORKPLACE_CLOSED,
    EndReason.NO_SUPERVISOR,
    EndReason.STUDENT_LEFT,
    EndReason.AGREED,
    EndReason.MISTAKE,
    EndReason.OTHER,
]


class WithdrawForm(forms.Form):
    """Why, and whether the student needs a new place; from when, if she has begun."""

    reason = forms.ChoiceField(
        label=_("Why"), choices=[(reason.value, reason.label) for reason in REASONS]
    )
    after = forms.ChoiceField(
        label=_("And the student"),
        widget=forms.RadioSelect,
        choices=[("needs", _("needs a new place")), ("leaves", _("leaves the round"))],
        initial="needs",
    )
    first_day_away = forms.DateField(
        label=_("First day she is not there"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The days before stay as they were noted. The days after are free."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, begun: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not begun:
            del self.fields["first_day_away"]


class PlacementFilter(forms.Form):
    """What the list of placements is narrowed to; it stands in the address."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("Those that hold")),
            (PlacementState.PLANNED, _("Not answered by the workplace")),
            (PlacementState.CONFIRMED, _("Confirmed by the workplace")),
            (PlacementState.DECLINED, _("Declined by the workplace")),
            (PlacementState.WITHDRAWN, _("Withdrawn")),
            ("all", pgettext_lazy("placements", "All")),
        ],
    )

    agreement = forms.ChoiceField(
        label=_("Practice agreement"),
        required=False,
        choices=[("", _("All")), ("missing", _("Not agreed by all"))],
    )

    @property
    def words(self) -> list[str]:
        return str(self.cleaned_data["q"]).split() if self.is_valid() else []

    def narrow(self, rows: PlacementQuerySet) -> PlacementQuerySet:
        if self.is_valid() and self.cleaned_data["agreement"]:
            rows = rows.without_agreement(timezone.localdate())
        state = self.cleaned_data["state"] if self.is_valid() else ""
        if state != "all":
            rows = rows.filter(state__in=[state] if state else OCCUPYING)
        for word in self.words:
            rows = rows.filter(
                Q(student__given_name__icontains=word)
                | Q(student__family_name__icontains=word)
                | Q(slot__workplace__name__icontains=word)
            )
        return rows
