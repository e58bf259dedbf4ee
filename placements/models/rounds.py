"""One allocation of practice places, from draft to closed, and its dates."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from accounts.policy import Role
from accounts.prepared import prepared
from placements.models.fields import DaysField
from schools.models import County, Programme, School
from schools.models.schools import reach


def start_of_today() -> dt.datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class RoundState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COLLECTING = "collecting", _("Collecting capacity")
    OPEN = "open", _("Open for wishes")
    MATCHING = "matching", pgettext_lazy("round", "Matching")
    PUBLISHED = "published", pgettext_lazy("round", "Published")
    CLOSED = "closed", pgettext_lazy("round", "Closed")


TRANSITIONS: dict[str, tuple[str, ...]] = {
    RoundState.DRAFT: (RoundState.COLLECTING,),
    RoundState.COLLECTING: (RoundState.OPEN, RoundState.DRAFT),
    RoundState.OPEN: (RoundState.MATCHING, RoundState.COLLECTING),
    RoundState.MATCHING: (RoundState.PUBLISHED, RoundState.OPEN),
    RoundState.PUBLISHED: (RoundState.CLOSED,),
    RoundState.CLOSED: (),
}

# Named levels in order of importance; see docs/matching.md and rules.py. Stored with each run.
DEFAULT_POLICY = [
    "placed",
    "fairness",
    "wishes:squared",
    "breadth",
    "moves",
    "travel",
    "lottery",
]


def default_policy() -> list[str]:
    return list(DEFAULT_POLICY)


def decided_by(user: User, at: str = "") -> models.Q:
    """Whose rounds she decides on; `at` is the way to the round from what is in it: "round__"."""
    hers = reach(user)
    return models.Q((f"{at}county__in", hers.coordinated)) | models.Q((f"{at}school__in", hers.own))


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> Self:
        """Coordinators of a school that takes part, and of the county."""
        seen = models.Q(pk=None)
        if user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
            hers = reach(user)
            taking_part = RoundSchool.objects.filter(school__in=hers.schools).values("round")
            seen |= models.Q(pk__in=taking_part) | models.Q(county__in=hers.coordinated)
        return self.filter(seen)

    def seen(self, user: User, pk: UUID) -> Round:
        """The one, or `DoesNotExist` if she may not know of it."""
        for row in _seen(user, pk):
            return Round.from_db(self.db, _names(), row)
        raise Round.DoesNotExist

    def managed_by(self, user: User) -> Self:
        """Those she decides on: a county's shared rounds for its coordinator, a school's own for its."""
        return self.filter(decided_by(user))

    def concerning(self, user: User) -> Self:
        """Those she sees, takes part in as a student, or is asked in for a workplace."""
        from placements.models import Candidate, CapacityRequest

        mine = models.Q(pk__in=self.model.objects.visible_to(user).values("pk"))
        if Role.STUDENT in user.roles:
            own = Candidate.objects.filter(student__user=user, withdrawn_at=None)
            mine |= models.Q(pk__in=own.exclude(round__state=RoundState.DRAFT).values("round"))
        if Role.WORKPLACE_CONTACT in user.roles:
            asked = CapacityRequest.objects.visible_to(user).exclude(state="not_asked")
            mine |= models.Q(pk__in=asked.values("round"))
        return self.filter(mine)

    def taking_wishes(self, at: dt.datetime | None = None) -> Self:
        return self.filter(state=RoundState.OPEN, wishes_deadline__gt=at or timezone.now())

    def taking_capacity(self, at: dt.datetime | None = None) -> Self:
        return self.filter(
            state__in=[RoundState.COLLECTING, RoundState.OPEN],
            capacity_deadline__gt=at or timezone.now(),
        )


class Round(Record):
    """One allocation of places (fordelingsrunde): who takes part, when, by which deadlines and rules.

    `school` is set when one school runs it alone; a round that several schools share belongs to the
    county. `version` grows with every change that matching depends on, so that a proposal computed
    on older facts is seen to be stale. With `students_wait_until` only workplaces know what is published.
    """

    name = models.CharField(_("name"), max_length=120)
    county = models.ForeignKey(
        County, models.PROTECT, related_name="rounds", verbose_name=_("county")
    )
    school = models.ForeignKey(
        School,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="own_rounds",
        verbose_name=_("run by one school"),
    )
    programmes = models.ManyToManyField(
        Programme, related_name="rounds", verbose_name=_("programme areas")
    )
    schools = models.ManyToManyField(
        School, through="RoundSchool", related_name="rounds", verbose_name=_("schools")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RoundState.choices, default=RoundState.DRAFT
    )
    capacity_deadline = models.DateTimeField(_("workplaces answer by"))
    wishes_deadline = models.DateTimeField(_("students send wishes by"))
    publish_on = models.DateField(_("planned publication"))
    max_wishes = models.PositiveSmallIntegerField(_("most wishes per student"), default=5)
    max_travel_minutes = models.PositiveSmallIntegerField(_("longest travel, minutes"), default=90)
    outside_wishes = models.BooleanField(
        _("may place outside the wish list"),
        default=True,
        help_text=_("A place nobody wished for is better than none."),
    )
    policy = ArrayField(
        models.CharField(max_length=40), verbose_name=_("rules"), default=default_policy
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    students_wait_until = models.DateTimeField(
        _("students are told"), null=True, blank=True, editable=False
    )
    students_told_at = models.DateTimeField(
        _("students were told"), null=True, blank=True, editable=False
    )
    forgotten_at = models.DateTimeField(_("details deleted"), null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-wishes_deadline"]
        constraints = [
            models.UniqueConstraint(fields=["id", "county"], name="round_in_county"),
            models.CheckConstraint(
                condition=models.Q(state__in=RoundState.values), name="round_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["published", "closed"], published_at__isnull=False)
                | (~models.Q(state__in=["published", "closed"]) & models.Q(published_at=None)),
                name="round_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(students_wait_until=None)
                | models.Q(state="published", students_told_at=None),
                name="round_waits_while_published",
            ),
            models.CheckConstraint(
                condition=models.Q(students_told_at=None) | models.Q(published_at__isnull=False),
                name="round_told_is_published",
            ),
            models.CheckConstraint(
                condition=models.Q(max_wishes__range=(1, 20)), name="round_max_wishes_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def managed_by(self, user: User) -> bool:
        """Whether the queryset's `managed_by` would find it, of a round that is at hand."""
        hers = reach(user)
        return self.county_id in hers.coordinated or self.school_id in hers.own

    def takes_wishes(self) -> bool:
        """As `taking_wishes` finds it."""
        return self.state == RoundState.OPEN and self.wishes_deadline > timezone.now()

    def takes_capacity(self) -> bool:
        """As `taking_capacity` finds it."""
        asking = self.state in (RoundState.COLLECTING, RoundState.OPEN)
        return asking and self.capacity_deadline > timezone.now()

    def can_become(self, state: str) -> bool:
        return state in TRANSITIONS[self.state]


def _names() -> list[str]:
    return [field.attname for field in Round._meta.concrete_fields]


@prepared
def _seen(user: User, pk: UUID) -> models.QuerySet[Any]:
    return Round.objects.visible_to(user).filter(pk=pk).order_by().values_list(*_names())


class RoundSchool(models.Model):
    """That a school takes part in a round of its own county."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="round_schools")
    school = models.ForeignKey(School, models.PROTECT, related_name="round_schools")
    county = models.ForeignKey(County, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("school in the round")
        verbose_name_plural = _("schools in the round")
        constraints = [
            models.UniqueConstraint(fields=["round", "school"], name="round_school_once")
        ]

    def __str__(self) -> str:
        return str(self.school)


class PeriodQuerySet(models.QuerySet["Period"]):
    def overlapping(self, period: Period) -> Self:
        """Those that share a practice day with the given one: Tuesdays and Thursdays do not."""
        return self.exclude(pk=period.pk).filter(days__overlap=period.days)


class Period(Record):
    """Dates inside a round, half-open `[start, end)`, on some weekdays, some hours a day.

    `days` are the actual practice days: public holidays and the county's school breaks taken out.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="periods")
    name = models.CharField(_("name"), max_length=60, blank=True)
    start = models.DateField(_("first day"))
    end = models.DateField(_("first day after"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("weekdays (1 = Monday)"), size=7
    )
    starts_at = models.TimeField(_("from"), default=dt.time(8))
    ends_at = models.TimeField(_("to"), default=dt.time(15, 30))
    days = DaysField(_("practice days"), editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("model", "period")
        verbose_name_plural = pgettext_lazy("model", "periods")
        ordering = ["start", "end", "name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "round"], name="period_in_round"),
            models.UniqueConstraint(fields=["id", "days"], name="period_days_key"),
            models.UniqueConstraint(
                fields=["round", "start", "end", "weekdays"], name="period_once_in_round"
            ),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="period_has_dates"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    weekdays__len__gte=1, weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]
                ),
                name="period_weekdays_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="period_has_hours"
            ),
        ]

    def __str__(self) -> str:
        if self.name:
            return self.name
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (self.start, self.last_day))
        return f"{first}–{last}"

    @property
    def last_day(self) -> dt.date:
        return self.end - dt.timedelta(days=1)
