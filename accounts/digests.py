"""One mail with what has waited for it: each message's title, and where it leads.

A message that waits is in its reader's list already. A summary is a row of the outbox like any other
mail, made in the transaction that puts the waiting ones into it; what is not true any more by then is
left out.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.models import DIGEST, OutboxMessage, OutboxState, User


def gather(at: dt.datetime | None = None) -> int:
    """Put what has waited long enough into summaries; return how many summaries that made."""
    now = at or timezone.now()
    held = OutboxMessage.objects.filter(
        state=OutboxState.HELD, digest=None, next_try_at__lte=now
    ).order_by("written_at", "pk")
    made = 0
    for address in set(held.values_list("recipient", flat=True)):
        with transaction.atomic():
            rows = list(held.filter(recipient=address).select_for_update(skip_locked=True))
            reader = User.objects.filter(email=address, is_active=True).first()
            mine = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows])
            if not rows:
                continue
            if reader is None:  # nobody to choose for any more: an ordinary mail
                mine.update(state=OutboxState.PENDING, next_try_at=now)
                continue
            about = {"recipient": address, "subject_id": reader.pk, "publication": str(rows[0].pk)}
            outbox.enqueue(DIGEST, language=reader.written_standard, **about)  # type: ignore[arg-type]
            mine.update(digest=OutboxMessage.objects.get(kind=DIGEST, **about))
            made += 1
    return made


@outbox.writes(DIGEST, _("Summary"))
def write(message: OutboxMessage) -> outbox.Letter | None:
    """The titles of what is still so. If nothing is, there is no mail."""
    reader = User.objects.filter(pk=message.subject_id).first()
    items = []
    for row in message.gathered.filter(state=OutboxState.HELD).order_by("written_at", "pk"):
        if outbox.WRITERS[row.kind](row) is None:
            OutboxMessage.objects.filter(pk=row.pk).update(state=OutboxState.DROPPED)
            continue
        items.append({"subject": row.subject, "url": f"{settings.SITE_URL}{row.path}"})
    if reader is None or not items:
        return None
    path = reverse("messages")
    return outbox.Letter(
        "digest",
        {"name": reader.get_short_name(), "items": items, "url": f"{settings.SITE_URL}{path}"},
        path=path,
    )
