"""What somebody wants to be told of, and how: topics by role, each with its ways.

A topic is some kinds of messages under a name that its reader knows. Apps register theirs. Everything
stands in her list of messages whatever she chooses; what she cannot switch off says why.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import How, MessageChoice, User
from accounts.policy import Role

OSLO = ZoneInfo("Europe/Oslo")
MORNING = 7  # o'clock: read with the first coffee
MONDAY = 0


@dataclass(frozen=True)
class Topic:
    """Kinds of messages under one name. `must` says why it is always sent; then nothing is chosen."""

    code: str
    title: Promise
    about: Promise
    kinds: frozenset[str]
    roles: frozenset[Role]
    ways: tuple[How, ...] = tuple(How)
    must: Promise | None = None


TOPICS: dict[str, Topic] = {}


def register(*topics: Topic) -> None:
    """Make topics known, in the order in which they are shown."""
    TOPICS.update((topic.code, topic) for topic in topics)


def topics_for(user: User) -> list[Topic]:
    """What somebody with her roles may be told of."""
    return [topic for topic in TOPICS.values() if topic.roles & user.roles]


def chosen(user: User) -> dict[str, MessageChoice]:
    return {choice.topic: choice for choice in user.message_choices.all()}


@dataclass(frozen=True)
class Way:
    """How one message goes to its reader."""

    how: How
    sms: bool = False


def way(kind: str, reader: User | None) -> Way:
    """How a message of this kind goes to her. Who has no account, or has not chosen, gets a mail."""
    if reader is None:
        return Way(How.NOW)
    mine = [topic for topic in topics_for(reader) if kind in topic.kinds]
    if not mine:
        return Way(How.NOW)
    # Somebody with two roles is told as the more urgent of them is.
    topic = next((topic for topic in mine if topic.must), mine[0])
    choice = MessageChoice.objects.filter(user=reader, topic=topic.code).first()
    if choice is None:
        return Way(How.NOW)
    how = How(choice.how)
    return Way(How.NOW if topic.must or how not in topic.ways else how, choice.sms)


def next_summary(how: How, now: dt.datetime) -> dt.datetime:
    """The first morning (or Monday morning) after now."""
    local = now.astimezone(OSLO)
    day = local.date()
    if local.hour >= MORNING:
        day += dt.timedelta(days=1)
    if how == How.WEEKLY:
        day += dt.timedelta(days=(MONDAY - day.weekday()) % 7)
    return dt.datetime(day.year, day.month, day.day, MORNING, tzinfo=OSLO)


@transaction.atomic
def choose(
    user: User,
    how: Mapping[str, str],
    *,
    sms: frozenset[str] = frozenset(),
    mobile: str | None = None,
) -> None:
    """Write down what she has chosen for each topic of hers."""
    for topic in topics_for(user):
        wanted = How(how.get(topic.code, How.NOW))
        if topic.must and wanted != How.NOW:
            raise DomainError(str(topic.must))
        if wanted not in topic.ways:
            raise DomainError(_("That cannot wait for a summary."))
        MessageChoice.objects.update_or_create(
            user=user,
            topic=topic.code,
            defaults={"how": wanted, "sms": bool(settings.SMS_SENDER) and topic.code in sms},
        )
    if mobile is not None:
        User.objects.filter(pk=user.pk).update(mobile=mobile)
    audit.record("messages.chosen", user, by=user)
