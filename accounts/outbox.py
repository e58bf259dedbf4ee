"""Mail: a row in the transaction that causes it, text written when it is sent, told once.

SMTP cannot promise exactly once. What is promised: no mail is lost; without a fault none is sent twice;
a message whose sender died between the server's "250" and our commit is kept as *uncertain*, shown as
such and not sent again by itself, and every attempt carries the same Message-ID.
"""

import datetime as dt
import random
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import OutboxMessage, OutboxState
from accounts.queue import wake

LEASE = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 8


@dataclass(frozen=True)
class Letter:
    """What one mail says. `context` fills `templates/emails/NAME.{subject.txt,txt,html}`."""

    template: str
    context: dict[str, Any]


Writer = Callable[[OutboxMessage], Letter | None]
WRITERS: dict[str, Writer] = {}


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register the function that writes mails of this kind; it may answer None: no longer relevant."""

    def register(writer: Writer) -> Writer:
        WRITERS[kind] = writer
        return writer

    return register


def enqueue(
    kind: str, *, recipient: str, subject_id: UUID, language: str = "nb", publication: str = ""
) -> None:
    """Put a mail in the outbox, in the caller's transaction; the same one twice is one."""
    if kind not in WRITERS:
        raise LookupError(f"nobody writes mails of kind {kind!r}")
    message = OutboxMessage(
        kind=kind,
        recipient=recipient.lower(),
        subject_id=subject_id,
        language=language,
        publication=publication,
    )
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    wake("accounts.deliver_due")


def due(at: dt.datetime | None = None) -> models.QuerySet[OutboxMessage]:
    """Messages that should have been sent by now, oldest first."""
    return OutboxMessage.objects.filter(
        state=OutboxState.PENDING, next_try_at__lte=at or timezone.now()
    ).order_by("next_try_at")


def deliver_due(most: int = 200) -> int:
    """Send what is due, and give up on what a dead sender left behind; return how many were tried."""
    abandoned = OutboxMessage.objects.filter(
        state=OutboxState.SENDING, lease_until__lt=timezone.now()
    )
    abandoned.update(
        state=OutboxState.UNCERTAIN,
        error="The sender stopped in the middle: the mail may or may not have gone.",
    )
    keys = list(due().values_list("pk", flat=True)[:most])
    for pk in keys:
        deliver(pk)
    return len(keys)


def deliver(pk: UUID | str) -> None:
    """Send one message, if it is due and nobody else is sending it."""
    now = timezone.now()
    claimed = (
        due(now)
        .filter(pk=pk)
        .update(
            state=OutboxState.SENDING,
            lease_until=now + LEASE,
            attempts=models.F("attempts") + 1,
        )
    )
    if not claimed:
        return
    message = OutboxMessage.objects.get(pk=pk)
    with transaction.atomic(), translation.override(message.language):
        letter = WRITERS[message.kind](message)
        mail = _compose(message, letter) if letter else None
    if mail is None:
        _finish(message, OutboxState.DROPPED)
        return
    try:
        mail.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        _refused(message, error)
    except (OSError, smtplib.SMTPException) as error:
        _later(message, type(error).__name__)
    else:
        _finish(message, OutboxState.SENT, sent_at=timezone.now())


def _compose(message: OutboxMessage, letter: Letter) -> EmailMultiAlternatives:
    context = {"SITE_URL": settings.SITE_URL, "LANGUAGE": message.language, **letter.context}

    def part(name: str) -> str:
        return render_to_string(f"emails/{letter.template}.{name}", context).strip()

    mail = EmailMultiAlternatives(
        subject=" ".join(part("subject.txt").split()),
        body=part("txt") + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr(("", message.recipient))],
        headers={
            "Message-ID": f"<{message.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(part("html"), "text/html")
    return mail


def _refused(message: OutboxMessage, error: Exception) -> None:
    """The server said no: 4xx means try again later, 5xx means never."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    else:
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    if 400 <= code < 500:
        _later(message, f"SMTP {code}")
    else:
        _finish(message, OutboxState.FAILED, error=f"SMTP {code}")


def _later(message: OutboxMessage, error: str) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        _finish(message, OutboxState.FAILED, error=error)
        return
    wait = min(30 * 2**message.attempts, 3600) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter
    _finish(
        message,
        OutboxState.PENDING,
        error=error,
        next_try_at=timezone.now() + dt.timedelta(seconds=wait),
    )


def _finish(message: OutboxMessage, state: OutboxState, **fields: Any) -> None:
    """Write the outcome, unless another has taken the message over since."""
    OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxState.SENDING, attempts=message.attempts
    ).update(state=state, lease_until=None, **fields)
