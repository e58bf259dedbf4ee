"""Each person's own list of what was written to her: hers alone, without keys, read when she opens it."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxMessage
from tests.factories import UserFactory

KIND = "test-news"

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari(client):
    user = UserFactory(email="kari@example.no")
    client.force_login(user)
    return user


def told(subject, recipient="kari@example.no", **fields):
    fields = {"written_at": timezone.now(), "text": "Noe er nytt.", "path": "/profile/"} | fields
    return OutboxMessage.objects.create(
        kind=KIND, recipient=recipient, subject_id=uuid.uuid4(), subject=subject, **fields
    )


def test_her_own_and_nobody_elses_newest_first(client, kari):
    first, second = told("Først"), told("Sist")
    other = told("Til en annen", recipient="per@example.no")
    told("Ikke skrevet ennå", written_at=None)
    page = client.get(reverse("messages"))
    assert list(page.context["page"]) == [second, first]
    assert client.post(reverse("message_open", args=[other.pk])).status_code == 404
    assert OutboxMessage.objects.get(pk=other.pk).read_at is None


def test_opening_one_marks_it_and_leads_there(client, kari):
    told("En"), told("To")
    message = OutboxMessage.objects.get(subject="En")
    assert client.get(reverse("messages")).context["unread"] == 2
    answer = client.post(reverse("message_open", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert client.get(reverse("messages")).context["unread"] == 1
    client.post(reverse("messages_read"))
    assert client.get(reverse("messages")).context["unread"] == 0


def test_a_path_that_leads_away_from_us_is_not_followed(client, kari):
    message = told("Ut", path="//evil.example/")
    answer = client.post(reverse("message_open", args=[message.pk]))
    assert answer["Location"] == reverse("messages")


def test_the_words_are_kept_without_the_key(smtp, monkeypatch):
    letter = outbox.Letter(
        "news",
        {"subject": "Nytt", "name": "Kari", "paragraphs": ["Se her."], "url": "http://x/HEMMELIG"},
        path="/profile/",
    )
    monkeypatch.setitem(outbox.WRITERS, KIND, lambda message: letter)
    smtp.answers = ["451 later"]  # she can read it although the mail is stuck
    outbox.enqueue(KIND, recipient="kari@example.no", subject_id=uuid.uuid4())
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert (message.state, message.subject, message.path) == ("pending", "Nytt", "/profile/")
    assert "Se her." in message.text
    assert "HEMMELIG" not in message.text
    written = message.written_at
    OutboxMessage.objects.update(next_try_at=timezone.now())
    outbox.deliver_due()
    (mail,) = smtp.mails_to("kari@example.no")
    assert "HEMMELIG" in mail.get_body(("plain",)).get_content()
    assert OutboxMessage.objects.get().written_at == written
