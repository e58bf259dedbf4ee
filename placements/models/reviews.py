"""After the stay: what the supervisor says of the student, and the student of the stay."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from accounts.policy import Role
from placements.models.placements import Placement, placed_seen_by
from placements.models.supervision import by_one_of
from placements.models.workplaces import Supervisor
from schools.identity import validate_no_identity_number
from schools.models.students import seen_by


class Level(models.IntegerChoices):
    PRACTISE = 1, _("Needs practice")
    ON_THE_WAY = 2, _("On the way")
    WELL = 3, _("Does well")


CRITERIA = ("safety", "cooperation", "communication", "independence", "interest")


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(placed_seen_by(user, "placement__"))


class Feedback(Record):
    """The workplace's feedback to a student (tilbakemelding på utplassering): five things and a sentence."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="feedback")
    safety = models.PositiveSmallIntegerField(_("Health and safety"), choices=Level.choices)
    cooperation = models.PositiveSmallIntegerField(_("Cooperation"), choices=Level.choices)
    communication = models.PositiveSmallIntegerField(_("Communication"), choices=Level.choices)
    independence = models.PositiveSmallIntegerField(_("Independence"), choices=Level.choices)
    interest = models.PositiveSmallIntegerField(_("Professional interest"), choices=Level.choices)
    words = models.CharField(
        _("In a sentence"), max_length=400, blank=True, validators=[validate_no_identity_number]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    given_at = models.DateTimeField(_("given"), db_default=Now(), editable=False)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, null=True, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    safety__range=(1, 3),
                    cooperation__range=(1, 3),
                    communication__range=(1, 3),
                    independence__range=(1, 3),
                    interest__range=(1, 3),
                ),
                name="feedback_levels_known",
            ),
            by_one_of(("given_by", "supervisor"), name="feedback_given_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.placement)

    @property
    def giver(self) -> User | Supervisor | None:
        return self.supervisor or self.given_by


def asked(model: type[models.Model], name: str) -> str:
    """What is asked, in words."""
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column


class Agrees(models.IntegerChoices):
    NO = 1, _("Not true")
    LITTLE = 2, _("A little true")
    MOSTLY = 3, _("Mostly true")
    YES = 4, _("Quite true")


QUESTIONS = ("received", "tasks", "guidance", "recommend")
FEWEST = 5  # fewer than this, and somebody could work out who said what


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: User) -> Self:
        """Her own, and her school's. Never the workplace's: it sees `averages` and no row."""
        seen = models.Q(placement__student__user=user)
        if user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
            seen |= seen_by(user, "placement__student__")
        return self.filter(seen).filter(placement__student__manual_handling=False)


class Evaluation(Record):
    """What a student says of her stay, in four answers. Given once, so that no average tells on her."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="evaluation")
    received = models.PositiveSmallIntegerField(_("I was well received"), choices=Agrees.choices)
    tasks = models.PositiveSmallIntegerField(
        _("I got to practise what I am learning"), choices=Agrees.choices
    )
    guidance = models.PositiveSmallIntegerField(
        _("I got guidance when I needed it"), choices=Agrees.choices
    )
    recommend = models.PositiveSmallIntegerField(
        _("I would recommend the place to other students"), choices=Agrees.choices
    )
    given_at = models.DateTimeField(_("given"), db_default=Now(), editable=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation of the stay")
        verbose_name_plural = _("evaluations of stays")
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    received__range=(1, 4),
                    tasks__range=(1, 4),
                    guidance__range=(1, 4),
                    recommend__range=(1, 4),
                ),
                name="evaluation_answers_known",
            )
        ]

    def __str__(self) -> str:
        return str(self.placement)
