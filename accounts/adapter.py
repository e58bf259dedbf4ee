"""How allauth behaves here: closed for sign-up, and mails that tell nothing by how long they take."""

import logging
import threading
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.outbox import language_of

logger = logging.getLogger(__name__)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts come from invitations and class lists, never from a form."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code. Look in the newest mail."),
        "too_many_login_attempts": _("Too many tries. Wait a little before you ask for a code."),
        "rate_limited": _("Too many tries. Wait a little before you ask for a code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """As for an address nobody has: back to the start."""
        return redirect("account_login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write and send beside the answer: a known address must not be told by the wait for SMTP.

        A code lives ten minutes and only in its session, so it does not go through the outbox; who
        gets none asks for another.
        """
        language = language_of(email, translation.get_language() or settings.LANGUAGE_CODE)
        arguments = (template_prefix, email, context["code"], language)
        threading.Thread(target=_send, args=arguments, daemon=True).start()


def _send(template_prefix: str, email: str, code: str, language: str) -> None:
    """Send a code in the language that its owner has chosen."""
    try:
        with translation.override(language):
            context = {"code": code, "SITE_URL": settings.SITE_URL}
            subject = render_to_string(f"{template_prefix}_subject.txt", context)
            text = render_to_string(f"{template_prefix}_message.txt", context)
        EmailMultiAlternatives(" ".join(subject.split()), text.strip() + "\n", to=[email]).send()
    except Exception as error:  # nobody waits for this thread: what it cannot do is logged
        logger.warning("a sign-in code could not be sent: %s", type(error).__name__)
