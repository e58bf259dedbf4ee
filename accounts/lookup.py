"""A choice among many: all of them in a select while they are few, else those that are called as one writes.

Of thousands a select is no help, and weighs as much as all else on the page. So there a word is written,
and those found stand below it to choose among; if there is one alone, it is chosen. It needs no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import untrusted

MOST = 100  # in a select
FOUND = 25  # of each kind, when searched for
WORDS = 5


@dataclass(frozen=True)
class Among:
    """Rows that may be chosen, by what they are found, and what each is called."""

    rows: QuerySet[Any]
    by: tuple[str, ...] = ("name",)
    called: Callable[[Any], str] = str
    heading: str = ""

    def search(self, words: str) -> QuerySet[Any]:
        found = self.rows
        for word in words.split()[:WORDS]:
            any_of = Q()
            for path in self.by:
                any_of |= Q((f"{path}__icontains", word))
            found = found.filter(any_of)
        return found

    def options(self, rows: Sequence[Any]) -> list[Any]:
        own = [(str(row.pk), self.called(row)) for row in rows]
        return [(self.heading, own)] if self.heading and own else own


class Said(NamedTuple):
    """What was chosen, and the words that were written to find it."""

    chosen: str
    words: str


class SearchWidget(forms.Widget):
    """The search field, and below it what was found, or what is chosen already."""

    options: Sequence[Any] = ()
    called: str = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Said:
        return Said(data.get(name) or "", untrusted.words(data.get(f"{name}_words") or ""))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_words" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        said: Said = value or Said("", "")
        own = self.build_attrs(self.attrs, attrs)
        if self.options:
            own.pop("required", None)
        search = {"type": "search", "name": f"{name}_words", "value": said.words, **own}
        if not self.options:
            return format_html("<input{}>", flatatt(search))
        named = _("%(field)s: those found") % {"field": self.called}
        found = forms.Select(
            {"class": own.get("class", ""), "aria-label": named},
            choices=[("", _("Choose")), *self.options],
        )
        return format_html(
            "<input{}>{}", flatatt(search), found.render(name, said.chosen, {}, renderer)
        )


class Lookup(forms.Field):
    """Of what is offered, the row that is chosen: `field.offer(Among(rows))` in the form's `__init__`."""

    default_error_messages = {  # Django's own way
        "invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"],
        "none": gettext_lazy("We find nothing called “%(words)s”."),
        "several": gettext_lazy("There are several. Choose one of those found, or write more."),
    }

    def __init__(self, *, empty_label: Any = None, **kwargs: Any) -> None:
        super().__init__(widget=forms.Select(), **kwargs)
        self.empty_label = empty_label
        self.among: Sequence[Among] = ()

    def offer(self, *among: Among) -> None:
        self.among = among
        there = [list(some.rows[: MOST + 1]) for some in among]
        if sum(map(len, there)) <= MOST:
            nothing = _("Choose") if self.empty_label is None else self.empty_label
            choices = [("", nothing), *self._options(there)]
            self.widget = forms.Select({**self.widget.attrs}, choices=choices)
            self.widget.is_required = self.required
            return
        self.widget = SearchWidget({**self.widget.attrs})
        self.widget.is_required = self.required
        self.widget.called = str(self.label or "")
        how = _("Write some of the name. Those found are then here to choose among.")
        self.help_text = " ".join(filter(None, [str(self.help_text), how]))

    def _options(self, there: Sequence[Sequence[Any]]) -> Iterator[Any]:
        for some, rows in zip(self.among, there, strict=True):
            yield from some.options(rows)

    def prepare_value(self, value: Any) -> Any:
        """What is chosen to begin with, by its key or itself."""
        if isinstance(value, Said):
            return value
        value = getattr(value, "pk", value)
        if not isinstance(self.widget, SearchWidget):
            return value
        chosen = str(value or "")
        if chosen and not self.widget.options:
            self.widget.options = list(
                self._options([self._one(some, chosen) for some in self.among])
            )
        return Said(chosen, "")

    def clean(self, value: Any) -> Any:
        said = value if isinstance(value, Said) else Said(str(value or ""), "")
        there = [self._one(some, said.chosen) for some in self.among]
        if said.chosen and not any(there) and not said.words:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        if said.words and not any(self._fits(said)):
            there = [list(some.search(said.words)[: FOUND + 1]) for some in self.among]
        rows = [row for some in there for row in some]
        if isinstance(self.widget, SearchWidget):
            self.widget.options = list(self._options([some[:FOUND] for some in there]))
        if said.words and not rows:
            raise ValidationError(self.error_messages["none"], "none", {"words": said.words[:60]})
        if len(rows) > 1:
            raise ValidationError(self.error_messages["several"], "several")
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"], "required")
        return rows[0] if rows else None

    def _fits(self, said: Said) -> Iterator[bool]:
        """Whether what is chosen is among what the words find: else they are newer than the choice."""
        for some in self.among:
            if pk := untrusted.identity(said.chosen):
                yield some.search(said.words).filter(pk=pk).exists()

    def _one(self, some: Among, chosen: str) -> list[Any]:
        pk = untrusted.identity(chosen)
        return list(some.rows.filter(pk=pk)[:1]) if pk else []

    def has_changed(self, initial: Any, data: Any) -> bool:
        now = data if isinstance(data, Said) else Said(str(data or ""), "")
        before = str(getattr(initial, "pk", initial) or "")
        return now.chosen != before or bool(now.words)
