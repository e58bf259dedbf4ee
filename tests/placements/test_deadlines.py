"""Reminders before deadlines: once per step, to those who are missing, and never afterwards."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from accounts import outbox
from accounts.models import OutboxMessage
from placements import deadlines
from placements.models import Candidate, CapacityRequest, Round
from placements.templatetags.weeks import week
from tests.cast import make_world

DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Open, both deadlines in thirty days; everybody was asked long ago and nobody has answered."""
    world = make_world("Vaarvik", "open")
    end = timezone.now() + 30 * DAY
    Round.objects.filter(pk=world.round.pk).update(capacity_deadline=end, wishes_deadline=end)
    CapacityRequest.objects.update(state="asked", asked_at=end - 60 * DAY, answered_at=None)
    Candidate.objects.filter(pk=world.candidate.pk).update(
        wishes_state="sent", wishes_sent_at=timezone.now()
    )
    world.round.refresh_from_db()
    return world


def due(world, days):
    """Who is reminded by a sweep so many days before the deadlines."""
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    deadlines.remind_due(world.round.wishes_deadline - days * DAY)
    new = OutboxMessage.objects.exclude(pk__in=before)
    return sorted(new.values_list("kind", "subject_id"))


def both(world):
    return [("capacity_reminder", world.contact.pk), ("wishes_reminder", world.waiting.pk)]


def test_once_at_each_step_and_nothing_after_the_deadline(world):
    assert due(world, 14.1) == []
    for days in (14, 7, 1):
        assert due(world, days) == both(world), days
        assert due(world, days - 0.01) == [], "the same step twice is once"
    assert due(world, 0) == []
    assert due(world, -1) == []


def test_a_sweeper_that_was_away_tells_the_nearest_step_only(world):
    assert due(world, 5) == both(world)
    assert OutboxMessage.objects.count() == 2


def test_those_who_have_answered_are_left_alone(world):
    CapacityRequest.objects.update(state="answered", answered_at=timezone.now())
    Candidate.objects.filter(pk=world.waiting.pk).update(
        wishes_state="sent", wishes_sent_at=timezone.now()
    )
    assert due(world, 7) == []


def test_whoever_was_asked_within_the_step_knows_the_deadline(world):
    end = world.round.wishes_deadline
    CapacityRequest.objects.update(asked_at=end - 10 * DAY)
    outbox.enqueue(
        "wishes_opened", recipient=world.waiting.student.email, subject_id=world.waiting.pk
    )
    OutboxMessage.objects.update(created_at=end - 10 * DAY)
    assert due(world, 9) == []
    assert due(world, 7) == both(world)


def test_an_answer_before_the_mail_is_written_stops_it(world):
    due(world, 7)
    CapacityRequest.objects.update(state="answered", answered_at=timezone.now())
    Candidate.objects.filter(pk=world.waiting.pk).update(
        wishes_state="sent", wishes_sent_at=timezone.now()
    )
    outbox.deliver_due()
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("nb", dt.date(2026, 12, 1), "tirs. 1. des. 2026 (uke 49)"),
        ("nn", dt.date(2026, 11, 30), "mån. 30. nov. 2026 (veke 49)"),
        ("nn", dt.date(2026, 12, 5), "laur. 5. des. 2026 (veke 49)"),
    ],
)
def test_a_weekday_is_cut_short_as_the_language_does(language, day, said):
    """And the same in a date as where the days of a period are named."""
    with translation.override(language):
        assert week(day) == said
