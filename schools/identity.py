"""Refuses national identity numbers (fødselsnummer and D-numbers) wherever people type."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.no import fodselsnummer

_ELEVEN = re.compile(r"(?<!\d)\d{6}[ .\-]?\d{5}(?!\d)")


def holds_identity_number(text: str) -> bool:
    """Whether the text holds eleven digits that pass the check digits of an identity number."""
    return any(
        fodselsnummer.is_valid(re.sub(r"\D", "", found))
        for found in _ELEVEN.findall(str(text or ""))
    )


def validate_no_identity_number(text: str) -> None:
    """Refuse free text that holds one. The message never repeats it."""
    if holds_identity_number(text):
        raise ValidationError(_("National identity numbers must not be stored here."))
