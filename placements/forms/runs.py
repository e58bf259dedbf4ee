"""Starting a run, and finding one's way in what it proposes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.lookup import Lookup
from placements import among
from placements.models import Assignment, Candidate, MatchingRun, Period, Round, Slot
from placements.models.runs import RunState
from placements.templatetags.weeks import week_numbers


class RunChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A proposal by its number."""

    def label_from_instance(self, obj: Any) -> str:
        return str(_("Proposal %(number)d") % {"number": obj.number})


class StartForm(forms.Form):
    """Where to start from. Nothing chosen: from the wishes alone."""

    previous = RunChoice(
        queryset=MatchingRun.objects.none(),
        required=False,
        label=_("Keep as much as possible of"),
        empty_label=_("nothing: start from the wishes"),
        help_text=_(
            "Choose a proposal after you have pinned somebody by hand: then as few others as possible"
            " move."
        ),
    )

    def __init__(self, data: Any = None, *, round: Round, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        finished = (
            MatchingRun.objects.for_round(round)
            .proposals()
            .filter(state__in=[RunState.COMPUTED, RunState.STALE])
        )
        field = self.fields["previous"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = finished
        self.has_choice = finished.exists()


class AssignmentFilter(forms.Form):
    """What the list of proposed places is narrowed to; it stands in the address."""

    q = forms.CharField(
        label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("students", "All")),
            ("first", _("Got the first wish")),
            ("later", _("Got a later wish")),
            ("outside", _("Outside the list")),
            ("pinned", _("Pinned")),
        ],
    )

    def narrow(self, rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
        if not self.is_valid():
            return rows
        for word in self.cleaned_data["q"].split():
            rows = rows.filter(
                Q(candidate__student__given_name__icontains=word)
                | Q(candidate__student__family_name__icontains=word)
                | Q(slot__workplace__name__icontains=word)
            )
        return {
            "first": rows.filter(rank=1),
            "later": rows.filter(rank__gt=1),
            "outside": rows.filter(rank=None),
            "pinned": rows.filter(pinned=True),
        }.get(self.cleaned_data["show"], rows)


class PeriodChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A period by its weeks and its name."""

    def label_from_instance(self, obj: Any) -> str:
        period: Period = obj
        return f"{week_numbers(period)} {period.name}".strip()


class PlaceForm(forms.Form):
    """Which place to put a student at, in her period. The page that answers says what would follow."""

    slot = Lookup(label=_("Place"))

    def __init__(self, data: Any = None, *, candidate: Candidate, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        slots = Slot.objects.filter(round=candidate.round_id).offered()
        if candidate.period_id:
            slots = slots.filter(period=candidate.period_id)
        cast(Lookup, self.fields["slot"]).offer(among.slots(slots))

    @staticmethod
    def asked(address: QueryDict) -> QueryDict | None:
        """What the address says, if it says a place or words to find one by."""
        return address if {"slot", "slot_words"} & address.keys() else None
