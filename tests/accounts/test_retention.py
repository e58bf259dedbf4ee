"""What is over is forgotten, and nothing else."""

import datetime as dt
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts import retention
from accounts.models import OnceKey, OutboxMessage
from tests.factories import UserFactory

DAY = dt.timedelta(days=1)


@pytest.mark.django_db
def test_old_forms_and_dead_sessions_go_and_the_others_stay(client):
    client.force_login(UserFactory())
    OnceKey.objects.create(key=uuid.uuid4())
    now = timezone.now()
    assert retention.forget_expired(now + DAY / 4) == 0
    assert retention.forget_expired(now + DAY) == 1, "the session of twelve hours"
    assert retention.forget_expired(now + 3 * DAY) == 1, "the form"
    assert not OnceKey.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_what_an_old_mail_said_is_forgotten_and_that_it_was_sent_is_not():
    now = timezone.now()
    fields = {"kind": "news", "recipient": "a@example.no", "text": "Hei.", "path": "/"}
    for days in (399, 401):
        OutboxMessage.objects.create(
            **fields, subject_id=uuid.uuid4(), subject="Nytt", written_at=now - days * DAY
        )
    assert retention.forget_expired(now) == 1
    assert sorted(OutboxMessage.objects.values_list("subject", "text", "path")) == [
        ("", "", ""),
        ("Nytt", "Hei.", "/"),
    ]


@pytest.mark.django_db
def test_the_sweeper_does_it():
    OnceKey.objects.create(key=uuid.uuid4(), created_at=timezone.now() - 3 * DAY)
    call_command("sweep", "--once")
    assert not OnceKey.objects.exists()
