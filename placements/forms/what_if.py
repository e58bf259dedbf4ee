"""What if: each field is one thing that could be otherwise; those left empty stay as they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from placements import rules
from placements.forms.runs import SlotChoice
from placements.models import Candidate, MatchingRun, Slot, Workplace
from placements.what_if import CAPACITY, CLOSE, EXCLUDE, PIN, POLICY, Change


class CandidateChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        candidate: Candidate = obj
        return f"{candidate.student.name}, {candidate.student.school_class.name}"


class PlaceOrClosed(SlotChoice):
    """Also places that are not offered: what one there would do is what one asks."""


class WhatIfForm(forms.Form):
    """`changes()` says what was filled in."""

    slot = PlaceOrClosed(
        queryset=Slot.objects.none(),
        required=False,
        label=_("If this workplace"),
        empty_label=_("no change"),
    )
    places = forms.IntegerField(
        min_value=0, max_value=99, required=False, label=_("took this many students")
    )
    closed = forms.ModelChoiceField(
        queryset=Workplace.objects.none(),
        required=False,
        label=_("If this workplace took nobody, its units neither"),
        empty_label=_("no change"),
    )
    pinned = CandidateChoice(
        queryset=Candidate.objects.none(),
        required=False,
        label=_("If this student"),
        empty_label=_("no change"),
    )
    at = PlaceOrClosed(
        queryset=Slot.objects.none(), required=False, label=_("went here"), empty_label=_("choose")
    )
    excluded = CandidateChoice(
        queryset=Candidate.objects.none(),
        required=False,
        label=_("If this student were not in the round"),
        empty_label=_("no change"),
    )
    policy = forms.ChoiceField(required=False, label=_("If these were the rules"))

    def __init__(self, data: Any = None, *, run: MatchingRun, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        slots = Slot.objects.filter(round=run.round_id).select_related("workplace", "period")
        slots = slots.order_by("workplace__sort_key", "period__start", "pk")
        people = (
            Candidate.objects.filter(round=run.round_id)
            .taking_part()
            .select_related("student__school_class")
            .order_by("student__sort_key", "pk")
        )
        offering = slots.offered().values("workplace")
        units = Workplace.objects.filter(pk__in=offering)
        above = Workplace.objects.filter(pk__in=units.values("parent"))
        self._choose("slot", slots)
        self._choose("at", slots)
        self._choose("pinned", people)
        self._choose("excluded", people)
        self._choose("closed", (units | above).order_by("sort_key"))
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [
            ("", _("no change")),
            *((",".join(ready.levels), ready.name) for ready in rules.ready()),
        ]

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for one, other in (("slot", "places"), ("pinned", "at")):
            if (data.get(one) in (None, "")) != (data.get(other) in (None, "")):
                missing = other if data.get(one) else one
                if missing not in self.errors:
                    self.add_error(missing, _("This belongs together with the field beside it."))
        return data

    def changes(self) -> list[Change]:
        data, found = self.cleaned_data, list[Change]()
        if data["slot"]:
            found.append({"kind": CAPACITY, "slot": str(data["slot"].pk), "places": data["places"]})
        if data["closed"]:
            workplace: Workplace = data["closed"]
            found.append(
                {"kind": CLOSE, "workplace": str(workplace.pk), "slots": self._units(workplace)}
            )
        if data["pinned"]:
            found.append(
                {"kind": PIN, "candidate": str(data["pinned"].pk), "slot": str(data["at"].pk)}
            )
        if data["excluded"]:
            found.append({"kind": EXCLUDE, "candidate": str(data["excluded"].pk)})
        if data["policy"]:
            found.append({"kind": POLICY, "policy": data["policy"].split(",")})
        return found

    def _units(self, workplace: Workplace) -> list[str]:
        """The places of the workplace and of the units below it (three levels)."""
        field = self.fields["slot"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        rows = field.queryset
        assert rows is not None  # noqa: S101
        below = (
            rows.filter(workplace=workplace)
            | rows.filter(workplace__parent=workplace)
            | rows.filter(workplace__parent__parent=workplace)
        )
        return [str(pk) for pk in below.values_list("pk", flat=True)]
