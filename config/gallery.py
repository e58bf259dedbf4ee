"""Every part of the look on one page, in every state: for those who build pages. Demo only, in English."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

from crispy_forms.bootstrap import FormActions
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Button, Column, Div, Fieldset, Layout, Row, Submit
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from accounts.decorators import public
from placements.charts import Chart
from placements.maps import Map, Spot
from placements.plots import Heat, Weeks
from placements.templatetags.placements import STATES

ICONS = "vendor/aksel-icons-8.16.2/icons.svg"
KINDS = [("hospital", "Hospital"), ("gp_office", "GP office"), ("out_of_hours", "Out of hours")]


class SampleForm(forms.Form):
    """One field of every kind the pack renders."""

    name = forms.CharField(help_text="As it stands in the register.")
    email = forms.EmailField(label="E-mail")
    places = forms.IntegerField(min_value=0, max_value=20, help_text="From 0 to 20.")
    first_day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    starts_at = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}))
    kind = forms.ChoiceField(choices=[("", "Choose"), *KINDS])
    kinds = forms.MultipleChoiceField(choices=KINDS)
    areas = forms.MultipleChoiceField(
        choices=KINDS, widget=forms.CheckboxSelectMultiple, help_text="Tick all that apply."
    )
    answer = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect)
    confirm = forms.BooleanField(label="I have read this", help_text="It is short.")
    list = forms.FileField(help_text="CSV or Excel.")
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    origin = forms.CharField(widget=forms.HiddenInput, initial="gallery")

    def clean(self) -> None:
        """A form as a whole can be wrong, too."""
        if self.cleaned_data.get("name") == "Wrong":
            raise forms.ValidationError("These answers do not fit together.")


class RowForm(forms.Form):
    """A row of a formset."""

    unit = forms.CharField()
    places = forms.IntegerField(min_value=0)


RowFormSet = forms.formset_factory(RowForm, extra=2)
BAD = {"name": "Wrong", "email": "not an address", "places": "99", "kind": "castle"}
BAD_ROWS = {
    "rows-TOTAL_FORMS": "2",
    "rows-INITIAL_FORMS": "0",
    "rows-0-unit": "Poliklinikk",
    "rows-0-places": "-1",
    "rows-1-unit": "",
    "rows-1-places": "2",
}


class LaidOutForm(SampleForm):
    """The same, with a crispy layout that uses every layout object of the pack."""

    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        Fieldset("Who", "name", "email"),
        Row(Column("first_day"), Column("starts_at")),
        Div("places", HTML("<p class='muted'>A word in between.</p>")),
        FormActions(Submit("save", "Save"), Button("later", "Later")),
    )


def samples() -> dict[str, object]:
    """What the parts are shown with."""
    sprite = Path(str(finders.find(ICONS)))
    labels = ["Students", "Places", "Wishes", "Matching", "Published", "Closed"]
    return {
        "states": list(STATES),
        "icons": re.findall(r'<symbol id="([\w-]+)"', sprite.read_text(encoding="utf-8")),
        "steps": [
            SimpleNamespace(
                label=label,
                done=[152, 139, 118, 0, 0, 0][n],
                total=[152, 160, 152, 0, 0, 0][n],
                state="done" if n < 2 else "current" if n == 2 else "ahead",
                url="#steps" if n < 3 else "",
            )
            for n, label in enumerate(labels)
        ],
        "chart": Chart(
            title="Places against need",
            what="Weeks",
            first="offered",
            second="needed",
            rows=[("week 2–5", 41, 48), ("week 6–9", 44, 40), ("week 10–13", 0, 12)],
        ),
        "wishes_chart": Chart(
            title="Wishes met",
            what="Wish",
            first="students",
            rows=[("1st", 97), ("2nd", 31), ("3rd", 12), ("later", 5), ("outside", 3)],
        ),
        "map": Map(
            key="sample",
            title="Places per municipality",
            says="The area of a circle is the number of places.",
            head=["Municipality", "Places", "Free"],
            first="Places",
            second="Free",
            spots=[
                Spot("Trondheim", 63.4305, 10.3951, 41, 12, (41, 12), "#charts"),
                Spot("Stjørdal", 63.4680, 10.9178, 8, 8, (8, 8), "#charts"),
                Spot("Malvik", 63.4306, 10.6795, 3, 0, (3, 0), "#charts"),
                Spot("Røros", 62.5747, 11.3842, 4, 2, (4, 2), "#charts"),
            ],
        ),
        "weeks": Weeks(
            key="sample-weeks",
            title="Places against need, week by week",
            says="Columns are places, the line is need.",
            rows=[(6, 41, 48), (7, 41, 48), (8, 44, 40), (10, 0, 12)],
            head=["Week", "Places", "Needed", "Missing"],
        ),
        "heat": Heat(
            "Places per week",
            "Municipality",
            [6, 7, 8],
            [("Trondheim", [12, 9, 4]), ("Røros", [1, 0, 2])],
        ),
        "page": Paginator(range(90), 20).page(2),
        "today": dt.date(2027, 1, 18),
        "workplaces": [
            ("St. Olavs hospital, medisinsk poliklinikk", "answered", [3, 3, 0], 6),
            ("Sentrum legekontor", "answered", [1, 0, 1], 2),
            ("Byåsen legesenter", "asked", [None, None, None], 1),
        ],
    }


@public
def show(request: HttpRequest) -> HttpResponse:
    """The gallery: the pack's forms untouched and with every error, and all components."""
    with translation.override("en"):
        return render(
            request,
            "components/index.html",
            {
                **samples(),
                "plain": SampleForm(prefix="plain"),
                "bound": SampleForm(BAD, MultiValueDict()),
                "rows": RowFormSet(BAD_ROWS, prefix="rows"),
                "laid_out": LaidOutForm(BAD, prefix="laid"),
            },
        )
