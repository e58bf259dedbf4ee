"""A stay that is going on: the period's days laid around today."""

import datetime as dt

from django.utils import timezone

from placements.models import Period, Placement

DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return timezone.localdate()


def going_on(world, *, before: int = 3, after: int = 2) -> Placement:
    """Practice every day, from `before` days ago until `after` days from now."""
    days = [today() + n * DAY for n in range(-before, after + 1)]
    Period.objects.filter(pk=world.period.pk).update(
        days=days, start=days[0], end=days[-1] + DAY, weekdays=[1, 2, 3, 4, 5, 6, 7]
    )
    return Placement.objects.get(pk=world.placement.pk)
