"""What if: each field is one thing that could be otherwise; those left empty stay as they are."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lookup import Among, Lookup
from accounts.models import User
from placements import among, imagined, rules
from placements.forms.runs import PeriodChoice
from placements.models import Candidate, MatchingRun, Period, Slot, Workplace
from placements.what_if import CAPACITY, CLOSE, EXCLUDE, PIN, POLICY, Change
from schools.identity import validate_no_identity_number
from schools.models import Municipality


class WhatIfForm(forms.Form):
    """`changes()` says what was filled in."""

    # Also places that are not offered: what one there would do is what one asks.
    slot = Lookup(required=False, label=_("If this workplace"), empty_label=_("no change"))
    places = forms.IntegerField(
        min_value=0, max_value=99, required=False, label=_("took this many students")
    )
    new_place = Lookup(
        required=False,
        label=_("If this workplace, which has no place in the round"),
        empty_label=_("no change"),
    )
    new_name = forms.CharField(
        max_length=140,
        required=False,
        label=_("or a new one, by this name"),
        validators=[validate_no_identity_number],
    )
    new_municipality = forms.ModelChoiceField(
        queryset=Municipality.objects.none(),
        required=False,
        label=_("in"),
        empty_label=_("choose"),
    )
    new_kind = forms.ChoiceField(
        choices=Workplace.Kind.choices,
        required=False,
        initial=Workplace.Kind.GP_OFFICE,
        label=_("kind, if it is new"),
    )
    new_period = PeriodChoice(
        queryset=Period.objects.none(),
        required=False,
        label=_("in these weeks"),
        empty_label=_("choose"),
    )
    new_places = forms.IntegerField(
        min_value=1, max_value=99, required=False, label=_("took so many")
    )
    closed = Lookup(
        required=False,
        label=_("If this workplace took nobody, its units neither"),
        empty_label=_("no change"),
    )
    pinned = Lookup(required=False, label=_("If this student"), empty_label=_("no change"))
    at = Lookup(required=False, label=_("went here"), empty_label=_("choose"))
    excluded = Lookup(
        required=False,
        label=_("If this student were not in the round"),
        empty_label=_("no change"),
    )
    policy = forms.ChoiceField(required=False, label=_("If these were the rules"))

    def __init__(self, data: Any = None, *, run: MatchingRun, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        slots = self.slots = Slot.objects.filter(round=run.round_id)
        people = Candidate.objects.filter(round=run.round_id).taking_part()
        offering = slots.offered().values("workplace")
        units = Workplace.objects.filter(pk__in=offering)
        above = Workplace.objects.filter(pk__in=units.values("parent"))
        self._offer("slot", among.slots(slots))
        self._offer("at", among.slots(slots))
        self._offer("pinned", among.students(people))
        self._offer("excluded", among.students(people))
        self._offer("closed", among.workplaces((units | above).order_by("sort_key")))
        silent = Workplace.objects.visible_to(user).active().filter(receives_students=True)
        silent = silent.exclude(pk__in=slots.values("workplace"))
        silent = silent.select_related("municipality").order_by("sort_key")
        self._offer("new_place", among.workplaces(silent))
        towns = Municipality.objects.current(timezone.localdate()).filter(
            county=run.round.county_id
        )
        self._choose("new_municipality", towns.order_by("sort_key"))
        self._choose("new_period", run.round.periods.all())
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [
            ("", _("no change")),
            *((",".join(ready.levels), ready.name) for ready in rules.ready()),
        ]

    def _offer(self, name: str, rows: Among) -> None:
        cast(Lookup, self.fields[name]).offer(rows)

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for one, other in (("slot", "places"), ("pinned", "at")):
            if (data.get(one) in (None, "")) != (data.get(other) in (None, "")):
                missing = other if data.get(one) else one
                if missing not in self.errors:
                    self.add_error(missing, _("This belongs together with the field beside it."))
        self._clean_new(data)
        return data

    def _clean_new(self, data: dict[str, Any]) -> None:
        """A workplace or a new name, and then where, when and how many."""
        known, name = data.get("new_place"), data.get("new_name")
        needed = {"new_period", "new_places"} | ({"new_municipality"} if name else set())
        if known and name:
            self.add_error(
                "new_name", _("Choose one from the list, or write a new name: not both.")
            )
        if known or name:
            for field in sorted(needed - self.errors.keys()):
                if not data.get(field):
                    self.add_error(field, _("This belongs together with the field beside it."))
        elif data.get("new_places") and "new_name" not in self.errors:
            self.add_error("new_place", _("This belongs together with the field beside it."))

    def changes(self) -> list[Change]:
        data, found = self.cleaned_data, list[Change]()
        if data["slot"]:
            found.append({"kind": CAPACITY, "slot": str(data["slot"].pk), "places": data["places"]})
        if data["new_place"]:
            new = imagined.at(data["new_place"], data["new_period"], data["new_places"])
            found.append(new)
        elif data["new_name"]:
            kind = data["new_kind"] or Workplace.Kind.GP_OFFICE
            found.append(
                imagined.at_new(
                    data["new_name"],
                    data["new_municipality"],
                    str(kind),
                    data["new_period"],
                    data["new_places"],
                )
            )
        if data["closed"]:
            workplace: Workplace = data["closed"]
            found.append(
                {"kind": CLOSE, "workplace": str(workplace.pk), "slots": self._units(workplace)}
            )
        if data["pinned"]:
            found.append(
                {"kind": PIN, "candidate": str(data["pinned"].pk), "slot": str(data["at"].pk)}
            )
        if data["excluded"]:
            found.append({"kind": EXCLUDE, "candidate": str(data["excluded"].pk)})
        if data["policy"]:
            found.append({"kind": POLICY, "policy": data["policy"].split(",")})
        return found

    def _units(self, workplace: Workplace) -> list[str]:
        """The places of the workplace and of the units below it (three levels)."""
        below = self.slots.filter(
            Q(workplace=workplace)
            | Q(workplace__parent=workplace)
            | Q(workplace__parent__parent=workplace)
        ).order_by("workplace__sort_key", "period__start", "pk")
        return [str(pk) for pk in below.values_list("pk", flat=True)]
