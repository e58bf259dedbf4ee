"""Mails about wishes and declined students: true when they are sent, and no names of others."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone, translation

from accounts import outbox
from accounts.models import OutboxMessage
from placements.actions import answers, preferences
from placements.models import Candidate, Round
from placements.models.placements import EndReason
from tests.cast import make_world


@pytest.fixture
def open_world(db):
    return make_world("Vaarvik", "open")


def sent():
    outbox.deliver_due()
    return mail.outbox


def test_the_announcement_names_the_round_the_deadline_and_her_page(open_world):
    preferences.announce(open_world.round)
    letters = {letter.to[0]: letter for letter in sent()}
    letter = letters[open_world.student.email]
    assert letter.subject == "Hvor vil du helst ha praksis?"
    assert open_world.round.name in letter.body
    assert f"/candidates/{open_world.candidate.pk}/wishes/" in letter.body
    assert f"{timezone.localtime(open_world.round.wishes_deadline):%H.%M}" in letter.body


def test_the_reminder_says_whether_something_is_saved(open_world):
    Candidate.objects.filter(pk=open_world.candidate.pk).update(wishes_state="draft")
    preferences.remind(
        open_world.round, Candidate.objects.all(), by=open_world.coordinator, at=timezone.now()
    )
    by_person = {letter.to[0]: letter.body for letter in sent()}
    assert "lagret, men ikke sendt" in by_person[open_world.student.email]
    assert "ikke valgt" in by_person[open_world.waiting.student.email]


@pytest.mark.parametrize("what", ["sent", "deadline", "hidden", "withdrawn"])
def test_a_reminder_that_is_not_true_any_more_is_dropped(open_world, what):
    preferences.announce(open_world.round)
    mine = Candidate.objects.filter(pk=open_world.candidate.pk)
    if what == "sent":
        mine.update(wishes_state="sent", wishes_sent_at=timezone.now())
    elif what == "deadline":
        Round.objects.update(wishes_deadline=timezone.now() - dt.timedelta(hours=1))
    elif what == "hidden":
        type(open_world.candidate.student).objects.filter(
            pk=open_world.candidate.student_id
        ).update(manual_handling=True)
    else:
        mine.update(withdrawn_at=timezone.now())
    assert open_world.student.email not in [letter.to[0] for letter in sent()]
    message = OutboxMessage.objects.get(recipient=open_world.student.email)
    assert message.state == "dropped"


def test_coordinators_are_told_which_workplace_said_no_but_not_about_whom(world):
    answers.decline(world.placement, reason="too_many", version=1, by=world.workplace_contact)
    letters = sent()
    assert {letter.to[0] for letter in letters} == {
        world.coordinator.email,
        world.county_coordinator.email,
    }
    for letter in letters:
        assert world.workplace.name in letter.subject
        with translation.override("nb"):
            assert f"Grunn: {EndReason.TOO_MANY.label}" in letter.body
        assert "Elevsen" not in letter.body
