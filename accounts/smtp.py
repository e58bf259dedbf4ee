"""SMTP that knows whether a broken connection may already have delivered the mail."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

END_OF_TEXT = b"\r\n.\r\n"


class PerhapsSentError(smtplib.SMTPException):
    """The whole text was handed over, and the server's answer never came."""


class Connection(smtplib.SMTP):
    """Sends as its parent does; tells a mail lost on the way from one whose receipt was lost."""

    handed_over = False

    def send(self, s: Any) -> None:
        # Set before sending: even a failure in here may come after the last byte has left.
        self.handed_over = isinstance(s, bytes) and s.endswith(END_OF_TEXT)
        super().send(s)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.handed_over = False
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            if self.handed_over:
                raise PerhapsSentError from error
            raise


class Backend(EmailBackend):
    """Django's own, with that connection."""

    connection_class = Connection  # a property in the parent
