"""The words of a document, with safe placeholders: `{student}` is looked up in a table, never run.

Nothing but the names below is filled in, in one pass, so a name that itself holds braces stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACEHOLDERS: dict[str, Promise] = {
    "student": _("the student's name"),
    "school_class": _("the class"),
    "school": _("the school"),
    "workplace": _("the workplace"),
    "address": _("the workplace's address"),
    "period": _("weeks and dates"),
    "weekdays": _("the weekdays"),
    "hours": _("from and to"),
    "days": _("the number of practice days"),
    "contact": _("the contact at the workplace"),
    "school_contact": _("the contact at the school"),
    "school_phone": _("the school contact's phone"),
    "round": _("the round's name"),
}

_BRACES = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> list[str]:
    """The names in braces that stand for nothing, as they are written, each once."""
    return list(dict.fromkeys(n for n in _BRACES.findall(text) if n not in PLACEHOLDERS))


def fill(text: str, values: Mapping[str, str]) -> list[str]:
    """The paragraphs, with every known name in braces replaced."""
    filled = _BRACES.sub(lambda m: values.get(m[1], m[0]), text.replace("\r\n", "\n"))
    return [part.strip() for part in re.split(r"\n\s*\n", filled) if part.strip()]
