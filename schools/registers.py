"""Looks up what people write in lists: municipalities, programme areas, languages, phone numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from schools.models import County, Municipality, Programme
from schools.models.schools import reach

_LANGUAGES = {
    "nb": "nb", "bokmål": "nb", "bm": "nb", "nbo": "nb", "norsk bokmål": "nb", "norsk": "nb",
    "nn": "nn", "nynorsk": "nn", "ny": "nn", "nno": "nn", "norsk nynorsk": "nn",
    "en": "en", "engelsk": "en", "english": "en", "eng": "en",
}  # fmt: skip

LookUp = Callable[[str], str]


class Unknown(ValueError):
    """What was written stands for nothing we know; the text says how to write it."""


def counties_of(user: User) -> models.QuerySet[County]:
    """The counties a coordinator works in: her schools', and those she coordinates."""
    counties: models.QuerySet[County] = County.objects.filter(pk__in=reach(user).counties)
    return counties


class Municipalities:
    """Today's municipalities, by number, Norwegian name or other official name."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.by_name: dict[str, list[Municipality]] = defaultdict(list)
        self.by_number: dict[str, Municipality] = {}
        for place in Municipality.objects.current(timezone.localdate()).select_related("county"):
            self.by_number[place.number] = place
            for name in {place.name.casefold(), place.other_name.casefold()} - {""}:
                self.by_name[name].append(place)

    def find(self, text: str) -> Municipality:
        if re.fullmatch(r"\d{3,4}", text):
            found = self.by_number.get(text.zfill(4))
            if found is None:
                raise Unknown(
                    _(
                        "“%(text)s” is no municipality number. Postal codes cannot be used here: write"
                        " the name of the municipality."
                    )
                    % {"text": text}
                )
            return found
        name = re.sub(r"\s+(kommune|herad)$", "", text.casefold())
        places = self.by_name.get(name, [])
        near = [place for place in places if place.county_id == self.county.pk]
        if len(near or places) == 1:
            return (near or places)[0]
        if places:
            raise Unknown(
                _("There are several municipalities called “%(text)s”. Write the number instead.")
                % {"text": text}
            )
        raise Unknown(
            _(
                "We know no municipality called “%(text)s”. Write its name as on the map, or its"
                " four-digit number."
            )
            % {"text": text}
        )


class Programmes:
    """Programme areas by code (the first six characters), by name, or guessed from a class's name."""

    def __init__(self, programmes: Iterable[Programme] | None = None) -> None:
        self.all = list(programmes or Programme.objects.all())

    def find(self, text: str) -> Programme:
        code = re.sub(r"\s", "", text.upper())
        for programme in self.all:
            if len(code) >= 6 and code[:6] == programme.family:
                return programme
        wanted = text.casefold()
        named = [
            programme
            for programme in self.all
            if any(
                name and name.casefold() in wanted
                for name in (programme.name_nb, programme.name_nn, programme.name_en)
            )
        ]
        if len(named) == 1:
            return named[0]
        raise Unknown(
            _("We know no programme area “%(text)s”. Write its code, such as %(example)s.")
            % {"text": text, "example": self.all[-1].code if self.all else "HSHSE3----"}
        )

    def of_class(self, name: str) -> Programme:
        """3HSA: third year, and HS as in HSHSE3."""
        match = re.match(r"(?:VG)?([123])\s*([A-ZÆØÅ]+)", name)
        found = [
            programme
            for programme in self.all
            if match
            and programme.year == int(match[1])
            and programme.code[2:5].startswith(match[2][:2])
        ]
        families = {programme.family for programme in found}
        if len(families) == 1:
            return min(found, key=lambda programme: programme.code)
        raise Unknown(
            _(
                "We cannot tell which programme area the new class %(name)s belongs to. Add a column"
                " “Programme area”, or choose one for new classes."
            )
            % {"name": name}
        )


def language(text: str) -> str:
    found = _LANGUAGES.get(text.casefold())
    if found is None:
        raise Unknown(_("“%(text)s” is no language here. Write nb, nn or en.") % {"text": text})
    return found


def phone(text: str) -> str:
    """A phone number as people read it: `412 34 567` or with its country code."""
    digits = re.sub(r"[^\d+]", "", re.sub(r"^00", "+", text))
    if digits.startswith("+47"):
        digits = digits[3:]
    elif len(digits) == 10 and digits.startswith("47"):
        digits = digits[2:]
    if re.search(r"[^\d\s+().\-/]", text) or not re.fullmatch(r"\d{8}|\+\d{7,15}", digits):
        raise Unknown(
            _("“%(text)s” is no phone number. Write eight digits, or + and the country code.")
            % {"text": text}
        )
    return digits if digits.startswith("+") else " ".join(re.findall("..", digits))
