"""Wake-ups for the outbox."""

from celery import shared_task

from accounts import outbox


@shared_task(name="accounts.deliver")
def deliver(pk: str) -> None:
    outbox.deliver(pk)
