"""How allauth behaves here: closed for sign-up, and mails that tell nothing by how long they take."""

import logging
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts come from invitations and class lists, never from a form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return " ".join(subject.split())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send beside the answer, so that a known address is not told by the wait for SMTP.

        A code is never stored, so it does not go through the outbox; who gets none asks for another.
        """
        mail = self.render_mail(template_prefix, email, context)
        threading.Thread(target=_send, args=(mail,), daemon=True).start()


def _send(mail: EmailMultiAlternatives) -> None:
    try:
        mail.send()
    except OSError as error:
        logger.warning("a sign-in code could not be sent: %s", type(error).__name__)
    finally:
        connection.close()
