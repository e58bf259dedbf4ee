"""The one shape of our mails: a greeting, a few sentences, one link."""

from django.conf import settings

from accounts.outbox import Letter
from placements.models import Candidate


def for_need(text: str, candidate: Candidate) -> str:
    """Whoever has more than one practice in a round is told which it is about."""
    which = candidate.which
    return f"{text} ({which[0].lower()}{which[1:]})" if which else text


def letter(name: str, subject: str, *paragraphs: str, link: str, action: str) -> Letter:
    """A mail to `name`. Empty paragraphs are left out; `link` is a path of ours."""
    return Letter(
        "news",
        {
            "name": name,
            "subject": subject,
            "paragraphs": [text for text in paragraphs if text],
            "url": f"{settings.SITE_URL}{link}",
            "action": action,
        },
        path=link,
    )
