"""What is done to the secret address of a person's calendar."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit, links
from accounts.models import User
from placements.models import CalendarFeed

LASTS = dt.timedelta(days=400)  # a school year and the summer after it


@transaction.atomic
def renew(*, by: User) -> str:
    """Give her an address, and close the one she had. The token is told once and never kept."""
    User.objects.select_for_update().get(pk=by.pk)  # two at once would both find the old one open
    links.revoke(CalendarFeed.objects.filter(user=by))
    token, feed = links.mint(CalendarFeed, expires_at=timezone.now() + LASTS, user=by)
    audit.record("calendar.renew", feed, by=by)
    return token


@transaction.atomic
def stop(*, by: User) -> bool:
    """Close her address; return whether there was one."""
    open_ = CalendarFeed.objects.filter(user=by, revoked_at=None).first()
    if open_ is None or not links.revoke(CalendarFeed.objects.filter(pk=open_.pk)):
        return False
    audit.record("calendar.stop", open_, by=by)
    return True
