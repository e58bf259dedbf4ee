"""What somebody wants to be told of, and how: at once, gathered, or only in her list; over real SMTP."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import choices, digests, outbox
from accounts.choices import TOPICS, Topic
from accounts.errors import DomainError
from accounts.models import AuditEvent, How, MessageChoice, OutboxMessage, User
from accounts.policy import Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

OSLO = ZoneInfo("Europe/Oslo")
LATER = dt.timedelta(days=8)
NEWS, DUTY = "test-news", "test-duty"


@pytest.fixture(autouse=True)
def topics(monkeypatch):
    """One topic that is chosen, and one that is not."""
    role = frozenset({Role.STUDENT})
    for kind in (NEWS, DUTY):
        writer = lambda message: outbox.Letter("news", {"subject": f"Nytt {message.publication}"})  # noqa: E731
        monkeypatch.setitem(outbox.WRITERS, kind, writer)
    mine = {
        "news": Topic("news", "Nytt", "Noe", frozenset({NEWS}), role),
        "duty": Topic("duty", "Plikt", "Noe", frozenset({DUTY}), role, must="Alltid."),
        "soon": Topic("soon", "Snart", "Noe", frozenset({"x"}), role, ways=(How.NOW, How.NEVER)),
    }
    monkeypatch.setattr(choices, "TOPICS", mine)
    return mine


@pytest.fixture
def kari(client):
    user = UserFactory(email="kari@example.no", name="Kari Elev", role=Role.STUDENT)
    client.force_login(user)
    return user


def put(kind=NEWS, publication="1", recipient="kari@example.no"):
    outbox.enqueue(kind, recipient=recipient, subject_id=uuid.uuid4(), publication=publication)
    outbox.deliver_due()
    return OutboxMessage.objects.get(kind=kind, publication=publication)


def test_without_a_choice_it_is_a_mail_at_once(kari, smtp):
    assert put().state == "sent"
    assert len(smtp.mails_to(kari.email)) == 1


def test_not_by_mail_is_in_her_list_all_the_same(kari, smtp, client):
    choices.choose(kari, {"news": "never"})
    assert put().state == "kept"
    assert smtp.kept == []
    assert [m.subject for m in client.get(reverse("messages")).context["page"]] == ["Nytt 1"]


def test_a_summary_gathers_what_has_waited_and_is_one_mail(kari, smtp, client):
    choices.choose(kari, {"news": "daily"})
    for n in "123":
        assert put(publication=n).state == "held"
    assert smtp.kept == []
    assert len(client.get(reverse("messages")).context["page"]) == 3  # she need not wait
    assert digests.gather() == 0  # not yet
    assert digests.gather(timezone.now() + LATER) == 1
    assert digests.gather(timezone.now() + LATER) == 0
    outbox.deliver_due()
    (mail,) = smtp.mails_to(kari.email)
    text = mail.get_body(("plain",)).get_content()
    assert [f"Nytt {n}" in text for n in "123"] == [True] * 3
    assert "/messages/settings/" in text
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}
    # The summary is no message of its own in her list.
    assert len(client.get(reverse("messages")).context["page"]) == 3


def test_what_is_not_true_any_more_is_left_out_of_the_summary(kari, smtp, monkeypatch):
    choices.choose(kari, {"news": "weekly"})
    put(publication="1")
    put(publication="2")
    before = outbox.WRITERS[NEWS]
    monkeypatch.setitem(outbox.WRITERS, NEWS, lambda m: before(m) if m.publication == "2" else None)
    digests.gather(timezone.now() + LATER)
    outbox.deliver_due()
    text = smtp.mails_to(kari.email)[0].get_body(("plain",)).get_content()
    assert ("Nytt 1" in text, "Nytt 2" in text) == (False, True)
    states = dict(OutboxMessage.objects.filter(kind=NEWS).values_list("publication", "state"))
    assert states == {"1": "dropped", "2": "sent"}


def test_a_summary_of_nothing_is_not_sent(kari, smtp, monkeypatch):
    choices.choose(kari, {"news": "daily"})
    put()
    monkeypatch.setitem(outbox.WRITERS, NEWS, lambda message: None)
    digests.gather(timezone.now() + LATER)
    outbox.deliver_due()
    assert smtp.kept == []
    assert OutboxMessage.objects.get(kind="digest").state == "dropped"


def test_a_refused_summary_is_seen_on_each_of_its_messages_and_can_be_sent_again(kari, smtp):
    choices.choose(kari, {"news": "daily"})
    put()
    digests.gather(timezone.now() + LATER)
    smtp.answers = ["554 no"]
    outbox.deliver_due()
    row = OutboxMessage.objects.get(kind=NEWS)
    assert (row.state, row.error) == ("failed", "SMTP 554")
    choices.choose(kari, {"news": "now"})
    assert outbox.send_again(row, by=kari)
    outbox.deliver_due()
    assert len(smtp.mails_to(kari.email)) == 1


@pytest.mark.parametrize(
    ("how", "now", "then"),
    [
        ("daily", "2026-11-23 06:59", "2026-11-23 07:00"),
        ("daily", "2026-11-23 07:00", "2026-11-24 07:00"),
        ("weekly", "2026-11-23 06:59", "2026-11-23 07:00"),  # a Monday
        ("weekly", "2026-11-23 08:00", "2026-11-30 07:00"),
        ("weekly", "2027-03-26 12:00", "2027-03-29 07:00"),  # over the night summer time begins
    ],
)
def test_when_the_next_summary_comes(how, now, then):
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=OSLO)
    assert choices.next_summary(How(how), moment) == dt.datetime.fromisoformat(then).replace(
        tzinfo=OSLO
    )


def test_what_must_be_sent_cannot_be_switched_off(kari, smtp):
    with pytest.raises(DomainError):
        choices.choose(kari, {"duty": "never"})
    with pytest.raises(DomainError):
        choices.choose(kari, {"soon": "daily"})
    # Negative control, past the action: a row in the database does not switch it off either.
    MessageChoice.objects.create(user=kari, topic="duty", how="never")
    assert put(DUTY).state == "sent"


def test_somebody_elses_choice_and_no_account_change_nothing(kari, smtp):
    choices.choose(kari, {"news": "never"})
    assert put(recipient="per@example.no").state == "sent"


def test_the_table_shows_each_topic_once_says_why_and_saves(client, kari):
    page = client.get(reverse("message_choices"))
    text = page.content.decode()
    assert "Alltid." in text
    assert 'name="how-news"' in text
    assert 'name="how-duty"' not in text
    assert 'name="sms-news"' not in text  # off
    client.post(reverse("message_choices"), {"how-news": "weekly", "how-soon": "never"})
    stands = dict(kari.message_choices.values_list("topic", "how"))
    assert stands == {"news": "weekly", "soon": "never", "duty": "now"}
    assert AuditEvent.objects.filter(verb="messages.chosen", actor=kari).exists()
    refused = client.post(reverse("message_choices"), {"how-news": "x", "how-soon": "now"})
    assert refused.status_code == 200
    assert kari.message_choices.get(topic="news").how == "weekly"


def test_the_header_counts_what_is_unread(client, kari, smtp):
    assert b"unread_messages" not in client.get(reverse("profile")).content
    assert "uleste" not in client.get(reverse("profile")).content.decode()
    for n in "12":
        put(publication=n)
    text = client.get(reverse("profile")).content.decode()
    assert 'Meldinger (2<span class="ds-sr-only"> uleste</span>)' in text
    client.post(reverse("messages_read"))
    assert "uleste" not in client.get(reverse("profile")).content.decode()


class Texts:
    """A sender of text messages that keeps them."""

    kept: list = []

    def send(self, number, text):
        if number.endswith("0"):
            raise OSError("no such number")
        self.kept.append((number, text))


class TestTextMessages:
    @pytest.fixture(autouse=True)
    def on(self, settings):
        settings.SMS_SENDER = f"{__name__}.Texts"
        Texts.kept = []

    def test_off_means_that_nobody_is_texted(self, kari, smtp, settings):
        choices.choose(kari, {}, sms=frozenset({"news"}), mobile="41000001")
        settings.SMS_SENDER = ""
        put()
        assert Texts.kept == []

    def test_she_who_wants_it_is_told_once_that_there_is_news_and_not_what(self, kari, smtp):
        choices.choose(kari, {}, sms=frozenset({"news"}), mobile="41000001")
        message = put()
        OutboxMessage.objects.update(state="pending", sent_at=None, next_try_at=timezone.now())
        outbox.deliver_due()
        ((number, text),) = Texts.kept
        assert number == "41000001"
        assert "/messages/" in text
        assert message.subject not in text

    def test_a_number_that_takes_none_does_not_stop_the_mail(self, kari, smtp):
        choices.choose(kari, {}, sms=frozenset({"news"}), mobile="41000000")
        assert put().state == "sent"
        assert Texts.kept == []

    def test_the_table_has_a_column_and_asks_for_the_number(self, client, kari):
        url = reverse("message_choices")
        assert 'name="sms-news"' in client.get(url).content.decode()
        chosen = {"how-news": "now", "how-soon": "now", "sms-news": "on"}
        assert client.post(url, chosen).status_code == 200  # no number
        client.post(url, chosen | {"mobile": "41 00 00 01"})
        assert User.objects.get(pk=kari.pk).mobile == "41 00 00 01"
        assert kari.message_choices.get(topic="news").sms


def test_every_kind_of_mail_is_in_somebodys_table():
    """But those for people who have no account yet, or must show that an address is theirs, and the
    summaries themselves."""
    named = frozenset().union(*(topic.kinds for topic in TOPICS.values()))
    apart = {"invitation", "digest", "address_verify", "address_changed"}
    apart |= {"offer_verify", "offer_confirmed", "offer_declined"}
    apart |= {"supervisor_link", "supervisor_agreement"}
    assert named == set(outbox.WRITERS) - {NEWS, DUTY} - apart
