"""What every row is made of: a name nobody can guess, and text in each language."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Record(models.Model):
    """A row whose public name cannot be guessed: the base of everything that has an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802  # Django's name
        """As Django's, which makes a dictionary of all choices anew for every row."""
        if "labels" not in field.__dict__:
            field.labels = dict(field.flatchoices)
        value = getattr(self, field.attname)
        return force_str(field.labels.get(value, value), strings_only=True)


class Translated(models.Model):
    """Register text kept in each language, because an administrator edits it."""

    name_nb = models.CharField(_("name (bokmål)"), max_length=120)
    name_nn = models.CharField(_("name (nynorsk)"), max_length=120, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, else in bokmål."""
        chosen: str = getattr(self, f"name_{(get_language() or 'nb')[:2]}", "")
        return chosen or self.name_nb


class Language(models.TextChoices):
    BOKMAL = "nb", _("Bokmål")
    NYNORSK = "nn", _("Nynorsk")
    ENGLISH = "en", _("English")
