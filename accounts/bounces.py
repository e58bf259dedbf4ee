"""Mail that comes back later: the server took it, and a day after says that nobody has it.

Such a report (RFC 3464) names the mail by its Message-ID, which is our row's id, and the address that did
not take it. Both must be ours and belong together before anything is believed: anybody can write a mail
that looks like a report.
"""

import email
import email.policy
import imaplib
import logging
import mailbox
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import DIGEST, OutboxMessage, OutboxState

logger = logging.getLogger(__name__)

TIMEOUT = 30
UNREADABLE = (OSError, imaplib.IMAP4.error, mailbox.Error, ValueError)


@dataclass(frozen=True)
class Report:
    """That one mail did not reach one address, for good."""

    message: UUID
    address: str
    status: str


def read(letter: Message) -> Report | None:
    """What a mail reports; None if it is anything else, or a delay that may pass."""
    if letter.get_content_type() != "multipart/report":
        return None
    report_type = str(letter.get_param("report-type", ""))
    if report_type.lower() != "delivery-status":
        return None
    status, address, about = "", "", None
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in part.get_payload():
                if not isinstance(block, Message) or "Final-Recipient" not in block:
                    continue
                if str(block.get("Action", "")).strip().lower() == "failed":
                    status = str(block.get("Status", "")).strip()
                    address = str(block["Final-Recipient"]).rpartition(";")[2].strip().lower()
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            about = about or _named(part)
    if about is None or not re.fullmatch(r"5\.\d{1,3}\.\d{1,3}", status):
        return None
    return Report(about, address.strip("<>"), status)


def _named(part: Message) -> UUID | None:
    """The id of ours that the returned mail carries."""
    payload = part.get_payload()
    headers = payload[0] if isinstance(payload, list) else email.message_from_string(str(payload))
    name = str(headers.get("Message-ID", "")) if isinstance(headers, Message) else ""
    found = re.fullmatch(r"<([0-9a-f-]{36})@([^>]+)>", name.strip())
    if not found or found[2] != urlsplit(settings.SITE_URL).hostname:
        return None
    try:
        return UUID(found[1])
    except ValueError:
        return None


@transaction.atomic
def believe(report: Report) -> bool:
    """Mark the mail as returned, and what a summary gathered with it; False if it is none of ours."""
    rows = OutboxMessage.objects.filter(
        pk=report.message,
        recipient=report.address,
        state__in=[OutboxState.SENT, OutboxState.UNCERTAIN],
    )
    message = rows.select_for_update().first()
    if message is None:
        return False
    returned = {
        "state": OutboxState.FAILED,
        "sent_at": None,
        "returned_at": timezone.now(),
        "error": f"SMTP {report.status}",
    }
    OutboxMessage.objects.filter(pk=message.pk).update(**returned)
    if message.kind == DIGEST:
        message.gathered.filter(state__in=[OutboxState.SENT, OutboxState.UNCERTAIN]).update(
            **returned
        )
    audit.record("message.returned", message, by=None, via="bounce", status=report.status)
    return True


def take_in(url: str) -> int:
    """Read the mailbox, mark what has come back, and put what was understood aside; how many."""
    taken = 0
    for letter, done in _letters(url):
        report = read(letter)
        if report is None:
            continue  # somebody has answered us: a person reads it
        if believe(report):
            taken += 1
        else:
            logger.warning("a report about mail %s is not about ours", report.message)
        done()
    return taken


Letters = Iterator[tuple[Message, Callable[[], None]]]


def _letters(url: str) -> Letters:
    """What is new in the mailbox, each with what puts it aside."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        return _in_folder(Path(unquote(parts.path)))
    if parts.scheme == "imaps":
        return _by_imap(
            parts.hostname or "",
            parts.port or 993,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            unquote(parts.path.strip("/")) or "INBOX",
        )
    raise ValueError("BOUNCES_URL begins with maildir:// or imaps://")


def _parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, EmailMessage, policy=email.policy.default)


def _in_folder(path: Path) -> Letters:
    box = mailbox.Maildir(path, create=False)
    for key in sorted(box.keys()):
        kept = box[key]
        if "S" in kept.get_flags():
            continue

        def done(key: str = key, kept: mailbox.MaildirMessage = kept) -> None:
            kept.set_subdir("cur")
            kept.add_flag("S")
            box[key] = kept

        yield _parsed(box.get_bytes(key)), done


def _by_imap(host: str, port: int, user: str, password: str, folder: str) -> Letters:
    with imaplib.IMAP4_SSL(host, port, timeout=TIMEOUT) as server:
        server.login(user, password)
        server.select(folder)
        _answer, found = server.search(None, "UNSEEN")
        for number in found[0].split():
            _answer, data = server.fetch(number, "(BODY.PEEK[])")

            def done(number: str = number.decode()) -> None:
                server.store(number, "+FLAGS", r"\Seen")

            if data and isinstance(data[0], tuple):
                yield _parsed(data[0][1]), done
