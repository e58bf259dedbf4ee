"""A round set up from an earlier one: the same weeks in a later school year, as a draft."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from placements.actions import rounds
from placements.models import CapacityRequest, Period, Quota, Round
from placements.models.capacity import AnswerState

SAME = ("max_wishes", "max_travel_minutes", "outside_wishes", "policy")


@transaction.atomic
def copy(earlier: Round, *, by: User) -> Round:
    """Set up a draft like the earlier round: weeks, rules, quotas, and the workplaces to ask.

    Nobody is asked, and no student is in it: those are of their own year. What students must have in
    order is each workplace's own, and so is with it already.
    """
    before = list(earlier.periods.all())
    years = years_on(earlier, before)
    new = rounds.create(
        Round(
            name=renamed(earlier.name, years),
            county=earlier.county,
            school=earlier.school,
            capacity_deadline=_deadline(earlier.capacity_deadline, years),
            wishes_deadline=_deadline(earlier.wishes_deadline, years),
            publish_on=moved(earlier.publish_on, years),
            **{field: getattr(earlier, field) for field in SAME},
        ),
        programmes=earlier.programmes.all(),
        schools=earlier.schools.select_related("county"),
        periods=[_plan(period, years) for period in before],
        by=by,
    )
    CapacityRequest.objects.bulk_create(
        CapacityRequest(round=new, workplace_id=workplace)
        for workplace in earlier.capacity_requests.exclude(state=AnswerState.NOT_ASKED)
        .filter(workplace__active=True, workplace__receives_students=True)
        .values_list("workplace", flat=True)
    )
    _quotas(earlier, new, before, years)
    audit.record("round.copied", new, by=by, earlier=str(earlier.pk))
    return new


def years_on(round: Round, periods: list[Period]) -> int:
    """How many years on: one, or as many as it takes for practice to begin after today."""
    first = min((p.start for p in periods), default=timezone.localdate(round.wishes_deadline))
    years = 1
    while moved(first, years) <= timezone.localdate():
        years += 1
    return years


def moved(day: dt.date, years: int) -> dt.date:
    """The same weekday of the same week; the fifty-third week is the last one where there is none."""
    year, week, weekday = day.isocalendar()
    last = dt.date(year + years, 12, 28).isocalendar().week
    return dt.date.fromisocalendar(year + years, min(week, last), weekday)


def renamed(name: str, years: int) -> str:
    """The name with its years moved on: “Vår 2027”, “2026/27”, “2026–2027”."""

    def later(found: re.Match[str]) -> str:
        short = found[2] and f"{found[2]}{(int(found[3]) + years) % 100:02}"
        return f"{int(found[1]) + years}{short or ''}"

    return re.sub(r"\b(20\d\d)(?:([/–-])(\d\d)(?!\d))?", later, name)


def _deadline(at: dt.datetime, years: int) -> dt.datetime:
    here = timezone.localtime(at)
    return timezone.make_aware(
        dt.datetime.combine(moved(here.date(), years), here.time().replace(tzinfo=None))
    )


def _plan(period: Period, years: int) -> rounds.PeriodPlan:
    return rounds.PeriodPlan(
        start=moved(period.start, years),
        end=moved(period.last_day, years) + dt.timedelta(days=1),
        weekdays=tuple(period.weekdays),
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        name=period.name,
    )


def _quotas(earlier: Round, new: Round, before: list[Period], years: int) -> None:
    after = {(p.start, p.name, tuple(p.weekdays), p.starts_at): p for p in new.periods.all()}
    of = {
        p.pk: after[(moved(p.start, years), p.name, tuple(p.weekdays), p.starts_at)] for p in before
    }
    for quota in Quota.objects.filter(round=earlier):
        Quota.objects.create(
            round=new,
            school_id=quota.school_id,
            workplace_id=quota.workplace_id,
            municipality_id=quota.municipality_id,
            period=of[quota.period_id] if quota.period_id else None,
            at_least=quota.at_least,
            at_most=quota.at_most,
        )
