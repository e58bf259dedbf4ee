"""Wake-ups for the outbox."""

from celery import shared_task

from accounts import outbox


@shared_task(name="accounts.deliver_due")
def deliver_due() -> None:
    outbox.deliver_due()
