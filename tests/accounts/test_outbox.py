"""Mail over real SMTP: told once, never lost, and honest about what nobody can know."""

import datetime as dt
import smtplib
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import outbox
from accounts.models import AuditEvent, OutboxMessage
from tests.factories import UserFactory

KIND = "test-news"


@pytest.fixture
def news(monkeypatch):
    """A kind of mail for these tests; `news.answer` decides what its writer answers."""

    class News:
        answer = staticmethod(lambda message: outbox.Letter("news", {"subject": "Nytt"}))

    monkeypatch.setitem(outbox.WRITERS, KIND, lambda message: News.answer(message))
    return News


def put(recipient="kari@example.no", **fields):
    fields.setdefault("subject_id", uuid.uuid4())
    outbox.enqueue(KIND, recipient=recipient, **fields)
    return OutboxMessage.objects.get(recipient=recipient.lower(), subject_id=fields["subject_id"])


def only():
    return OutboxMessage.objects.get()


@pytest.mark.django_db
class TestTelling:
    def test_a_mail_is_sent_once_and_says_when(self, news, smtp):
        message = put()
        assert outbox.deliver_due() == 1
        outbox.deliver_due()
        outbox.deliver(message.pk)
        (mail,) = smtp.mails_to("kari@example.no")
        assert mail["Message-ID"] == f"<{message.pk}@localhost>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_body(("plain",)) is not None
        assert mail.get_body(("html",)) is not None
        sent = only()
        assert (sent.state, sent.attempts, sent.error) == ("sent", 1, "")
        assert sent.sent_at is not None

    def test_the_same_telling_twice_is_one_row(self, news, smtp):
        about = uuid.uuid4()
        put(subject_id=about, publication="run-1")
        put(subject_id=about, publication="run-1")
        put("KARI@example.no", subject_id=about, publication="run-1")
        assert OutboxMessage.objects.count() == 1

    def test_another_publication_is_another_telling(self, news):
        about = uuid.uuid4()
        for publication in ("run-1", "run-2"):
            outbox.enqueue(
                KIND, recipient="k@example.no", subject_id=about, publication=publication
            )
        assert OutboxMessage.objects.count() == 2

    def test_what_is_no_longer_true_is_dropped(self, news, smtp):
        news.answer = staticmethod(lambda message: None)
        put()
        outbox.deliver_due()
        assert only().state == "dropped"
        assert smtp.kept == []

    def test_nobody_can_send_a_kind_that_has_no_writer(self):
        with pytest.raises(LookupError):
            outbox.enqueue("no-such", recipient="k@example.no", subject_id=uuid.uuid4())

    def test_it_is_written_in_the_readers_language(self, news, smtp):
        put("nb@example.no", language="nb")
        put("en@example.no", language="en")
        outbox.deliver_due()
        bodies = [
            smtp.mails_to(f"{code}@example.no")[0].get_body(("plain",)).get_content()
            for code in ("nb", "en")
        ]
        assert "You cannot reply" in bodies[1]
        assert "You cannot reply" not in bodies[0]


@pytest.mark.django_db
class TestTrouble:
    def test_a_temporary_no_is_tried_again_later(self, news, smtp):
        smtp.answers = ["451 try later"]
        put()
        outbox.deliver_due()
        waiting = only()
        assert (waiting.state, waiting.error) == ("pending", "SMTP 451")
        assert timezone.now() + dt.timedelta(seconds=40) < waiting.next_try_at
        assert outbox.deliver_due() == 0, "not before its time"
        OutboxMessage.objects.update(next_try_at=timezone.now())
        outbox.deliver_due()
        assert (only().state, only().attempts, len(smtp.kept)) == ("sent", 2, 1)

    def test_pauses_differ_and_grow_to_an_hour(self, news, smtp):
        smtp.answers = ["451 later"] * 12
        for _ in range(12):
            put(f"{uuid.uuid4()}@example.no")
        outbox.deliver_due()
        pauses = {m.next_try_at - m.created_at for m in OutboxMessage.objects.all()}
        assert len(pauses) == 12
        OutboxMessage.objects.update(attempts=70, next_try_at=timezone.now())
        smtp.answers = ["451 later"] * 12
        outbox.deliver_due()
        longest = max(m.next_try_at for m in OutboxMessage.objects.all()) - timezone.now()
        assert dt.timedelta(minutes=45) < longest <= dt.timedelta(minutes=75)

    def test_after_three_days_it_is_given_up(self, news, smtp):
        smtp.answers = ["451 later"]
        put()
        OutboxMessage.objects.update(created_at=timezone.now() - dt.timedelta(days=3, minutes=1))
        outbox.deliver_due()
        assert (only().state, only().error) == ("failed", "SMTP 451")

    @pytest.mark.parametrize("recipient", ["nobody@example.no", "rejected@example.no"])
    def test_a_permanent_no_is_final(self, news, smtp, recipient):
        smtp.answers = ["554 never"]
        put(recipient)
        outbox.deliver_due()
        assert only().state == "failed"
        assert only().error in {"SMTP 550", "SMTP 554"}
        assert outbox.deliver_due() == 0

    def test_a_server_that_is_away_is_waited_for(self, news, smtp, settings):
        settings.EMAIL_PORT = 1  # nothing listens there
        put()
        outbox.deliver_due()
        assert (only().state, only().error) == ("pending", "ConnectionRefusedError")

    def test_a_line_cut_before_the_text_is_only_late(self, news, smtp):
        smtp.answers = ["gone"]
        put()
        outbox.deliver_due()
        assert only().state == "pending"
        OutboxMessage.objects.update(next_try_at=timezone.now())
        outbox.deliver_due()
        assert (only().state, len(smtp.kept)) == ("sent", 1)

    def test_a_line_cut_after_the_text_is_uncertain_and_not_sent_again(self, news, smtp):
        smtp.answers = ["hang up"]
        put()
        outbox.deliver_due()
        OutboxMessage.objects.update(next_try_at=timezone.now())
        outbox.deliver_due()
        assert only().state == "uncertain"
        assert len(smtp.kept) == 1, "it did arrive; a second sending would have told her twice"

    def test_a_wrong_password_is_ours_to_mend_and_loses_nothing(self, news, monkeypatch):
        error = smtplib.SMTPAuthenticationError(535, b"no")
        message = put()
        OutboxMessage.objects.update(state="sending", attempts=1)
        message.refresh_from_db()

        class Mail:
            def send(self):
                raise error

        outbox._send(message, Mail())
        assert (only().state, only().error) == ("pending", "SMTPAuthenticationError")

    def test_a_writer_that_stumbles_loses_nothing(self, news, smtp):
        good = news.answer
        news.answer = staticmethod(lambda message: 1 / 0)
        put()
        outbox.deliver_due()
        assert (only().state, only().error) == ("pending", "ZeroDivisionError")
        news.answer = good
        OutboxMessage.objects.update(next_try_at=timezone.now())
        outbox.deliver_due()
        assert only().state == "sent"

    def test_a_sender_that_died_leaves_an_uncertain_mail(self, news, smtp):
        put()
        before = timezone.now() - dt.timedelta(seconds=1)
        OutboxMessage.objects.update(state="sending", attempts=1, lease_until=before)
        assert outbox.deliver_due() == 0
        assert only().state == "uncertain"
        assert smtp.kept == []

    def test_a_lease_that_runs_is_left_alone(self, news, smtp):
        put()
        later = timezone.now() + dt.timedelta(seconds=30)
        OutboxMessage.objects.update(state="sending", attempts=1, lease_until=later)
        outbox.deliver_due()
        assert only().state == "sending"

    def test_a_person_may_send_an_uncertain_one_again(self, news, smtp):
        user = UserFactory()
        message = put()
        OutboxMessage.objects.update(state="uncertain", attempts=1)
        assert outbox.send_again(message, by=user)
        outbox.deliver_due()
        assert only().state == "sent"
        assert AuditEvent.objects.filter(verb="message.sent_again", actor=user).count() == 1
        assert not outbox.send_again(message, by=user), "a sent one is not"


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
class TestTogether:
    def test_many_senders_send_each_mail_once(self, news, smtp, at_once):
        for number in range(20):
            put(f"p{number}@example.no")
        at_once(lambda _: outbox.deliver_due(), times=4)
        assert sorted(to for to, _ in smtp.kept) == sorted(f"p{n}@example.no" for n in range(20))
        assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}

    def test_without_the_claim_they_would_not(self, news, smtp, at_once, monkeypatch):
        """The control: leave the state out of the claim, and somebody is told twice."""
        everything = OutboxMessage.objects.all
        monkeypatch.setattr(outbox, "due", lambda at=None: everything())
        message = put()
        at_once(lambda _: outbox.deliver(message.pk), times=3)
        assert len(smtp.kept) > 1

    def test_no_transaction_is_open_while_the_server_is_spoken_to(self, news, smtp):
        seen = []

        def look():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state LIKE 'idle in transaction%'"
                )
                seen.append(cursor.fetchone()[0])
            connection.close()

        smtp.on_data = look
        put()
        outbox.deliver_due()
        assert seen == [0]

    def test_what_was_rolled_back_tells_nobody(self, news, smtp):
        with transaction.atomic():
            put()
            transaction.set_rollback(True)
        outbox.deliver_due()
        assert smtp.kept == []
        assert not OutboxMessage.objects.exists()

    def test_a_sender_slower_than_its_lease_still_says_that_it_sent(self, news, smtp):
        seen = []

        def the_sweeper_gives_up_on_it():
            OutboxMessage.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
            outbox.deliver_due()
            seen.append(only().state)
            connection.close()

        smtp.on_data = the_sweeper_gives_up_on_it
        put()
        outbox.deliver_due()
        assert seen == ["uncertain"]
        assert (only().state, len(smtp.kept)) == ("sent", 1)
