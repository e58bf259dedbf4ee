"""When students are told of their places: with the workplaces, or some days later."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from placements.forms.rounds import DateInput

AT = dt.time(8)  # on the day that was chosen
EVERYBODY, WORKPLACES = "everybody", "workplaces"


def morning_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, AT))


class DayForm(forms.Form):
    day = forms.DateField(
        label=_("Students are told on"),
        widget=DateInput(),
        help_text=_("At eight in the morning. It must be before the practice begins."),
    )

    @property
    def until(self) -> dt.datetime:
        return morning_of(self.cleaned_data["day"])


class PublishForm(DayForm):
    """Asked where a proposal is published for the first time; a repair is told as the round is."""

    told = forms.ChoiceField(
        label=_("Who is told now?"),
        choices=[
            (EVERYBODY, _("Everybody: workplaces and students")),
            (WORKPLACES, _("Workplaces now, students later")),
        ],
        widget=forms.RadioSelect,
        initial=EVERYBODY,
        help_text=_(
            "With students later, workplaces can say no first, and you can take it all back until then."
        ),
    )
    field_order = ["told", "day"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = False
        self.fields["day"].label = _("If later: on which day")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("told") == WORKPLACES and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose the day on which students are told."))
        return data

    @property
    def students_wait_until(self) -> dt.datetime | None:
        return self.until if self.cleaned_data["told"] == WORKPLACES else None
