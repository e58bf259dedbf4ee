"""What accounts need not keep: sent forms nobody will send again, sessions that are over."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import OnceKey

FORMS_LAST = dt.timedelta(days=2)  # a page left open overnight may still be sent twice


def forget_expired(at: dt.datetime | None = None) -> int:
    """Delete them, and return how many there were."""
    now = at or timezone.now()
    forms, _ = OnceKey.objects.filter(created_at__lt=now - FORMS_LAST).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return forms + sessions
