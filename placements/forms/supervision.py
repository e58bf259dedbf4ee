"""Which supervisor is let into a stay, and what she may do there."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from placements.models import Supervisor


class SupervisorField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's takes none at run time
    def label_from_instance(self, obj: Supervisor) -> str:
        return f"{obj.name}, {obj.email}"


class ShareForm(forms.Form):
    supervisor = SupervisorField(
        Supervisor.objects.none(), label=_("Supervisor"), empty_label=_("Choose")
    )
    may_agree = forms.BooleanField(
        label=_("May agree to the practice agreement for us"),
        required=False,
        help_text=_("Her name stands under it, for the workplace."),
    )

    def __init__(self, data: Any = None, *, supervisors: QuerySet[Supervisor]) -> None:
        super().__init__(data)
        cast(SupervisorField, self.fields["supervisor"]).queryset = supervisors.order_by("name")
