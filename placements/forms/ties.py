"""Quotas, groups, pairs and more places for one student."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.lookup import Lookup
from placements import among
from placements.forms.runs import PeriodChoice
from placements.models import Candidate, Pairing, Quota, Round, Slot, Workplace
from schools.models import Municipality, School


def students(round: Round) -> QuerySet[Candidate]:
    return Candidate.objects.for_round(round).taking_part()


class QuotaForm(forms.ModelForm[Quota]):
    """Where, for whom, and from how many to how many."""

    workplace = Lookup(
        label=_("Workplace"),
        required=False,
        empty_label=_("all workplaces"),
        help_text=_("With its units. Leave it empty for a municipality, or for all places."),
    )

    class Meta:
        model = Quota
        fields = ("school", "workplace", "municipality", "period", "at_least", "at_most")
        field_classes = {"period": PeriodChoice}

    def __init__(self, data: Any = None, *, round: Round, **kwargs: Any) -> None:
        super().__init__(data, instance=Quota(round=round), prefix="quota", **kwargs)
        offering = Slot.objects.filter(round=round)
        units = Workplace.objects.filter(slots__in=offering)
        above = Workplace.objects.filter(units__in=units)
        top = Workplace.objects.filter(units__units__in=units)
        places = Workplace.objects.filter(pk__in=(units | above | top).values("pk"))
        self._choose("school", School.objects.filter(round_schools__round=round), _("all schools"))
        cast(Lookup, self.fields["workplace"]).offer(among.workplaces(places.order_by("sort_key")))
        towns = Municipality.objects.filter(pk__in=places.values("municipality"))
        self._choose("municipality", towns.order_by("sort_key"), _("all municipalities"))
        self._choose("period", round.periods.order_by("start"), _("all periods"))
        self.fields["at_least"].required = False

    def _choose(self, name: str, found: Any, empty: Any) -> None:
        field: Any = self.fields[name]
        field.queryset, field.empty_label = found, empty

    def clean_at_least(self) -> int:
        return self.cleaned_data["at_least"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        least, most = data.get("at_least") or 0, data.get("at_most")
        if not self.errors and not least and most is None:
            self.add_error("at_most", _("Write how many at least, how many at most, or both."))
        if most is not None and least > most:
            self.add_error("at_most", _("This must be at least as many as the field before it."))
        if data.get("workplace") and data.get("municipality"):
            self.add_error("municipality", _("Choose a workplace or a municipality, not both."))
        return data


class GroupForm(forms.Form):
    """A place that takes a group or nobody."""

    slot = Lookup(label=_("Place"), empty_label=_("choose"))
    minimum = forms.IntegerField(
        min_value=2, max_value=99, label=_("At least so many, or nobody"), initial=2
    )

    def __init__(self, data: Any = None, *, round: Round, **kwargs: Any) -> None:
        super().__init__(data, prefix="group", **kwargs)
        slots = Slot.objects.filter(round=round, capacity__gt=1)
        cast(Lookup, self.fields["slot"]).offer(among.slots(slots))


class PairForm(forms.Form):
    """Two students, and how they are to be."""

    kind = forms.ChoiceField(
        choices=[
            (Pairing.Kind.TOGETHER, _("Together at one place")),
            (Pairing.Kind.APART, _("Never at one workplace at one time")),
        ],
        label=_("These two"),
        widget=forms.RadioSelect,
        initial=Pairing.Kind.TOGETHER,
    )
    one = Lookup(label=_("Student"), empty_label=_("choose"))
    other = Lookup(label=_("Other student"), empty_label=_("choose"))

    def __init__(self, data: Any = None, *, round: Round, **kwargs: Any) -> None:
        super().__init__(data, prefix="pair", **kwargs)
        for name in ("one", "other"):
            cast(Lookup, self.fields[name]).offer(among.students(students(round)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        one, other = data.get("one"), data.get("other")
        if one and other and one.student_id == other.student_id:
            self.add_error("other", _("Choose two different students."))
        return data


class NeedForm(forms.Form):
    """Somebody who needs one more place."""

    student = Lookup(label=_("Student"), empty_label=_("choose"))

    def __init__(self, data: Any = None, *, round: Round, **kwargs: Any) -> None:
        super().__init__(data, prefix="need", **kwargs)
        cast(Lookup, self.fields["student"]).offer(among.students(students(round).filter(need=1)))
