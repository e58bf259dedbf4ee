"""A workplace's answer: a number per period, or none this year with a reason."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.actions.capacity import Answer
from placements.models import CapacityRequest, LearningArea, Period
from placements.models.capacity import AnswerState, DeclineReason
from placements.templatetags.weeks import week_numbers, weeks
from schools.identity import validate_no_identity_number

MOST = 99


class AnswerForm(forms.Form):
    """One workplace's answer. Opens on what it answered, else on what it answered last year."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Can you take students this year?"),
        choices=[("", _("Yes")), (_("No, because"), DeclineReason.choices)],
        required=False,
    )
    note = forms.CharField(
        label=_("A line about it"),
        max_length=200,
        required=False,
        validators=[validate_no_identity_number],
        help_text=_("For the coordinator. When it may be possible again, for example."),
    )
    areas = forms.ModelMultipleChoiceField(
        LearningArea.objects.all(),
        label=_("What students can practise here"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        request: CapacityRequest,
        periods: list[Period],
        now: dict[UUID, int],
        last_year: list[int],
        areas: list[UUID],
    ) -> None:
        super().__init__(data, prefix=str(request.pk))
        self.request, self.periods, self.last_year = request, periods, last_year
        answered = request.state in (AnswerState.ANSWERED, AnswerState.DECLINED)
        for n, period in enumerate(periods):
            before = last_year[n] if n < len(last_year) else 0
            self.fields[f"places_{period.pk}"] = forms.IntegerField(
                label=weeks(period),
                min_value=0,
                max_value=MOST,
                required=False,
                initial=now.get(period.pk, 0) if answered else before,
            )
        self.initial.setdefault("version", request.version)
        self.initial.setdefault("reason", request.reason)
        self.initial.setdefault("note", request.note)
        self.initial.setdefault("areas", areas)

    @property
    def rows(self) -> list[tuple[Period, Any, int | None]]:
        """Each period with its bound field and last year's number, if there was one."""
        return [
            (p, self[f"places_{p.pk}"], self.last_year[n] if n < len(self.last_year) else None)
            for n, p in enumerate(self.periods)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for period in self.periods:
            name = f"places_{period.pk}"
            if name not in self.errors and data.get(name) is None:
                if data.get("reason"):
                    data[name] = 0
                else:
                    self.add_error(
                        name,
                        _("Write a number for %(weeks)s; 0 if you cannot then.")
                        % {"weeks": week_numbers(period)},
                    )
        return data

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(
            request=self.request.pk,
            version=data["version"],
            places={p.pk: data[f"places_{p.pk}"] for p in self.periods},
            reason=data["reason"],
            note=data.get("note"),
            areas=tuple(getattr(area, "pk", area) for area in data["areas"]),
        )


class ColleagueForm(forms.Form):
    """Who should get the question instead."""

    name = forms.CharField(
        label=_("Your colleague's name"), max_length=120, validators=[validate_no_identity_number]
    )
    email = forms.EmailField(label=_("Your colleague's e-mail"))
