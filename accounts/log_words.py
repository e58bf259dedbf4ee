"""What the logs keep as a code, in words: kinds of things."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst


def thing(label: str) -> str:
    """What a model is called, by the label that a log holds of it."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except (LookupError, ValueError):
        return label


def in_words(
    field: str, title: Promise, word: Callable[[str], str]
) -> type[admin.SimpleListFilter]:
    """A filter on a field of codes that shows them in words."""

    class InWords(admin.SimpleListFilter):
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> Iterator[tuple[str, str]]:
            codes = model_admin.model.objects.order_by(field).values_list(field, flat=True)
            yield from sorted(((code, word(code)) for code in codes.distinct()), key=lambda x: x[1])

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    InWords.title = title  # type: ignore[assignment]  # Django translates it late, too
    return InWords
