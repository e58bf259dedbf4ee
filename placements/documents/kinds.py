"""Which documents there are: what each is for, who may have it, and its words until somebody edits them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Side(StrEnum):
    """What a reader is to a placement."""

    STUDENT = "student"
    WORKPLACE = "workplace"
    SCHOOL = "school"


@dataclass(frozen=True)
class Kind:
    """One kind of document. `recipient` decides on its language; `text` is its default, to be edited."""

    code: str
    title: Promise
    about: Promise
    template: str
    recipient: Side
    readers: frozenset[Side]
    text: Promise
    names_student: bool = True  # in its title and its file's name


EVERYBODY = frozenset(Side)

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "letter",
            _("Practice letter"),
            _("To the student: where, when, whom to ask for."),
            "documents/letter.html",
            Side.STUDENT,
            frozenset({Side.STUDENT, Side.SCHOOL}),
            _(
                "Hi {student}!\n\n"
                "You have a practice place at {workplace}. You are there {period}, {weekdays} {hours}.\n\n"
                "Bring this letter on the first day. If you are ill or something comes up, call the"
                " workplace before you should have started, and tell the school.\n\n"
                "We wish you a good time in practice!"
            ),
        ),
        Kind(
            "agreement",
            _("Practice agreement"),
            _("Between the student, the workplace and the school: what each undertakes."),
            "documents/agreement.html",
            Side.STUDENT,
            EVERYBODY,
            _(
                "This agreement is about practice for {student}, {school_class} at {school}, at"
                " {workplace}, {period}.\n\n"
                "The student keeps confidentiality, also after the practice, follows the workplace's rules"
                " and routines, comes on time, and tells workplace and school about absence.\n\n"
                "The workplace gives the student work that fits the curriculum, a supervisor, training in"
                " safety and routines, and tells the school early if something does not go well.\n\n"
                "The school prepares the student, keeps in touch during the practice, and is responsible"
                " for the assessment. The student remains a pupil of the school and is insured through"
                " it.\n\n"
                "Each party can end the agreement after talking with the two others."
            ),
        ),
        Kind(
            "police",
            _("Confirmation of purpose, police certificate"),
            _("The workplace signs it; the student sends it with her application to the police."),
            "documents/police.html",
            Side.STUDENT,
            EVERYBODY,
            _(
                "We confirm that {student} is to have practice at {workplace}, {period}, as part of the"
                " education at {school}, and that we require a police certificate for this practice.\n\n"
                "The student shows the certificate to the workplace and keeps it. It is not to be sent to"
                " the school."
            ),
        ),
        Kind(
            "attendance",
            _("Attendance sheet"),
            _("To the workplace: one line for each practice day."),
            "documents/attendance.html",
            Side.WORKPLACE,
            EVERYBODY,
            _(
                "Tick off each day. Write hours for part of a day. Do not write why somebody was absent.\n\n"
                "Give the sheet to the student on the last day, or send it to {school_contact} at"
                " {school}."
            ),
        ),
        Kind(
            "evaluation",
            _("Evaluation of the practice"),
            _("To the supervisor: what went well, and what to practise more."),
            "documents/evaluation.html",
            Side.WORKPLACE,
            frozenset({Side.WORKPLACE, Side.SCHOOL}),
            _(
                "Fill in the form together with {student} towards the end of the practice. It helps the"
                " student on, and is one of several things the school builds its assessment on.\n\n"
                "Do not write about health, or about patients."
            ),
        ),
        Kind(
            "hours",
            _("Hours report"),
            _("Days and hours in practice, week by week, from the attendance that is noted."),
            "documents/hours.html",
            Side.WORKPLACE,
            EVERYBODY,
            _("{student}, {school_class} at {school}, has been in practice at {workplace}."),
        ),
        Kind(
            "thanks",
            _("Thank-you certificate"),
            _(
                "To the workplace and its supervisors. It names no student, so it can hang on a wall."
            ),
            "documents/thanks.html",
            Side.WORKPLACE,
            frozenset({Side.WORKPLACE, Side.SCHOOL}),
            _(
                "{school} thanks {workplace}, and everybody there who has shared her work and her time"
                " with a student in practice.\n\n"
                "What is learned with you cannot be learned in a classroom. You help to give the health"
                " services the colleagues they will need."
            ),
            names_student=False,
        ),
    )
}


def kinds_for(side: Side) -> list[Kind]:
    """What somebody on that side of a placement may have."""
    return [kind for kind in KINDS.values() if side in kind.readers]
