"""Text messages: an interface, and nothing behind it until an installation names a sender.

SMS_SENDER is the dotted name of a class with `send(number, text)`. A text message says that there is
news and where, never what about whom; it is tried once, and the mail goes its own way beside it.
"""

import logging
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import OutboxMessage, User

logger = logging.getLogger(__name__)


class Sender(Protocol):
    """What sends text messages. Raises if it could not."""

    def send(self, number: str, text: str) -> None: ...


def sender() -> Sender | None:
    """The installation's own, or none: then nobody is asked for a number."""
    return import_string(settings.SMS_SENDER)() if settings.SMS_SENDER else None


def tell(message: OutboxMessage, reader: User) -> None:
    """Tell her once that there is news. Claimed before it is sent: rather none than two."""
    chosen = sender()
    if chosen is None or not reader.mobile:
        return
    mine = OutboxMessage.objects.filter(pk=message.pk, texted_at=None)
    if not mine.update(texted_at=timezone.now()):
        return
    try:
        chosen.send(
            reader.mobile,
            _("News from Praksisplass: %(url)s") % {"url": f"{settings.SITE_URL}/messages/"},
        )
    except Exception as error:  # senders are others' code; the mail is on its way in any case
        logger.warning("a text message could not be sent: %s", type(error).__name__)
