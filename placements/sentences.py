"""What the engine says, with names in the place of ids: for coordinators, who may know them."""

from __future__ import annotations

import re
from uuid import UUID

from django.utils.translation import gettext as _

from placements.models import Candidate, Round, Slot
from placements.templatetags.weeks import week_numbers
from schools.models import School, Student

_ID = re.compile(r'"?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"?')


def named(text: str, round: Round) -> str:
    """The text with everything of the round called by its name."""
    ids = {UUID(found) for found in _ID.findall(text)}
    if not ids:
        return text
    people = Candidate.objects.for_round(round).taking_part().filter(pk__in=ids)
    places = Slot.objects.filter(round=round, pk__in=ids).select_related("workplace", "period")
    here = Candidate.objects.for_round(round).taking_part()
    names = {
        **{one.pk: one.name for one in School.objects.filter(pk__in=ids)},
        **{
            one.pk: one.name
            for one in Student.objects.filter(pk__in=ids, candidates__in=here).distinct()
        },
        **{one.pk: one.name for one in people.named()},
        **{one.pk: f"{one.workplace.name} ({week_numbers(one.period)})" for one in places},
    }
    return _ID.sub(lambda found: names.get(UUID(found[1]), found[0]), text)


_TOGETHER = re.compile(r"(?P<one>.+) and (?P<other>.+) together")
_APART = re.compile(r"(?P<one>.+) and (?P<other>.+) apart")
_NEEDS = re.compile(r"(?P<one>.+) and .+, needs of one person")
_GROUP = re.compile(r"(?P<place>.+) with at least (?P<least>\d+) or nobody")
_QUOTA = re.compile(
    r"the quota of (?:at least (?P<least>\d+))?(?: and )?(?:at most (?P<most>\d+))?"
    r"(?: of (?P<school>\".+?\"))? at (?P<places>.+?)(?: and (?P<more>\d+) more)?"
)


def rule(text: str, round: Round) -> str:
    """A rule that the engine names, in the reader's words."""
    words = {
        _TOGETHER: _("%(one)s and %(other)s together"),
        _APART: _("%(one)s and %(other)s apart"),
        _NEEDS: _("two practices of %(one)s at different workplaces and times"),
        _GROUP: _("%(place)s takes at least %(least)s or nobody"),
        _QUOTA: _("quota for %(places)s: %(number)s"),
    }
    for pattern, sentence in words.items():
        if found := pattern.fullmatch(text):
            said = {**found.groupdict(), **(_quota(found) if pattern is _QUOTA else {})}
            return named(sentence % said, round)
    return named(text, round)


def _quota(found: re.Match[str]) -> dict[str, str]:
    """How many, of whom, and at how many places more than are named."""
    each = found.groupdict()
    if each["least"] and each["most"]:
        number = _("from %(least)s to %(most)s") % each
    else:
        number = (_("at least %(least)s") if each["least"] else _("at most %(most)s")) % each
    if each["school"]:
        number = _("%(number)s from %(school)s") % {**each, "number": number}
    places = _("%(places)s and %(more)s more") % each if each["more"] else each["places"]
    return {"number": number, "places": places}
