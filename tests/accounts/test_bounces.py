"""Mail that comes back later marks its row: over real SMTP, there and back, and only when it is true."""

import email
import email.policy
import smtplib
import uuid
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from django.core.management import CommandError, call_command

from accounts import bounces, outbox
from accounts.models import AuditEvent, OutboxMessage
from launch.demo import free_port
from placements import outgoing
from tests.cast import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def returns(tmp_path, settings):
    """The mailbox that reports come to: `returns(mail)` sends one there over SMTP."""
    folder = tmp_path / "returned"
    controller = Controller(Mailbox(folder), hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.BOUNCES_URL = f"maildir://{folder}"

    def send(mail):
        with smtplib.SMTP("127.0.0.1", controller.port) as server:
            server.sendmail("", ["praksisplass@localhost"], mail.as_bytes())

    yield send
    controller.stop()


@pytest.fixture
def sent(smtp):
    """A mail that went, as its recipient's server got it, and its row."""
    world = make_world("Vaarvik")
    outbox.enqueue("student_placed", recipient=world.student.email, subject_id=world.candidate.pk)
    outbox.deliver_due()
    (mail,) = smtp.mails_to(world.student.email)
    return world, OutboxMessage.objects.get(), mail


def report(mail, address, *, action="failed", status="5.1.1", message_id=None):
    """A report as mail servers write them (RFC 3464)."""
    name = message_id or mail["Message-ID"]
    text = (
        "From: MAILER-DAEMON@mx.example.no\r\nTo: praksisplass@localhost\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"'
        "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.no\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such person\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\nTo: {address}\r\n\r\n"
        "--b--\r\n"
    )
    return email.message_from_string(text, EmailMessage, policy=email.policy.default)


def test_there_and_back_and_the_coordinator_is_told(sent, returns, client, settings):
    world, row, mail = sent
    assert row.state == "sent"
    assert list(outgoing.failed_rounds(world.coordinator)) == []
    returns(report(mail, world.student.email))
    call_command("read_bounces")
    row.refresh_from_db()
    assert (row.state, row.error, row.sent_at) == ("failed", "SMTP 5.1.1", None)
    assert row.returned_at is not None
    assert AuditEvent.objects.get(verb="message.returned").target_id == row.pk
    # The alert on the round, and the reason in the outbox.
    assert list(outgoing.failed_rounds(world.coordinator)) == [world.round.pk]
    client.force_login(world.coordinator)
    page = client.get("/outbox/?state=failed").content.decode()
    assert "Kom i retur" in page
    assert "Adressen tar ikke imot e-post" in page
    assert outbox.send_again(row, by=world.coordinator)
    row.refresh_from_db()
    assert (row.state, row.returned_at) == ("pending", None)


def test_a_report_is_read_once(sent, returns, settings):
    world, row, mail = sent
    returns(report(mail, world.student.email))
    assert bounces.take_in(settings.BOUNCES_URL) == 1
    outbox.send_again(row, by=world.coordinator)
    outbox.deliver_due()
    assert bounces.take_in(settings.BOUNCES_URL) == 0
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.parametrize(
    "lie",
    [
        {"address": "somebody.else@example.no"},
        {"message_id": f"<{uuid.uuid4()}@localhost>"},
        {"message_id": "<x@localhost>"},
        {"elsewhere": True},
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"status": "4.2.2"},
    ],
)
def test_what_is_not_so_marks_nothing(sent, returns, settings, lie):
    """Negative control: another's address, another's mail, a delay, good news."""
    world, row, mail = sent
    if lie.pop("elsewhere", None):
        lie["message_id"] = f"<{row.pk}@elsewhere.example.no>"
    address = lie.pop("address", world.student.email)
    returns(report(mail, address, **lie))
    assert bounces.take_in(settings.BOUNCES_URL) == 0
    row.refresh_from_db()
    assert row.state == "sent"


def test_an_answer_from_a_person_is_left_for_a_person(sent, returns, settings):
    _world, row, mail = sent
    answer = EmailMessage()
    answer["Subject"] = "SV: Praksisplassen din er klar"
    answer["In-Reply-To"] = mail["Message-ID"]
    answer.set_content("Takk!")
    returns(answer)
    assert bounces.take_in(settings.BOUNCES_URL) == 0
    row.refresh_from_db()
    assert row.state == "sent"


def test_without_a_mailbox_it_says_so(settings, tmp_path):
    settings.BOUNCES_URL = ""
    with pytest.raises(CommandError):
        call_command("read_bounces")
    settings.BOUNCES_URL = f"maildir://{tmp_path}/none"
    with pytest.raises(CommandError):
        call_command("read_bounces")
    settings.BOUNCES_URL = "imaps://kari:x@127.0.0.1:1/INBOX"
    with pytest.raises(CommandError):
        call_command("read_bounces")
