"""What a round's charts show: places and need week by week, and answers as they came in."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from placements.models import Candidate, Period, Round, Workplace
from placements.plots import Curve, Heat, Weeks

Week = tuple[int, int]  # year and number, as ISO counts them


def weeks_of(period: Period) -> set[Week]:
    return {(day.isocalendar().year, day.isocalendar().week) for day in period.days}


def against_need(round: Round, periods: Iterable[Period]) -> tuple[Weeks, int]:
    """Places and need per week, and how many students can be placed in any period."""
    offered = dict(round.slots.order_by().values_list("period").annotate(Sum("capacity")))
    taking = round.candidates.taking_part().order_by()
    needed = dict(taking.values_list("period").annotate(Count("pk")))
    sums: dict[Week, list[int]] = defaultdict(lambda: [0, 0])
    for period in periods:
        for week in weeks_of(period):
            sums[week][0] += offered.get(period.pk, 0)
            sums[week][1] += needed.get(period.pk, 0)
    chart = Weeks(
        key="weeks",
        title=_("Places against need, week by week"),
        says=_("Columns are places offered, the line is students who need one that week."),
        head=[_("Week"), _("Places"), _("Students who need one"), _("Missing")],
        rows=[(week[1], *_pair(sums[week])) for week in sorted(sums)],
    )
    return chart, needed.get(None, 0)


def _pair(sums: list[int]) -> tuple[int, int]:
    return sums[0], sums[1]


def heat(round: Round, periods: Iterable[Period], by: str) -> Heat:
    """Places per week, by municipality or by kind of workplace."""
    field = "workplace__kind" if by == "kind" else "workplace__municipality__name"
    order = "workplace__kind" if by == "kind" else "workplace__municipality__sort_key"
    when = {period.pk: weeks_of(period) for period in periods}
    weeks = sorted(set().union(*when.values()))
    sums: dict[str, Counter[Week]] = defaultdict(Counter)
    found = round.slots.filter(capacity__gt=0).order_by(order)
    for name, period, places in found.values_list(field, "period", "capacity"):
        sums[name].update(dict.fromkeys(when.get(period, ()), places))
    kinds = dict(Workplace.Kind.choices)
    return Heat(
        title=_("Places per week"),
        what=_("Kind") if by == "kind" else _("Municipality"),
        columns=[week for _year, week in weeks],
        rows=[
            (str(kinds.get(name, name)), [counts[week] for week in weeks])
            for name, counts in sums.items()
        ],
    )


def answers(round: Round) -> Curve | None:
    """When the workplaces answered; None before anybody is asked."""
    asked = round.capacity_requests.exclude(state="not_asked")
    start = asked.aggregate(first=Min("asked_at"))["first"]
    done = asked.exclude(answered_at=None)
    return _curve(
        key="answers",
        title=_("Answers from the workplaces"),
        says=_("How many workplaces had answered by each day, of all who are asked."),
        what=_("Workplaces that have answered"),
        moments=done.values_list("answered_at", flat=True),
        whole=asked.count(),
        start=start,
        limit=round.capacity_deadline,
    )


def wishes(round: Round, user: User) -> Curve | None:
    """When the students whom she may see sent their wishes."""
    mine = Candidate.objects.visible_to(user).for_round(round).taking_part()
    sent: QuerySet[Candidate, dt.datetime | None] = mine.exclude(wishes_sent_at=None).values_list(
        "wishes_sent_at", flat=True
    )
    return _curve(
        key="wishes",
        title=_("Wishes from the students"),
        says=_("How many students had sent their wishes by each day, of those you may see."),
        what=_("Students who have sent wishes"),
        moments=sent,
        whole=mine.count(),
        start=None,
        limit=round.wishes_deadline,
    )


def _curve(
    *,
    key: str,
    title: str,
    says: str,
    what: str,
    moments: Iterable[dt.datetime | None],
    whole: int,
    start: dt.datetime | None,
    limit: dt.datetime,
) -> Curve | None:
    days = Counter(timezone.localdate(moment) for moment in moments if moment)
    if not days:
        return None
    return Curve(
        key=key,
        title=title,
        says=says,
        days=sorted(days.items()),
        whole=whole,
        start=timezone.localdate(start) if start else min(days),
        limit=timezone.localdate(limit),
        today=timezone.localdate(),
        head=[pgettext("calendar", "Day"), what],
    )
