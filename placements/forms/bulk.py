"""What can be done to many rows of a list at once: one choice, made of what this person may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import Permission
from placements.models import Round
from placements.models.rounds import RoundState
from schools.models import ClearanceStatus, Requirement

Choices = list[tuple[str, list[tuple[str, str]]]]
TAKES_STUDENTS = (RoundState.DRAFT, RoundState.COLLECTING, RoundState.OPEN, RoundState.MATCHING)
ASKS = (RoundState.COLLECTING, RoundState.OPEN)


class BulkForm(forms.Form):
    """What to do, and whether with all that the filter finds. `choices` in groups: "verb:what"."""

    do = forms.ChoiceField(label=gettext_lazy("With those you have ticked"))
    all = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, choices: Choices, count: int = 0) -> None:
        super().__init__(data)
        field = cast("forms.ChoiceField", self.fields["do"])
        field.choices = [("", _("Choose what to do")), *[g for g in choices if g[1]]]
        self.fields["all"].label = _("All %d in this selection") % count

    @property
    def step(self) -> tuple[str, str]:
        """The verb, and what it is about."""
        verb, _colon, about = self.cleaned_data["do"].partition(":")
        return verb, about


def with_students(user: User, rounds: Iterable[Round], *, enrol: bool = True) -> Choices:
    """Remind, take into a round, tick off a requirement: what she may of these, in rounds she sees."""
    groups: Choices = []
    if user.has_perm(Permission.SEE_WISHES):
        open_rounds = [r for r in rounds if r.takes_wishes()]
        groups.append((_("Remind about wishes"), [(f"remind:{r.pk}", r.name) for r in open_rounds]))
    if enrol and user.has_perm(Permission.MANAGE_ROUNDS):
        hers = [r for r in rounds if r.managed_by(user) and r.state in TAKES_STUDENTS]
        groups.append((_("Take into the round"), [(f"enrol:{r.pk}", r.name) for r in hers]))
    if user.has_perm(Permission.SEE_CLEARANCES):
        requirements = list(Requirement.objects.all())
        for status, heading in (
            (ClearanceStatus.CLEARED, _("Ready, seen today")),
            (ClearanceStatus.REQUIRED, _("To be done")),
        ):
            rows = [
                (f"{status.value}:{r.code}", f"{r.name}: {heading.lower()}") for r in requirements
            ]
            groups.append((heading, rows))
    return groups


def asking(user: User, rounds: Iterable[Any]) -> list[Any]:
    """Those of the rounds that she decides on and that take answers."""
    if not user.has_perm(Permission.ASK_CAPACITY):
        return []
    return [r for r in rounds if r.managed_by(user) and r.state in ASKS]


def with_workplaces(rounds: Iterable[Round]) -> Choices:
    """Ask, and remind, in the rounds that are `asking`."""
    rounds = list(rounds)
    return [
        (_("Ask for places"), [(f"ask:{r.pk}", r.name) for r in rounds]),
        (_("Remind about places"), [(f"chase:{r.pk}", r.name) for r in rounds]),
    ]


def chosen(values: list[str]) -> list[UUID]:
    """The identities among what was ticked; what is none is left out."""
    from accounts import untrusted

    return [pk for pk in map(untrusted.identity, values) if pk]
