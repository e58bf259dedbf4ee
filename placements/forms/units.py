"""All units of a hospital in one table: a number in each cell, or none this year with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from placements.actions.capacity import Answer
from placements.distribution import TooFewToShare, Unit, distribute
from placements.forms.capacity import MOST, AnswerForm
from placements.forms.imports import SheetForm
from placements.models import Period
from placements.models.capacity import AnswerState
from placements.templatetags.weeks import week_numbers, weeks
from placements.unit_sheet import Sheet, read
from schools import tables


class UnitRow(AnswerForm):
    """One unit. Left blank altogether it has not answered yet; `typed` is what stood there unsaved."""

    def __init__(
        self,
        data: Any = None,
        *,
        typed: QueryDict | None = None,
        every_area: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        # What there is to choose is read once for the table, not once for each row.
        self.fields["areas"] = forms.MultipleChoiceField(choices=every_area, required=False)
        self.initial["areas"] = [str(pk) for pk in self.initial["areas"]]
        self.areas_now = set(self.initial["areas"])
        reason = self.fields["reason"]
        reason.widget.attrs["aria-label"] = f"{self.request.workplace.name}: {reason.label}"
        self.now: dict[UUID, int] = kwargs["now"]
        self.filled: set[UUID] = set()
        self.silent = False
        answered = self.request.state in (AnswerState.ANSWERED, AnswerState.DECLINED)
        if not answered and not self.last_year:
            for period in self.periods:
                self.fields[f"places_{period.pk}"].initial = None
        if typed is not None:
            self.initial = {name: typed.get(self.add_prefix(name), "") for name in self.fields}
            self.initial["areas"] = typed.getlist(self.add_prefix("areas"))

    def fill(self, period: Period, places: int) -> None:
        """Write a number in, to be looked over before it is saved."""
        name = f"places_{period.pk}"
        if str(self.initial.get(name, "")) != str(places):
            self.filled.add(period.pk)
        self.initial[name] = places
        if places:
            self.initial["reason"] = ""

    @property
    def cells(self) -> list[tuple[Period, Any, int | None, bool]]:
        """Each period with its field, last year's number, and whether a helper filled it in."""
        return [(p, field, before, p.pk in self.filled) for p, field, before in self.rows]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        names = [f"places_{p.pk}" for p in self.periods]
        self.silent = (
            not data.get("reason")
            and not data.get("note")
            and set(data.get("areas", ())) == self.areas_now
            and not any(name in self.errors for name in names)
            and all(data.get(name) is None for name in names)
        )
        return data if self.silent else super().clean()

    @property
    def changed(self) -> bool:
        """Whether there is something to save: a first answer, or another than stands."""
        if self.silent:
            return False
        if self.request.state == AnswerState.ASKED:
            return True
        data = self.cleaned_data
        places = {p.pk: data[f"places_{p.pk}"] for p in self.periods}
        was = {p.pk: self.now.get(p.pk, 0) for p in self.periods}
        return (
            data["reason"] != self.request.reason
            or (not data["reason"] and places != was)
            or (bool(data["reason"]) and data["note"] != self.request.note)
            or set(data["areas"]) != self.areas_now
        )

    def answer(self) -> Answer:
        chosen = tuple(UUID(pk) for pk in self.cleaned_data["areas"])
        return replace(super().answer(), areas=chosen)


class HelpForm(SheetForm):
    """What fills the table in: so many places to share out, or a sheet."""

    def __init__(self, *args: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods = periods
        for period in periods:
            self.fields[f"share_{period.pk}"] = forms.IntegerField(
                label=weeks(period), min_value=0, max_value=999, required=False
            )

    @property
    def shares(self) -> list[tuple[Period, Any]]:
        return [(p, self[f"share_{p.pk}"]) for p in self.periods]

    def wants(self, button: str) -> str:
        """What is to be done: what the button says; with Enter in a field, what was filled in."""
        if button in ("share", "read", "save"):
            return button
        if self.files.get("file") or self.data.get("pasted", "").strip():
            return "read"
        if any(self.data.get(f"share_{p.pk}") for p in self.periods):
            return "share"
        return "save"

    def share_out(self, rows: list[UnitRow], used: Mapping[tuple[UUID, UUID], int]) -> int:
        """Fill the numbers in; units that say none this year get none. Return how many periods."""
        done = 0
        for n, period in enumerate(self.periods):
            name = f"share_{period.pk}"
            places = self.cleaned_data.get(name)
            if places is None:
                continue
            taking = [row for row in rows if not row.initial.get("reason")]
            units = [
                Unit(
                    row,
                    row.last_year[n] if n < len(row.last_year) else 0,
                    used.get((row.request.workplace_id, period.pk), 0),
                )
                for row in taking
            ]
            try:
                given = distribute(places, units)
            except TooFewToShare:
                self.add_error(
                    name,
                    _("More students than that are placed already in %(weeks)s.")
                    % {"weeks": week_numbers(period)},
                )
                continue
            if not units or max(given.values()) > MOST:
                self.add_error(name, _("That is more than these units can have."))
                continue
            for row in taking:
                row.fill(period, given[row])
            done += 1
        if not done and not self.errors:
            self.add_error(
                f"share_{self.periods[0].pk}" if self.periods else None,
                _("Write how many places there are to share out."),
            )
        return done

    def read_sheet(self, rows: list[UnitRow], *, too_large: bool) -> Sheet | None:
        """Fill in what the sheet says, if all of it can be read."""
        file, pasted = self.cleaned_data.get("file"), self.cleaned_data.get("pasted") or ""
        at = "pasted" if pasted.strip() and not file else "file"
        try:
            if too_large:
                raise tables.Refused(_("The file is larger than 5 MB."))
            if isinstance(file, UploadedFile):
                found = tables.read_file(file.name or "", file.read())
            elif pasted.strip():
                found = tables.read_text(pasted)
            else:
                raise tables.Refused(_("Choose a file, or paste the list."))
            sheet = read(found, [row.request.workplace for row in rows], self.periods)
        except tables.Refused as refused:
            self.add_error(at, str(refused))
            return None
        if not sheet.errors:
            for row in rows:
                for period in self.periods:
                    places = sheet.places.get((row.request.workplace_id, period.pk))
                    if places is not None:
                        row.fill(period, places)
        return sheet
