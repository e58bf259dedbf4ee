"""What accounts need not keep: sent forms nobody will send again, sessions that are over, and the words
of old mails. That a mail was sent stays on record; what it said does not."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import AddressChange, OnceKey, OutboxMessage

FORMS_LAST = dt.timedelta(days=2)  # a page left open overnight may still be sent twice
WORDS_LAST = dt.timedelta(days=400)  # a school year, and the summer after it


def forget_expired(at: dt.datetime | None = None) -> int:
    """Delete them, and return how many there were."""
    now = at or timezone.now()
    forms, _ = OnceKey.objects.filter(created_at__lt=now - FORMS_LAST).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    changes, _ = AddressChange.objects.filter(expires_at__lt=now).delete()
    old = OutboxMessage.objects.filter(written_at__lt=now - WORDS_LAST).exclude(subject="")
    words = old.update(subject="", text="", path="")
    return forms + sessions + changes + words
