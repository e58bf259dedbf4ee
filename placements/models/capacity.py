"""What workplaces offer: the question, its answer, and the places."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import CapabilityLink, Record, User
from accounts.policy import Role
from placements.models.rounds import Period, Round, start_of_today
from placements.models.workplaces import Contact, Workplace
from schools.identity import validate_no_identity_number


class AnswerState(models.TextChoices):
    NOT_ASKED = "not_asked", _("Not asked yet")
    ASKED = "asked", _("Asked")
    ANSWERED = "answered", _("Answered")
    DECLINED = "declined", _("None this year")


class DeclineReason(models.TextChoices):
    NO_SUPERVISOR = "no_supervisor", _("Nobody can supervise")
    STAFF_CHANGE = "staff_change", _("Changes in staff")
    NO_SPACE = "no_space", _("No room")
    MOVING = "moving", _("Moving or rebuilding")
    OTHER_STUDENTS = "other_students", _("We take students from elsewhere")
    OTHER = "other", pgettext_lazy("reason", "Other")


def _seen_by(user: User) -> models.Q:
    """What stands in a round and at a workplace: coordinators see their rounds', contacts their own."""
    seen = models.Q(pk=None)
    if user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
        seen |= models.Q(round__in=Round.objects.visible_to(user))
    if Role.WORKPLACE_CONTACT in user.roles:
        seen |= models.Q(workplace__in=Workplace.objects.answered_by(user))
    return seen


class CapacityRequestQuerySet(models.QuerySet["CapacityRequest"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(_seen_by(user))

    def unanswered(self) -> Self:
        return self.filter(state=AnswerState.ASKED)

    def unreminded_today(self) -> Self:
        return self.exclude(reminded_at__gte=start_of_today())

    def answered_for(self, contact: Contact) -> Self:
        """Those the contact answers for: her workplace and the units below it (three levels)."""
        top = contact.workplace_id
        return self.filter(
            models.Q(workplace=top)
            | models.Q(workplace__parent=top)
            | models.Q(workplace__parent__parent=top)
        )


class CapacityRequest(Record):
    """The question to one workplace in one round, "how many can you take?", and what it answered."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="capacity_requests")
    workplace = models.ForeignKey(Workplace, models.PROTECT, related_name="capacity_requests")
    state = models.CharField(
        _("answer"), max_length=10, choices=AnswerState.choices, default=AnswerState.NOT_ASKED
    )
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_via = models.CharField(
        _("by way of"), max_length=12, blank=True
    )  # link, phone, signed_in
    reason = models.CharField(_("reason"), max_length=20, choices=DeclineReason.choices, blank=True)
    note = models.CharField(
        _("in a sentence"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CapacityRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity request")
        verbose_name_plural = _("capacity requests")
        constraints = [
            models.UniqueConstraint(fields=["round", "workplace"], name="capacity_asked_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["answered", "declined"], answered_at__isnull=False)
                | models.Q(state__in=["not_asked", "asked"], answered_at=None),
                name="capacity_answer_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="declined") | models.Q(reason=""),
                name="capacity_reason_only_when_declined",
            ),
            models.CheckConstraint(
                condition=models.Q(state="declined") | models.Q(note=""),
                name="capacity_note_only_when_declined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workplace} ({self.get_state_display()})"


class CapacityLink(CapabilityLink):
    """The personal link in a contact's mail: opens what that contact answers for in one round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="capacity_links")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="capacity_links")

    class Meta:
        verbose_name = _("capacity link")
        verbose_name_plural = _("capacity links")

    def __str__(self) -> str:
        return str(self.contact)


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(_seen_by(user))

    def offered(self) -> Self:
        return self.filter(capacity__gt=0)


class Slot(Record):
    """One workplace in one period, with a number of places. With a `minimum` it takes so many or nobody.

    `used` is counted by a trigger from the placements that occupy it; CHECK keeps it between 0 and
    `capacity`, whichever way either of them changes. Nobody else may write it.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="slots")
    period = models.ForeignKey(Period, models.PROTECT, related_name="slots")
    workplace = models.ForeignKey(Workplace, models.PROTECT, related_name="slots")
    capacity = models.PositiveSmallIntegerField(_("places"), default=0)
    used = models.PositiveSmallIntegerField(_("taken"), default=0, editable=False)
    minimum = models.PositiveSmallIntegerField(_("at least, or nobody"), default=0)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("places")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["period", "workplace"], name="slot_once"),
            models.UniqueConstraint(
                fields=["id", "round", "period"], name="slot_in_round_and_period"
            ),
            models.UniqueConstraint(fields=["id", "round"], name="slot_in_round"),
            models.CheckConstraint(
                condition=models.Q(used__gte=0, used__lte=models.F("capacity")),
                name="slot_used_within_capacity",
                violation_error_message=_("More students are placed there than that."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__lte=500), name="slot_capacity_sane"
            ),
            models.CheckConstraint(condition=models.Q(minimum__lte=500), name="slot_minimum_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.workplace}, {self.period}"

    @property
    def free(self) -> int:
        return self.capacity - self.used
