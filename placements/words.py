"""The words of the pages, each said in a sentence: the glossary that users read.

The same names as docs/glossary.md, which says what the code calls them; a test holds the two together.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Word(NamedTuple):
    term: Promise
    meaning: Promise


WORDS = (
    Word(
        pgettext_lazy("word", "practice place"),
        _("A place for one student at a workplace in a period."),
    ),
    Word(
        pgettext_lazy("word", "workplace"),
        _("A unit that receives students: a doctor's office, or a ward or clinic of a hospital."),
    ),
    Word(pgettext_lazy("word", "contact"), _("Who answers for a workplace.")),
    Word(pgettext_lazy("word", "supervisor"), _("Who follows the student at the workplace.")),
    Word(
        pgettext_lazy("word", "requirement"),
        _(
            "What a workplace wants to be ready before a student comes, such as a duty of secrecy signed."
        ),
    ),
    Word(
        pgettext_lazy("word", "clearance"),
        _("Where one student stands with one requirement: a status, a date, and who saw it."),
    ),
    Word(pgettext_lazy("word", "learning area"), _("What one can learn at a workplace.")),
    Word(
        pgettext_lazy("word", "conflict of interest"),
        _("The student must not be at this workplace. Why is not written down."),
    ),
    Word(
        pgettext_lazy("word", "round"),
        _("One allocation from draft to closed: students, places, wishes, proposal, publishing."),
    ),
    Word(
        pgettext_lazy("word", "period"),
        _("The weeks of practice in a round, with weekdays and hours."),
    ),
    Word(
        pgettext_lazy("word", "question about capacity"),
        _("What a workplace is asked in a round: how many students can you take? And its answer."),
    ),
    Word(
        pgettext_lazy("word", "quota"),
        _("Places that are kept for a school, or the most it may have somewhere."),
    ),
    Word(
        pgettext_lazy("word", "group"), _("A workplace takes at least so many students, or nobody.")
    ),
    Word(pgettext_lazy("word", "pair"), _("Two students who are to be together, or apart.")),
    Word(pgettext_lazy("word", "participant"), _("A student in a round.")),
    Word(
        pgettext_lazy("word", "wish"),
        _("A workplace that a student would like, with its number on her list."),
    ),
    Word(
        pgettext_lazy("word", "proposal"),
        _("What one run of the matching comes to. It can be looked at, compared and thrown away."),
    ),
    Word(
        pgettext_lazy("word", "drawing of lots"),
        _(
            "Decides where all else is equal. Sealed before the deadline, so that nobody can choose it."
        ),
    ),
    Word(
        pgettext_lazy("word", "proposed place"),
        _("Where a proposal would put a student. Nobody is told."),
    ),
    Word(pgettext_lazy("word", "assigned place"), _("What has been decided and published.")),
    Word(pgettext_lazy("word", "pinned"), _("Decided by a person. The matching keeps it.")),
    Word(
        pgettext_lazy("word", "time of practice"),
        _(
            "The days that a student is there: all of the period, unless she came late or it was broken off."
        ),
    ),
    Word(
        pgettext_lazy("word", "attendance"), _("Whether she was there, day by day. Never why not.")
    ),
    Word(
        pgettext_lazy("word", "notice of absence"),
        _("The student says that she does not come that day."),
    ),
    Word(
        pgettext_lazy("word", "practice agreement"),
        _("What student, workplace and school agree on. Each of the three presses once."),
    ),
    Word(pgettext_lazy("word", "visit"), _("The school has looked in, or called.")),
    Word(
        pgettext_lazy("word", "feedback"),
        _("What the workplace says of the student, on five scales and in a sentence."),
    ),
    Word(
        pgettext_lazy("word", "evaluation of the stay"),
        _("What the student says of the practice, in four answers."),
    ),
    Word(
        pgettext_lazy("word", "calendar address"),
        _("A secret address that keeps the practice in your calendar up to date."),
    ),
    Word(
        pgettext_lazy("word", "offer"),
        _("A workplace offers places by itself; a coordinator confirms or declines it."),
    ),
    Word(
        pgettext_lazy("word", "swap"),
        _("Two students who both want each other's place. A coordinator decides."),
    ),
)
