"""Mail: a row in the transaction that causes it, text written when it is sent, told once.

SMTP cannot promise exactly once. What is promised: no mail is lost; without a fault none is sent twice;
a message that was handed over, and whose receipt was lost (the connection broke, or the sender died before
our commit), is kept as *uncertain*, shown as such and not sent again by itself: a reminder is better late
than a placement told twice. Every attempt carries the same Message-ID.
"""

import datetime as dt
import logging
import random
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models.functions import Coalesce, Now
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts import audit, choices, sms
from accounts.copying import copy_rows
from accounts.models import DIGEST, How, OutboxMessage, OutboxState, User
from accounts.queue import wake
from accounts.smtp import PerhapsSentError

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=3)  # a slow server may use EMAIL_TIMEOUT for each step of one mail
KEEPS_TRYING = dt.timedelta(days=3)  # longer than a mail server is away over a weekend
OURS = (  # the server refused us, not the recipient: our settings or its mood, so it may pass
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


@dataclass(frozen=True)
class Letter:
    """What one mail says. `context` fills `templates/emails/NAME.{subject.txt,txt,html}`.

    `path` is where it leads whoever is signed in; the mail's own `url` may hold a secret key, and such
    a key is never kept.
    """

    template: str
    context: dict[str, Any]
    path: str = ""


Writer = Callable[[OutboxMessage], Letter | None]
WRITERS: dict[str, Writer] = {}


NAMES: dict[str, str | Promise] = {}


def writes(kind: str, name: str | Promise) -> Callable[[Writer], Writer]:
    """Register the function that writes mails of this kind, and what an administrator calls them.

    It may answer None: no longer relevant.
    """

    def register(writer: Writer) -> Writer:
        WRITERS[kind], NAMES[kind] = writer, name
        return writer

    return register


def called(kind: str) -> str:
    """A kind of mail in words; one that nobody writes any more keeps its code."""
    return str(NAMES.get(kind, kind))


def enqueue(
    kind: str, *, recipient: str, subject_id: UUID, language: str = "nb", publication: str = ""
) -> None:
    """Put a mail in the outbox, in the caller's transaction; the same one twice is one."""
    row = _addressed(Mail(kind, recipient, subject_id, language, publication))
    OutboxMessage.objects.bulk_create([OutboxMessage(**row._asdict())], ignore_conflicts=True)
    wake("accounts.deliver_due")


class Mail(NamedTuple):
    """One that is not in the outbox yet."""

    kind: str
    recipient: str
    subject_id: UUID
    language: str
    publication: str


def put(mails: Iterable[Mail]) -> None:
    """Likewise many: a round that is published tells thousands."""
    rows = [_addressed(mail) for mail in mails]
    if rows:
        copy_rows(OutboxMessage, Mail._fields, rows, once=True)
        wake("accounts.deliver_due")


def _addressed(mail: Mail) -> Mail:
    if mail.kind not in WRITERS:
        raise LookupError(f"nobody writes mails of kind {mail.kind!r}")
    return mail._replace(recipient=mail.recipient.lower())


def language_of(address: str, otherwise: str) -> str:
    """What somebody with this address has chosen to read."""
    chosen = User.objects.filter(email=address.lower()).values_list("written_standard", flat=True)
    return chosen.first() or otherwise


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
            state=OutboxState.SENDING, lease_until=now + LEASE, attempts=models.F("attempts") + 1
        )
    )
    if not claimed:
        return
    message = OutboxMessage.objects.get(pk=pk)
    reader = User.objects.filter(email=message.recipient).first()
    # Whatever the sender believed, and whenever it was put here: her own written standard rules.
    message.language = reader.written_standard if reader else message.language
    try:
        with transaction.atomic(), translation.override(message.language):
            letter = WRITERS[message.kind](message)
            mail = _compose(message, letter) if letter else None
            if letter and mail:
                _keep(message, letter, subject=str(mail.subject))
    except Exception as error:  # a writer's fault: nothing has left, and mending it sends the mail
        logger.exception("a mail of kind %s could not be written", message.kind)
        _later(message, type(error).__name__)
        return
    way = choices.way(message.kind, reader)
    if mail is None:
        _finish(message, OutboxState.DROPPED)
        return
    if reader and way.sms:
        with translation.override(message.language):
            sms.tell(message, reader)
    if way.how == How.NEVER:
        _finish(message, OutboxState.KEPT)
    elif way.how in (How.DAILY, How.WEEKLY):
        summary = choices.next_summary(way.how, timezone.now())
        _finish(message, OutboxState.HELD, next_try_at=summary)
    else:
        _send(message, mail)


def _send(message: OutboxMessage, mail: EmailMultiAlternatives) -> None:
    """Speak to the server, outside any transaction, and write down how it went."""
    try:
        mail.send()
    except PerhapsSentError:
        _finish(message, OutboxState.UNCERTAIN, error="The server took the mail but never said so.")
    except OURS as error:
        logger.warning("the mail server refuses us: %s", type(error).__name__)
        _later(message, type(error).__name__)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        _refused(message, error)
    except OSError as error:
        _later(message, type(error).__name__)
    except ValueError as error:  # an address or a subject that no mail can have
        _finish(message, OutboxState.FAILED, error=type(error).__name__)
    else:
        _finish(message, OutboxState.SENT, sent_at=timezone.now(), error="")


def send_again(message: OutboxMessage, *, by: User) -> bool:
    """A person has decided that a failed or uncertain mail goes out once more."""
    with transaction.atomic():
        again = OutboxMessage.objects.filter(
            pk=message.pk, state__in=[OutboxState.FAILED, OutboxState.UNCERTAIN]
        ).update(
            state=OutboxState.PENDING,
            next_try_at=timezone.now(),
            error="",
            digest=None,
            returned_at=None,
        )
        if again:
            audit.record("message.sent_again", message, by=by)
            wake("accounts.deliver_due")
    return bool(again)


def _render(message: OutboxMessage, letter: Letter, name: str, **more: Any) -> str:
    context = {"SITE_URL": settings.SITE_URL, "LANGUAGE": message.language, **letter.context}
    return render_to_string(f"emails/{letter.template}.{name}", context | more).strip()


def _keep(message: OutboxMessage, letter: Letter, *, subject: str) -> None:
    """Keep the words for her own list of messages, which she can read also when the mail is stuck."""
    address = f"{settings.SITE_URL}{letter.path}" if letter.path else ""
    OutboxMessage.objects.filter(pk=message.pk).update(
        subject=subject[:300],
        text=_render(message, letter, "txt", url=address, in_app=True),
        path=letter.path,
        language=message.language,
        written_at=Coalesce("written_at", Now()),
    )


def _compose(message: OutboxMessage, letter: Letter) -> EmailMultiAlternatives:
    def part(name: str) -> str:
        return _render(message, letter, name)

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
    """The server said no to this mail: 5xx means never, anything else means try again later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    else:
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    if 500 <= code < 600:
        _finish(message, OutboxState.FAILED, error=f"SMTP {code}")
    else:
        _later(message, f"SMTP {code}")


def _later(message: OutboxMessage, error: str) -> None:
    """Try again after a pause that doubles up to an hour, not in step with the others."""
    now = timezone.now()
    if now - message.created_at > KEEPS_TRYING:
        _finish(message, OutboxState.FAILED, error=error)
        return
    pause = min(30 * 2 ** min(message.attempts, 8), 3600)
    wait = pause * random.uniform(0.75, 1.25)  # noqa: S311  # jitter, not a secret
    _finish(
        message,
        OutboxState.PENDING,
        error=error,
        next_try_at=now + dt.timedelta(seconds=wait),
    )


def _finish(message: OutboxMessage, state: OutboxState, **fields: Any) -> None:
    """Write the outcome of this attempt, also when it took longer than its lease."""
    OutboxMessage.objects.filter(
        pk=message.pk,
        state__in=[OutboxState.SENDING, OutboxState.UNCERTAIN],
        attempts=message.attempts,
    ).update(state=state, lease_until=None, **fields)
    if message.kind == DIGEST and state != OutboxState.PENDING:
        # What it gathered went with it, or did not.
        message.gathered.filter(state=OutboxState.HELD).update(state=state, **fields)
