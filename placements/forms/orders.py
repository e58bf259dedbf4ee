"""A number for each student who wishes for a workplace: 1 before 2, empty after all numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from placements.models import Candidate


class OrderForm(forms.Form):
    def __init__(
        self,
        data: Any = None,
        *,
        people: Iterable[Candidate],
        order: Mapping[UUID, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.people = list(people)
        for who in self.people:
            self.fields[str(who.pk)] = forms.IntegerField(
                label=f"{who.student.name}, {who.student.school_class.name}",
                min_value=1,
                max_value=99,
                required=False,
                initial=order.get(who.pk),
            )

    def order(self) -> dict[UUID, int]:
        """Those who were given a number."""
        numbers = {who.pk: self.cleaned_data[str(who.pk)] for who in self.people}
        return {pk: number for pk, number in numbers.items() if number is not None}
