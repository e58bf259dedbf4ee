"""What was done to a student, in her words: the audit keeps it as a verb's code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: dict[str, Promise] = {
    "agreement.reminded": _("Reminded of the practice agreement"),
    "candidate.need_added": _("You were to have one more practice in the round"),
    "candidate.need_removed": _("You were not to have that second practice after all"),
    "candidate.pinned": _("A coordinator pinned you to a place"),
    "candidate.unpinned": _("A coordinator undid the pinning"),
    "clearance.tick": _("Written down that something is ready, or not"),
    "placement.accepted": _("The workplace said yes"),
    "placement.added": _("You got a place"),
    "placement.declined": _("The workplace could not take you"),
    "placement.moved": _("You were moved to another place"),
    "placement.withdrawn": _("The place was withdrawn"),
    "student.handle_manually": _("Handled manually from now on"),
    "wishes.changed": _("The wishes were changed"),
    "wishes.needs_changed": _("What you need was changed"),
    "wishes.sent": _("The wishes were sent"),
}


def said(verb: str) -> str:
    return str(DEEDS.get(verb, verb))
