"""Setting up a round: who takes part, when, by which deadlines and rules."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import Role
from placements.actions.rounds import PeriodPlan
from placements.models import Round
from schools.models import County, Programme, School

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


def end_of(day: dt.date) -> dt.datetime:
    """A deadline that is a day lasts until that day is over."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))


class DateInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates whatever the page's language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RoundForm(forms.ModelForm[Round]):
    """The round itself. `clean` gives deadlines as the last moment of the day chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    capacity_day = forms.DateField(label=_("Workplaces answer by"), widget=DateInput())
    wishes_day = forms.DateField(label=_("Students send wishes by"), widget=DateInput())
    publish_on = forms.DateField(label=_("Planned publication"), widget=DateInput())
    schools = forms.ModelMultipleChoiceField(
        School.objects.none(), label=_("Schools"), widget=forms.CheckboxSelectMultiple
    )
    programmes = forms.ModelMultipleChoiceField(
        Programme.objects.exclude(year=1),
        label=_("Programme areas"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Round
        fields = [
            "name",
            "programmes",
            "schools",
            "capacity_day",
            "wishes_day",
            "publish_on",
            "max_wishes",
            "max_travel_minutes",
            "outside_wishes",
        ]
        labels = {"name": _("Name of the round")}
        help_texts = {"name": _("For example: Spring 2027, Vg3 health secretary")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        schools = cast("forms.ModelMultipleChoiceField[School]", self.fields["schools"])
        schools.queryset = School.objects.visible_to(user)
        if self.instance.pk and not self.instance._state.adding:
            # A county's round keeps its schools even when one of them is not the user's to list.
            schools.queryset = School.objects.filter(county=self.instance.county)
            self.initial["capacity_day"] = timezone.localdate(self.instance.capacity_deadline)
            self.initial["wishes_day"] = timezone.localdate(self.instance.wishes_deadline)
            self.initial["version"] = self.instance.version
        if schools.queryset.count() == 1:
            self.initial.setdefault("schools", [schools.queryset.get().pk])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        capacity, wishes = data.get("capacity_day"), data.get("wishes_day")
        publish = data.get("publish_on")
        if capacity and wishes and wishes < capacity:
            self.add_error(
                "wishes_day",
                _("Students cannot wish before workplaces have answered. Choose a later day."),
            )
        if wishes and publish and publish < wishes:
            self.add_error(
                "publish_on", _("Publication must come after the wishes. Choose a later day.")
            )
        counties = {school.county_id for school in data.get("schools") or []}
        if len(counties) > 1:
            self.add_error("schools", _("The schools of a round must be in one county."))
        return data

    def owner(self) -> tuple[County, School | None]:
        """The county the round belongs to, and the school when one school runs it alone."""
        schools = list(self.cleaned_data["schools"])
        county = schools[0].county
        runs_county = Role.COUNTY_COORDINATOR in self.user.roles and county.coordinators.filter(
            pk=self.user.pk
        )
        if runs_county and (
            len(schools) > 1 or not self.user.schools.filter(pk=schools[0].pk).exists()
        ):
            return county, None
        return county, schools[0] if len(schools) == 1 else None

    def values(self) -> dict[str, Any]:
        """The round's own columns, as the action wants them."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "capacity_deadline": end_of(data["capacity_day"]),
            "wishes_deadline": end_of(data["wishes_day"]),
            "publish_on": data["publish_on"],
            "max_wishes": data["max_wishes"],
            "max_travel_minutes": data["max_travel_minutes"],
            "outside_wishes": data["outside_wishes"],
        }


class PeriodForm(forms.Form):
    """One period. The form asks for the last day; the plan holds the first day after it."""

    pk = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("Only if the dates do not say enough."),
    )
    start = forms.DateField(label=_("First day"), widget=DateInput())
    last = forms.DateField(label=_("Last day"), widget=DateInput())
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        initial=[1, 2, 3, 4, 5],
    )
    starts_at = forms.TimeField(
        label=_("From"),
        initial=dt.time(8),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends_at = forms.TimeField(
        label=_("To"),
        initial=dt.time(15, 30),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, last = data.get("start"), data.get("last")
        if start and last and last < start:
            self.add_error("last", _("The last day is before the first day."))
        if start and last and (last - start).days > 366:
            self.add_error("last", _("A period lasts a year at most."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("The day ends before it begins."))
        return data

    def plan(self) -> PeriodPlan:
        data = self.cleaned_data
        return PeriodPlan(
            pk=data["pk"],
            name=data["name"],
            start=data["start"],
            end=data["last"] + dt.timedelta(days=1),
            weekdays=tuple(sorted(data["weekdays"])),
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
        )


class BasePeriodFormSet(forms.BaseFormSet[PeriodForm]):
    def plans(self) -> list[PeriodPlan]:
        """The periods to keep: those filled in and not ticked for removal."""
        return [
            form.plan()
            for form in self.forms
            if form.has_changed() and form not in self.deleted_forms
        ]


PeriodFormSet = forms.formset_factory(
    PeriodForm,
    formset=BasePeriodFormSet,
    extra=1,
    can_delete=True,
    can_delete_extra=False,
    max_num=12,
    validate_max=True,
)


def period_forms(round: Round | None, data: Any = None) -> BasePeriodFormSet:
    """The formset for the round's periods, with one empty form at the end."""
    initial = [
        {
            "pk": period.pk,
            "name": period.name,
            "start": period.start,
            "last": period.last_day,
            "weekdays": period.weekdays,
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
        }
        for period in (round.periods.all() if round else [])
    ]
    return cast(BasePeriodFormSet, PeriodFormSet(data, initial=initial, prefix="periods"))
