"""What a workplace writes when it offers places, and what a coordinator answers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import no_digits
from accounts.models import User
from placements.models import Offer, Round, Workplace
from placements.models.offers import MOST_PLACES
from placements.offer_matches import Known
from schools.identity import validate_no_identity_number
from schools.models import County, Municipality
from schools.models.schools import validate_organisation_number
from schools.registers import Unknown, phone

NEW = "new"

# Both names stand in a mail to an address that may be a stranger's: nobody shall advertise through us.
no_links = RegexValidator(
    r"(?i)://|www\.|\.(no|com|net|org|info|io|ru|xyz|top|shop)\b",
    gettext_lazy("Write the name alone, without web addresses."),
    inverse_match=True,
)


class OfferForm(forms.ModelForm[Offer]):
    """Three things in turn: the workplace, the places, and whom we write to."""

    # Longer than nine, because people write it in groups of three.
    organisation_number = forms.CharField(
        label=gettext_lazy("Organisation number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Nine digits. Leave it empty if you are unsure."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = Offer
        fields = (
            "name",
            "kind",
            "municipality",
            "address",
            "organisation_number",
            "places",
            "when",
            "message",
            "contact_name",
            "email",
            "phone",
        )
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "places": forms.NumberInput(
                attrs={"inputmode": "numeric", "min": 1, "max": MOST_PLACES}
            ),
            "message": forms.Textarea(attrs={"rows": 3}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }
        help_texts = {
            "when": gettext_lazy(
                "In your own words. For example: weeks 3 to 7, not in the winter holiday."
            ),
            "message": gettext_lazy("What students can learn with you, for example."),
            "email": gettext_lazy(
                "We send a link there. The offer counts when you have opened it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].validators += [no_digits, no_links]
        self.fields["name"].validators.append(no_links)
        field = cast("forms.ModelChoiceField[Municipality]", self.fields["municipality"])
        field.queryset = with_coordinators()
        field.choices = [("", _("Choose")), *_by_county(field.queryset)]
        kinds = cast(forms.ChoiceField, self.fields["kind"])
        kinds.choices = [("", _("Choose")), *Workplace.Kind.choices]

    def clean_organisation_number(self) -> str:
        number = "".join(str(self.cleaned_data["organisation_number"]).split())
        if number:
            validate_organisation_number(number)
        return number

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        try:
            return phone(text) if text else ""
        except Unknown as error:
            raise forms.ValidationError(str(error)) from None


def with_coordinators() -> Any:
    """Municipalities of the counties where somebody reads what is offered."""
    counties = County.objects.filter(
        Q(coordinators__isnull=False) | Q(schools__coordinators__isnull=False)
    )
    return (
        Municipality.objects.current(timezone.localdate())
        .filter(county__in=counties)
        .select_related("county")
        .order_by("county__name", "sort_key")
    )


def _by_county(places: Any) -> list[tuple[str, list[tuple[Any, str]]]]:
    groups: dict[str, list[tuple[Any, str]]] = {}
    for place in places:
        groups.setdefault(place.county.name, []).append((place.pk, place.name))
    return list(groups.items())


class ConfirmForm(forms.Form):
    """Which workplace it is, and whether it is asked how many it takes in a round under way."""

    workplace = forms.ChoiceField(
        label=gettext_lazy("Which workplace is it?"), widget=forms.RadioSelect
    )
    round = forms.ModelChoiceField(
        queryset=Round.objects.none(),
        label=gettext_lazy("Ask for places in"),
        required=False,
        empty_label=gettext_lazy("No round now"),
        help_text=gettext_lazy("The workplace gets the question by mail, with a link to answer."),
    )

    def __init__(self, data: Any = None, *, offer: Offer, known: Known, user: User) -> None:
        super().__init__(data)
        self.found = {str(match.workplace.pk): match.workplace for match in known.workplaces}
        if self.found:
            cast(forms.ChoiceField, self.fields["workplace"]).choices = [
                *(
                    (str(m.workplace.pk), f"{m.workplace}, {m.workplace.municipality} ({m.why})")
                    for m in known.workplaces
                ),
                (NEW, _("A new workplace")),
            ]
            self.initial["workplace"] = next(iter(self.found))
        else:
            del self.fields["workplace"]
        rounds = (
            Round.objects.managed_by(user)
            .taking_capacity()
            .filter(county=offer.municipality.county_id)
        )
        cast("forms.ModelChoiceField[Round]", self.fields["round"]).queryset = rounds
        first = rounds.first()
        if first:
            self.initial["round"] = first.pk
        else:
            del self.fields["round"]

    def chosen(self) -> Workplace | None:
        """The workplace it is already; None: a new one."""
        return self.found.get(self.cleaned_data.get("workplace", ""))


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_no_identity_number],
        help_text=gettext_lazy("Sent to whoever offered, with our thanks."),
    )
