"""Reading a list in: where it comes from, and which of its columns is which."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from schools import tables
from schools.columns import Column, guess, header_row, plain
from schools.models import County, Import, Programme, School
from schools.registers import counties_of


def school_years() -> list[tuple[int, str]]:
    """The current school year first, then the next; it turns in July."""
    today = timezone.localdate()
    first = today.year if today.month >= 7 else today.year - 1
    return [(year, f"{year}/{(year + 1) % 100:02d}") for year in (first, first + 1)]


class ScopeForm(forms.Form):
    """Whose list it is. What the user has only one of is not asked for."""

    school = forms.ModelChoiceField(School.objects.none(), label=gettext_lazy("School"))
    county = forms.ModelChoiceField(County.objects.none(), label=gettext_lazy("County"))
    school_year = forms.TypedChoiceField(label=gettext_lazy("School year"), coerce=int)

    def __init__(self, *args: Any, kind: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == Import.Kind.STUDENTS:
            del self.fields["county"]
            year = cast("forms.TypedChoiceField", self.fields["school_year"])
            year.choices = school_years()
            self._only("school", School.objects.visible_to(user).select_related("county"))
        else:
            del self.fields["school"], self.fields["school_year"]
            self._only("county", counties_of(user))

    def _only(self, name: str, queryset: Any) -> None:
        field = cast("forms.ModelChoiceField[Any]", self.fields[name])
        field.queryset = queryset
        owners = list(queryset[:2])
        if len(owners) == 1:
            field.initial = owners[0].pk
            field.widget = forms.HiddenInput()

    def scope(self) -> dict[str, Any]:
        """School, county and year as the action wants them."""
        school = self.cleaned_data.get("school")
        return {
            "kind": self.kind,
            "school": school,
            "county": school.county if school else self.cleaned_data["county"],
            "school_year": self.cleaned_data.get("school_year"),
        }


class SheetForm(forms.Form):
    """A file with a table, or cells pasted from a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("Excel (.xlsx) or CSV, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste from Excel"),
        required=False,
        help_text=gettext_lazy("Mark the cells with their headers, copy, and paste them here."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        strip=False,
    )


class ListForm(SheetForm):
    """A file, or cells pasted from a spreadsheet. `rows` is what was in it."""

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        self.rows: list[tables.Row] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        file, pasted = data.get("file"), data.get("pasted") or ""
        try:
            if self.too_large:
                raise tables.Refused(_("The file is larger than 5 MB."))
            if isinstance(file, UploadedFile):
                self.rows = tables.read_file(file.name or "", file.read())
            elif pasted.strip():
                self.rows = tables.read_text(pasted)
            else:
                raise tables.Refused(_("Choose a file, or paste the list."))
        except tables.Refused as refused:
            self.add_error("pasted" if pasted and not file else "file", str(refused))
        return data


class SourceForm(ScopeForm, ListForm):
    """The list, and whose it is."""

    field_order = ("school", "county", "school_year", "file", "pasted")


class ColumnsForm(ScopeForm):
    """Which column is which. The list itself rides along, hidden: until it is confirmed what the
    columns are, nothing of it is stored.
    """

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)
    programme = forms.ModelChoiceField(
        Programme.objects.all(),
        label=gettext_lazy("Programme area of new classes"),
        required=False,
        empty_label=gettext_lazy("Tell from the class's name (3HSA, 2HEA...)"),
    )
    default_municipality = forms.BooleanField(
        label=gettext_lazy("Use the school's municipality for students without one"),
        required=False,
        help_text=gettext_lazy("Travel times are reckoned from where the student lives."),
    )
    whole_register = forms.BooleanField(
        label=gettext_lazy("The list is the whole register of the county"),
        required=False,
        help_text=gettext_lazy("Workplaces that are not in it are put out of use."),
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Column],
        found: Sequence[tables.Row] = (),
        remembered: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("school", "county", "school_year"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        students = self.kind == Import.Kind.STUDENTS
        for name in ["whole_register"] if students else ["programme", "default_municipality"]:
            del self.fields[name]
        self.columns = columns
        self.table = list(found) or self._carried()
        self.header = header_row(self.table, columns) if self.table else 0
        self.headers = self.table[self.header].cells if self.table else []
        self.row_count = sum(r.cells != self.headers for r in self.table[self.header :])
        if not self.is_bound:
            self.initial["rows"] = json.dumps(
                [[row.number, row.cells] for row in self.table], ensure_ascii=False
            )
        guessed = guess(self.headers, columns, remembered or {})
        for column in columns:
            self.fields[f"column_{column.key}"] = forms.TypedChoiceField(
                label=column.label,
                help_text=column.help,
                required=column.required,
                error_messages={"required": _("Choose a column: we cannot do without.")},
                coerce=int,
                empty_value=None,
                choices=[("", _("Not in the list")), *self._choices()],
                initial=guessed.get(column.key, ""),
            )
        options = [name for name in self.fields if not name.startswith("column_")]
        self.order_fields([name for name in self.fields if name not in options] + options)

    def _choices(self) -> list[tuple[int, str]]:
        below = self.table[self.header + 1 : self.header + 4]
        choices = []
        for at, header in enumerate(self.headers):
            example = next((r.cells[at] for r in below if at < len(r.cells) and r.cells[at]), "")
            name = header or _("column %(number)d") % {"number": at + 1}
            choices.append((at, f"{name[:60]} – {example[:40]}" if example else name[:60]))
        return choices

    def _carried(self) -> list[tables.Row]:
        """The rows as the browser sends them back: checked again, for it may send anything."""
        try:
            sent = json.loads(self.data.get("rows", ""))
            rows = [tables.Row(int(number), [str(c) for c in cells]) for number, cells in sent]
            return tables.check(rows)
        except (ValueError, TypeError, OverflowError, RecursionError, tables.Refused):
            return []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.table:
            raise forms.ValidationError(_("The list was lost on the way. Read it in again."))
        places = self.places()
        used: dict[int, str] = {}
        for key, at in places.items():
            if at in used:
                self.add_error(f"column_{key}", _("This column is already chosen above."))
            used[at] = key
        self._require_name(places)
        postal = places.get("municipality")
        if postal is not None and plain(self.headers[postal]).startswith(("postnr", "postnummer")):
            self.add_error(
                "column_municipality",
                _("Postal codes cannot be used for municipality. Choose another column, or none."),
            )
        return data

    def _require_name(self, places: Mapping[str, int]) -> None:
        if self.kind == Import.Kind.STUDENTS and "name" not in places:
            for key in ("given_name", "family_name"):
                if key not in places:
                    self.add_error(
                        f"column_{key}", _("Choose a column, or one with the full name.")
                    )

    def places(self) -> dict[str, int]:
        """Column key -> position in the list."""
        return {
            column.key: at
            for column in self.columns
            if (at := self.cleaned_data.get(f"column_{column.key}")) is not None
        }

    def options(self) -> dict[str, Any]:
        programme = self.cleaned_data.get("programme")
        return {
            "programme": str(programme.pk) if programme else "",
            "default_municipality": bool(self.cleaned_data.get("default_municipality")),
            "whole_register": bool(self.cleaned_data.get("whole_register")),
        }
