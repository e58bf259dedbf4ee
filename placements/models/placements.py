"""The decision: a student at a workplace in a period."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from accounts.policy import Role
from placements.models.capacity import Slot
from placements.models.fields import DaysField
from placements.models.preferences import Candidate
from placements.models.rounds import Period, Round, RoundState
from placements.models.runs import MatchingRun
from placements.models.workplaces import Workplace
from schools.identity import validate_no_identity_number
from schools.models import School, Student
from schools.models.students import seen_by


class PlacementState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CONFIRMED = "confirmed", _("Confirmed by the workplace")
    DECLINED = "declined", _("Declined by the workplace")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")


OCCUPYING = (PlacementState.PLANNED, PlacementState.CONFIRMED, PlacementState.COMPLETED)

PLACEMENT_TRANSITIONS: dict[str, tuple[str, ...]] = {
    PlacementState.PLANNED: (
        PlacementState.CONFIRMED,
        PlacementState.DECLINED,
        PlacementState.WITHDRAWN,
        PlacementState.COMPLETED,
    ),
    PlacementState.CONFIRMED: (
        PlacementState.DECLINED,
        PlacementState.WITHDRAWN,
        PlacementState.COMPLETED,
    ),
    PlacementState.DECLINED: (),
    PlacementState.WITHDRAWN: (),
    PlacementState.COMPLETED: (),
}


class EndReason(models.TextChoices):
    """Why a placement ended before it should: a code, and beside it at most a line about the workplace."""

    MOVED = "moved", _("Moved to another place")
    WORKPLACE_CLOSED = "workplace_closed", _("The workplace cannot after all")
    STUDENT_LEFT = "student_left", _("The student has left the round")
    NO_SUPERVISOR = "no_supervisor", _("Nobody can supervise")
    STAFF_CHANGE = "staff_change", _("Changes in staff")
    REBUILDING = "rebuilding", _("Moving or rebuilding")
    TOO_MANY = "too_many", _("More students than there is room for")
    AGREED = "agreed", _("Agreed between student, school and workplace")
    RECALLED = "recalled", _("The whole allocation was taken back")
    MISTAKE = "mistake", _("Entered by mistake")
    OTHER = "other", pgettext_lazy("reason", "Other")


def told_of(at: str = "") -> models.Q:
    """What its student has been told of. What ended before she was told was never hers to know.

    Nor is what was taken back: its round is not published any more.
    """
    round = f"{at}round__students"
    lasted = models.Q((f"{round}_told_at", None)) | models.Q((f"{at}ended_at", None))
    lasted |= models.Q((f"{at}ended_at__gt", models.F(f"{round}_told_at")))
    published = models.Q((f"{at}round__published_at__isnull", False))
    return published & models.Q((f"{round}_wait_until", None)) & lasted


def placed_seen_by(user: User, at: str = "") -> models.Q:
    """Whose placement she may see; `at` is the way to it from what is its own: "placement__".

    Published ones only: rows are written at publication and not before.
    """
    seen = seen_by(user, f"{at}student__")
    if Role.STUDENT in user.roles:
        seen &= told_of(at) | ~models.Q((f"{at}student__user", user))
    if Role.WORKPLACE_CONTACT in user.roles:
        seen |= models.Q((f"{at}slot__workplace__in", Workplace.objects.answered_by(user)))
    return models.Q((f"{at}student__manual_handling", False)) & seen


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(placed_seen_by(user))

    def occupying(self) -> Self:
        return self.filter(state__in=OCCUPYING)

    def stays(self) -> Self:
        """Those that hold, and those that were broken off on the way: somebody was there."""
        known = self.filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])
        return known.filter(models.Q(state__in=OCCUPYING) | models.Q(ended_from__isnull=False))

    def published(self) -> Self:
        """Those that hold, in rounds whose result is known and whose papers are still kept."""
        known = self.occupying().remembered()
        return known.filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])

    def remembered(self) -> Self:
        """Those whose details are still kept: agreement, attendance, feedback, papers."""
        return self.filter(round__forgotten_at=None)

    def for_round(self, round: Round) -> Self:
        return self.filter(round=round)

    def without_agreement(self, today: dt.date) -> Self:
        """Those not over whose practice agreement is not agreed by all three, begun or not."""
        going = self.occupying().filter(round__state=RoundState.PUBLISHED, period__end__gt=today)
        return going.filter(agreement__completed_at=None, round__students_wait_until=None)


class Placement(Record):
    """A student's place as decided and published (tildelt plass): what she and the workplace see.

    `days` repeats the period's practice days so that PostgreSQL itself can refuse two placements of
    one student on one day; a foreign key keeps the copy true. Who came later than the period began has
    `starts_on`; who left before it was over has `ended_from`, the first day she was not there.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="placements")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="placements")
    student = models.ForeignKey(Student, models.PROTECT, related_name="placements")
    school = models.ForeignKey(School, models.PROTECT, related_name="placements")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="placements")
    period = models.ForeignKey(Period, models.PROTECT, related_name="placements")
    days = DaysField(editable=False)
    starts_on = models.DateField(_("first day"), null=True, blank=True, editable=False)
    ended_from = models.DateField(_("ended from"), null=True, blank=True, editable=False)
    run = models.ForeignKey(
        MatchingRun, models.PROTECT, null=True, blank=True, related_name="placements"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=PlacementState.choices, default=PlacementState.PLANNED
    )
    rank = models.PositiveSmallIntegerField(_("wish"), null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("travel, minutes"), null=True, blank=True)
    explanation = models.JSONField(_("why this place"), default=dict, editable=False)
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("published"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("workplace answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(_("reason"), max_length=20, choices=EndReason.choices, blank=True)
    end_note = models.CharField(
        _("in a sentence"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["student__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["id", "round"], name="placement_of_round"),
            ExclusionConstraint(
                name="placement_no_overlap",
                expressions=[("student", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=models.Q(state__in=["planned", "confirmed", "completed"]),
                violation_error_message=_(
                    "The student already has a placement on some of these days."
                ),
            ),
            models.UniqueConstraint(
                fields=["candidate"],
                condition=models.Q(state__in=["planned", "confirmed", "completed"]),
                name="placement_one_per_candidate",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["declined", "withdrawn"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                )
                & ~models.Q(end_reason="")
                | models.Q(
                    state__in=["planned", "confirmed", "completed"],
                    ended_at=None,
                    ended_by=None,
                    end_reason="",
                ),
                name="placement_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(end_note="") | models.Q(state="declined"),
                name="placement_note_only_when_declined",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_from=None) | models.Q(state__in=["declined", "withdrawn"]),
                name="placement_broken_off_has_ended",
            ),
        ]

    def __str__(self) -> str:
        """Where and when; who stands in a column of its own."""
        return str(self.slot)

    @property
    def occupies(self) -> bool:
        return self.state in OCCUPYING

    @property
    def stay(self) -> list[dt.date]:
        """The practice days that are hers here: all, unless she came late or left early."""
        first, end = self.starts_on or dt.date.min, self.ended_from or dt.date.max
        return [day for day in self.days if first <= day < end]

    @property
    def ahead(self) -> bool:
        """It holds, and practice has not begun."""
        return self.occupies and bool(self.stay) and self.stay[0] > timezone.localdate()

    @property
    def under_way(self) -> bool:
        """It holds, and practice has begun and is not over."""
        stay = self.stay if self.occupies else []
        return bool(stay) and stay[0] <= timezone.localdate() <= stay[-1]

    @property
    def today(self) -> bool:
        """It holds, and she is expected there today."""
        return self.occupies and timezone.localdate() in self.stay

    def can_become(self, state: str) -> bool:
        return state in PLACEMENT_TRANSITIONS[self.state]
