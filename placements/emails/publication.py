"""Mails about published places: they say that there is news, and link to it behind the sign-in."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import outbox
from accounts.models import OutboxMessage
from accounts.outbox import Letter
from placements.emails.letters import for_need, letter
from placements.models import Candidate, Contact, MatchingRun, Placement, Round, Workplace
from placements.outgoing import KINDS


def to_student(kind: str, candidate: Candidate) -> Letter:
    """What a student is told about her place."""
    about = {"round": for_need(candidate.round.name, candidate)}
    subject, text, action = {
        "student_placed": (
            _("Your practice place is ready"),
            _("You have got a practice place in %(round)s. Sign in to see where and when, and why.")
            % about,
            _("See your place"),
        ),
        "student_moved": (
            _("Your practice place has changed"),
            _("You have got another practice place in %(round)s. Sign in to see where and when.")
            % about,
            _("See your place"),
        ),
        "student_waiting": (
            _("You do not have a practice place yet"),
            _(
                "There were not places enough for everybody in %(round)s, and you do not have one yet."
                " Your school is looking for one. You do not have to do anything."
            )
            % about,
            _("See how it stands"),
        ),
        "student_withdrawn": (
            _("Your practice place has been withdrawn"),
            _(
                "Your practice place in %(round)s is withdrawn. Your school will tell you what happens."
            )
            % about,
            _("See how it stands"),
        ),
    }[kind]
    return letter(
        candidate.student.given_name,
        for_need(subject, candidate),
        text,
        link=reverse("my_practice"),
        action=action,
    )


def to_workplace(contact: Contact, round: Round, coming: int) -> Letter:
    """What a contact is told: how many come, never who."""
    about = {"workplace": contact.workplace.name, "round": round.name}
    news = (
        ngettext(
            "%(count)d student is coming to %(workplace)s in %(round)s.",
            "%(count)d students are coming to %(workplace)s in %(round)s.",
            coming,
        )
        if coming
        else _("As it stands, no students are coming to %(workplace)s in %(round)s.")
    )
    until = round.students_wait_until
    waits = _(
        "Students are told on %(day)s. Answer before then if you can: nothing is settled yet."
    )
    return letter(
        contact.name,
        _("Students in practice: %(workplace)s") % about,
        news % {**about, "count": coming},
        *([waits % {"day": date_format(timezone.localtime(until), "j. F")}] if until else []),
        _("Sign in to see who, when, and whom to call at the school."),
        link=reverse("my_students"),
        action=_("See who is coming"),
    )


def coming_to(contact: Contact, round: Round) -> int:
    """How many are placed at what the contact answers for."""
    here = contact.workplace_id
    units = Workplace.objects.filter(pk=here) | Workplace.objects.filter(parent=here)
    units |= Workplace.objects.filter(parent__parent=here)
    placed = Placement.objects.for_round(round).occupying()
    return placed.filter(slot__workplace__in=units.values("pk")).count()


def _write_to_student(message: OutboxMessage) -> Letter | None:
    """None if she has left or is handled by hand now, or if the news is not true any more."""
    candidate = (
        Candidate.objects.taking_part()
        .select_related("student", "round")
        .filter(pk=message.subject_id)
        .first()
    )
    leaves = message.kind == "student_withdrawn"
    if candidate is None and leaves:
        # She may have left the round with the place; she is told all the same.
        candidate = Candidate.objects.filter(
            pk=message.subject_id, student__manual_handling=False
        ).first()
    if candidate is None or candidate.student.left_at is not None:
        return None
    placed = candidate.placements.occupying().exists()
    expected = message.kind in ("student_placed", "student_moved")
    return to_student(message.kind, candidate) if placed == expected else None


for _kind in ("student_placed", "student_moved", "student_waiting", "student_withdrawn"):
    outbox.writes(_kind, KINDS[_kind])(_write_to_student)


@outbox.writes("workplace_students", KINDS["workplace_students"])
def _write_to_workplace(message: OutboxMessage) -> Letter | None:
    contact = (
        Contact.objects.current().select_related("workplace").filter(pk=message.subject_id).first()
    )
    round = _round_of(message.publication)
    if contact is None or round is None or contact.email.lower() != message.recipient:
        return None
    return to_workplace(contact, round, coming_to(contact, round))


def _round_of(publication: str) -> Round | None:
    """The round of the published run, or of the placement that was changed by hand."""
    pk = UUID(publication.partition("/")[0])
    return (
        Round.objects.filter(pk__in=MatchingRun.objects.filter(pk=pk).values("round"))
        | Round.objects.filter(pk__in=Placement.objects.filter(pk=pk).values("round"))
    ).first()
