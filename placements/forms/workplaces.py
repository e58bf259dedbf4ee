"""Finding workplaces; writing down what they are, what they require, and who answers there."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.lookup import Lookup
from accounts.models import User
from accounts.prepared import prepared
from placements import among
from placements.actions.workplaces import FIELDS
from placements.listing import offer
from placements.models import Contact, LearningArea, Round, Supervisor, Workplace
from placements.workplace_rows import read_under_way, under_way, with_history
from schools.identity import validate_no_identity_number
from schools.models import Municipality, Requirement
from schools.registers import Unknown, counties_of, phone


class WorkplaceFilter(django_filters.FilterSet):  # type: ignore[misc]  # the library is untyped
    """What the list's address says: which, of what kind, where."""

    q = django_filters.CharFilter(
        label=gettext_lazy("Search"),
        method="search",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"),
        choices=Workplace.Kind.choices,
        empty_label=gettext_lazy("All kinds"),
    )
    municipality = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Municipality"),
        queryset=Municipality.objects.none(),
        empty_label=gettext_lazy("All municipalities"),
    )
    learns = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Learning area"),
        field_name="learning_areas",
        queryset=LearningArea.objects.all(),
        empty_label=gettext_lazy("All learning areas"),
    )
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="by_status",
        empty_label=gettext_lazy("In use"),
        choices=[
            ("no_contact", gettext_lazy("Without a contact")),
            ("inactive", gettext_lazy("Out of use")),
            ("all", gettext_lazy("All of them")),
        ],
    )

    round = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Round"),
        queryset=Round.objects.none(),
        method="unchanged",
        empty_label=gettext_lazy("Those under way"),
    )
    answer = django_filters.ChoiceFilter(
        label=gettext_lazy("Answer"),
        method="by_answer",
        empty_label=gettext_lazy("All"),
        choices=[
            ("answered", gettext_lazy("Offers places")),
            ("declined", gettext_lazy("None this year")),
            ("asked", gettext_lazy("Has not answered")),
            ("none", gettext_lazy("Not asked")),
            ("nothing", gettext_lazy("Offers nothing")),
        ],
    )
    history = django_filters.ChoiceFilter(
        label=gettext_lazy("History"),
        method="by_history",
        empty_label=gettext_lazy("With and without"),
        choices=[
            ("yes", gettext_lazy("Has had students")),
            ("no", gettext_lazy("Has never had students")),
        ],
    )

    class Meta:
        model = Workplace
        fields = ("q", "kind", "municipality", "learns", "round", "answer", "history", "status")

    def __init__(self, data: Any, queryset: QuerySet[Workplace], *, user: User) -> None:
        super().__init__(data, queryset)
        self.user = user
        # What is offered is read beforehand; what is chosen is looked up among the same.
        if data.get("round"):
            self.filters["round"].queryset = under_way(user)
        if data.get("municipality"):
            self.filters["municipality"].queryset = _municipalities(user)
        self.under_way = read_under_way(user)
        fields = self.form.fields
        offer(fields["round"], [(round.pk, round.name) for round in self.under_way])
        offer(fields["municipality"], _places(user))
        offer(fields["learns"], [(area.pk, area.name) for area in fields["learns"].queryset])

    @property
    def qs(self) -> QuerySet[Workplace]:
        found: Any = super().qs
        answer, had = (self.form.cleaned_data.get(name) or "" for name in ("answer", "history"))
        asked = {"places" if answer == "nothing" else "answer"} if answer else set()
        if asked or had:
            only = asked | ({"pupils"} if had else set())
            found = with_history(found, self.user, self.form.cleaned_data.get("round"), only)
        found = self._answered(found, answer)
        if had:
            found = found.filter(pupils__gt=0) if had == "yes" else found.filter(pupils=0)
        shown: QuerySet[Workplace] = found
        return shown if self.form.cleaned_data.get("status") else shown.filter(active=True)

    def unchanged(self, found: QuerySet[Workplace], _name: str, _value: Any) -> QuerySet[Workplace]:
        """What depends on several choices is done when all are known."""
        return found

    by_answer = by_history = unchanged

    def _answered(self, found: Any, value: str) -> Any:
        if value == "nothing":
            return found.filter(receives_students=True, places=0)
        if value == "none":
            return found.filter(receives_students=True, answer=None)
        return found.filter(answer=value) if value else found

    def search(self, found: QuerySet[Workplace], _name: str, value: str) -> QuerySet[Workplace]:
        for word in value.split()[:5]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(parent__name__icontains=word)
                | Q(municipality__name__icontains=word)
                | Q(organisation_number=word)
            )
        return found

    def by_status(self, found: QuerySet[Workplace], _name: str, value: str) -> QuerySet[Workplace]:
        if value == "inactive":
            return found.filter(active=False)
        if value == "no_contact":
            answered = Contact.objects.current().values("workplace")
            return found.filter(active=True, receives_students=True).exclude(
                Q(pk__in=answered) | Q(parent__in=answered) | Q(parent__parent__in=answered)
            )
        return found


def _municipalities(user: User) -> QuerySet[Municipality]:
    """Those in which she sees a workplace."""
    here = Workplace.objects.visible_to(user).values("municipality")
    return Municipality.objects.filter(pk__in=here)


@prepared
def _places(user: User) -> QuerySet[Any]:
    return _municipalities(user).values_list("pk", "name")


class WorkplaceForm(forms.ModelForm[Workplace]):
    """The whole workplace. `version` tells whether somebody else has changed it meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    parent = Lookup(
        label=gettext_lazy("Belongs to"),
        required=False,
        help_text=gettext_lazy("The hospital or trust a unit is part of."),
    )

    class Meta:
        model = Workplace
        fields = (*FIELDS, "requirements", "learning_areas")
        widgets = {
            "requirements": forms.CheckboxSelectMultiple,
            "learning_areas": forms.CheckboxSelectMultiple,
            "practical": forms.Textarea(attrs={"rows": 4}),
            "organisation_number": forms.TextInput(attrs={"inputmode": "numeric"}),
        }
        help_texts = {
            "organisation_number": gettext_lazy("Nine digits. A ward may have none."),
            "meet_at": gettext_lazy("For example: Main entrance, ask for Kari at the desk."),
            "practical": gettext_lazy("Clothes, parking, lunch. Students see this."),
            "active": gettext_lazy("Places out of use are asked nothing and shown to nobody."),
        }

    field_order = (
        "name",
        "kind",
        "parent",
        "organisation_number",
        "municipality",
        "address",
        "phone",
        "meet_at",
        "practical",
        "requirements",
        "learning_areas",
        "step_free",
        "needs_car",
        "receives_students",
        "active",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counties = counties_of(user)
        municipality = cast("forms.ModelChoiceField[Municipality]", self.fields["municipality"])
        municipality.queryset = Municipality.objects.filter(county__in=counties, valid_to=None)
        wholes = (
            Workplace.objects.visible_to(user)
            .filter(Q(parent=None) | Q(parent__parent=None), municipality__county__in=counties)
            .exclude(pk=self.instance.pk)
            .exclude(kind__in=[Workplace.Kind.GP_OFFICE])
        )
        parent = cast(Lookup, self.fields["parent"])
        parent.empty_label = _("Nothing: it stands by itself")
        parent.offer(among.workplaces(wholes))
        for name, queryset in (
            ("requirements", Requirement.objects.all()),
            ("learning_areas", LearningArea.objects.all()),
        ):
            cast("forms.ModelMultipleChoiceField[Any]", self.fields[name]).queryset = queryset
        if not self.instance._state.adding:
            self.initial["version"] = self.instance.version

    def clean_organisation_number(self) -> str | None:
        return "".join(str(self.cleaned_data["organisation_number"] or "").split()) or None

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def validate_unique(self) -> None:
        """Left to the action, which explains what the database refuses."""

    def validate_constraints(self) -> None:
        """Left to the action, as above."""


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # two models share it
    """Name, e-mail and phone of somebody at a workplace."""

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        validate_no_identity_number(name)
        return name

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def validate_unique(self) -> None:
        """Left to the action, which explains what the database refuses."""

    def validate_constraints(self) -> None:
        """Left to the action, as above."""


class ContactForm(PersonForm):
    class Meta:
        model = Contact
        fields = ("name", "email", "phone")


class SupervisorForm(PersonForm):
    class Meta:
        model = Supervisor
        fields = ("name", "email", "phone")


def _phone(text: str) -> str:
    try:
        return phone(text) if text else ""
    except Unknown as error:
        raise forms.ValidationError(str(error)) from None
