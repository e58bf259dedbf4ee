"""Which documents to take, and the words in them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.errors import DomainError
from accounts.lookup import Lookup
from placements import among
from placements.actions import texts
from placements.documents.kinds import KINDS
from placements.models import Placement, Workplace
from schools.identity import validate_no_identity_number
from schools.models import SchoolClass


class BundleForm(forms.Form):
    """One kind of document for a class, a workplace or everybody."""

    kind = forms.ChoiceField(
        label=_("Document"), choices=[(kind.code, kind.title) for kind in KINDS.values()]
    )
    school_class = forms.ModelChoiceField(
        label=pgettext_lazy("school", "Class"),
        queryset=SchoolClass.objects.none(),
        required=False,
        empty_label=_("All classes"),
    )
    workplace = Lookup(label=_("Workplace"), required=False, empty_label=_("All workplaces"))

    def __init__(self, *args: Any, placed: QuerySet[Placement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.placed = placed
        classes = SchoolClass.objects.filter(pk__in=placed.values("student__school_class"))
        self.fields["school_class"].queryset = classes.select_related("school")  # type: ignore[attr-defined]
        places = Workplace.objects.filter(pk__in=placed.values("slot__workplace"))
        cast(Lookup, self.fields["workplace"]).offer(among.workplaces(places.order_by("sort_key")))

    def chosen(self) -> QuerySet[Placement]:
        rows = self.placed
        if school_class := self.cleaned_data["school_class"]:
            rows = rows.filter(student__school_class=school_class)
        if workplace := self.cleaned_data["workplace"]:
            rows = rows.filter(slot__workplace=workplace)
        return rows.order_by("student__sort_key", "pk")


class TextForm(forms.Form):
    """The words of a document; an unknown placeholder is refused by name."""

    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 14}),
        validators=[validate_no_identity_number],
        help_text=_("Leave it empty to go back to the text that came with Praksisplass."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        try:
            texts.refuse_unknown(body)
        except DomainError as error:
            raise ValidationError(str(error)) from None
        return body
