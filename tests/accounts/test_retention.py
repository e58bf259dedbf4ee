"""What is over is forgotten, and nothing else."""

import datetime as dt
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts import retention
from accounts.models import OnceKey
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
def test_the_sweeper_does_it():
    OnceKey.objects.create(key=uuid.uuid4(), created_at=timezone.now() - 3 * DAY)
    call_command("sweep", "--once")
    assert not OnceKey.objects.exists()
