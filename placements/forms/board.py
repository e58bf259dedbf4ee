"""The board of a proposal: who is moved, where to and why; and which workplaces are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from placements.models import BoardMove, Candidate, MatchingRun, Slot
from placements.models.capacity import SlotQuerySet
from schools.models import Municipality


class MoveForm(forms.Form):
    """One student to one place, or to none."""

    candidate = forms.ModelChoiceField(queryset=Candidate.objects.none())
    to = forms.ModelChoiceField(queryset=Slot.objects.none(), required=False)
    nowhere = forms.BooleanField(required=False)
    reason = BoardMove._meta.get_field("reason").formfield()

    def __init__(self, data: Any, *, run: MatchingRun) -> None:
        sent = data.copy()
        if sent.get("to") == "none":
            sent["to"], sent["nowhere"] = "", "1"
        super().__init__(sent)
        people = Candidate.objects.for_round(run.round).taking_part().select_related("student")
        slots = Slot.objects.filter(round=run.round_id).select_related("workplace", "period")
        for name, rows in (("candidate", people), ("to", slots)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("to") and not data.get("nowhere"):
            self.add_error("to", _("Choose where she is to be."))
        return data


class BoardFilter(forms.Form):
    """Which workplaces are on the board; it stands in the address."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.none(),
        required=False,
        empty_label=_("All municipalities"),
    )
    place = forms.CharField(
        label=_("Places to move to"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data: Any, *, run: MatchingRun) -> None:
        super().__init__(data)
        field = self.fields["municipality"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        here = Slot.objects.filter(round=run.round_id).values("workplace__municipality")
        field.queryset = Municipality.objects.filter(pk__in=here).order_by("name")

    def narrow(self, slots: SlotQuerySet, at: dict[Any, Any]) -> SlotQuerySet:
        """By the name of the workplace, or of somebody who is there now."""
        if not self.is_valid():
            return slots
        for word in self.cleaned_data["q"].split():
            people = Candidate.objects.filter(
                Q(student__given_name__icontains=word) | Q(student__family_name__icontains=word),
                pk__in=list(at),
            )
            there = {at[pk] for pk in people.values_list("pk", flat=True)} - {None}
            slots = slots.filter(Q(workplace__name__icontains=word) | Q(pk__in=there))
        if self.cleaned_data["municipality"]:
            slots = slots.filter(workplace__municipality=self.cleaned_data["municipality"])
        return slots

    def choose(self, slots: SlotQuerySet) -> SlotQuerySet:
        """The places one can move to: by the name of the workplace, or of where it is."""
        for word in self.cleaned_data["place"].split() if self.is_valid() else []:
            slots = slots.filter(
                Q(workplace__name__icontains=word)
                | Q(workplace__municipality__name__icontains=word)
            )
        return slots
