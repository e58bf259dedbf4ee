"""A student in a round: what she needs, and what she wishes."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, User
from placements.models.capacity import Slot
from placements.models.rounds import Period, Round
from placements.models.workplaces import Workplace
from schools.models import School, Student
from schools.models.students import seen_by


class WishesState(models.TextChoices):
    NONE = "none", _("Not begun")
    DRAFT = "draft", _("Saved, not sent")
    SENT = "sent", _("Sent")


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: User) -> Self:
        """Those of the students she may see; a student sees herself."""
        return self.filter(seen_by(user, "student__"))

    def for_round(self, round: Round) -> Self:
        return self.filter(round=round)

    def taking_part(self) -> Self:
        """Not withdrawn, and not handled by hand outside of matching."""
        return self.filter(withdrawn_at=None, student__manual_handling=False)

    def with_needs(self) -> Self:
        """With which of her practices in the round each is, and of how many (`Candidate.which`)."""
        hers = Candidate.objects.taking_part().filter(
            round=models.OuterRef("round"), student=models.OuterRef("student")
        )
        counted = hers.order_by().values("student").annotate(n=models.Count("pk"))
        until = counted.filter(need__lte=models.OuterRef("need"))
        return self.annotate(
            of_needs=models.Subquery(counted.values("n")),
            as_need=models.Subquery(until.values("n")),
        )

    def named(self) -> Self:
        """Those that may be named, with what it takes (`Candidate.name`), and of which class and school.

        A proposal may be older than that somebody is handled by hand; her name is on no page of it.
        """
        named = self.filter(student__manual_handling=False).with_needs()
        return named.select_related("student__school_class", "school")

    def unsent(self) -> Self:
        return self.exclude(wishes_state=WishesState.SENT)

    def pinned(self) -> Self:
        return self.exclude(pinned_slot=None)


class Candidate(Record):
    """A student in a round, with one need: one place. Two needs in a round are two candidates.

    `period` and `kinds` say what will do (none named: any). `pinned_slot` is a human decision that
    matching must keep. `priority` 1 comes before 0: she went without last time, or must finish.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="candidates")
    student = models.ForeignKey(Student, models.PROTECT, related_name="candidates")
    school = models.ForeignKey(School, models.PROTECT, related_name="candidates", editable=False)
    need = models.PositiveSmallIntegerField(_("need number"), default=1)
    period = models.ForeignKey(
        Period,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidates",
        verbose_name=_("period"),
    )
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Workplace.Kind.choices),
        default=list,
        blank=True,
        verbose_name=_("kinds of workplace"),
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    no_car = models.BooleanField(_("I have no car"), default=False)
    step_free = models.BooleanField(_("I need step-free access"), default=False)
    wishes_state = models.CharField(
        _("wishes"), max_length=8, choices=WishesState.choices, default=WishesState.NONE
    )
    wishes_sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    wishes_sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    pinned_slot = models.ForeignKey(
        Slot, models.PROTECT, null=True, blank=True, related_name="pinned_candidates"
    )
    pinned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    pinned_at = models.DateTimeField(_("pinned"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("left the round"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    of_needs: int | None  # by `with_needs`
    as_need: int | None

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["student__sort_key", "need"]
        constraints = [
            models.UniqueConstraint(fields=["round", "student", "need"], name="candidate_once"),
            models.UniqueConstraint(
                fields=["id", "round", "student", "school"], name="candidate_in_round"
            ),
            models.UniqueConstraint(fields=["id", "round"], name="candidate_of_round"),
            models.CheckConstraint(
                condition=models.Q(wishes_state="sent", wishes_sent_at__isnull=False)
                | (
                    ~models.Q(wishes_state="sent")
                    & models.Q(wishes_sent_at=None, wishes_sent_by=None)
                ),
                name="candidate_sent_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    pinned_slot__isnull=False, pinned_by__isnull=False, pinned_at__isnull=False
                )
                | models.Q(pinned_slot=None, pinned_by=None, pinned_at=None),
                name="candidate_pinned_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.student)

    @property
    def name(self) -> str:
        """Her name, for those who decide; with which of her practices it is, where she has several."""
        return named(self.student.name, self.which)

    @property
    def which(self) -> str:
        """Which of her practices in the round this is, in words; nothing where it is the only one."""
        if not hasattr(self, "of_needs"):
            counted = Candidate.objects.with_needs().get(pk=self.pk)
            self.of_needs, self.as_need = counted.of_needs, counted.as_need
        return which_of(self.as_need or 0, self.of_needs or 0)


def named(name: str, which: str) -> str:
    return f"{name} ({which})" if which else name


def which_of(n: int, of: int) -> str:
    return gettext("Practice %(n)d of %(of)d") % {"n": n, "of": of} if of > 1 else ""


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(candidate__in=Candidate.objects.visible_to(user))


class Preference(Record):
    """A candidate's ranked wish for a workplace; equal ranks are equally good."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="preferences")
    workplace = models.ForeignKey(Workplace, models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField(_("rank"))

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "workplace"], name="preference_once"),
            models.CheckConstraint(
                condition=models.Q(rank__range=(1, 50)), name="preference_rank_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.workplace}"


class WorkplaceOrder(Record):
    """A workplace's own order: whom it would take first, 1 before 2; equal numbers are equally welcome.

    Entered by the coordinator, and counted only where the round's rules let workplaces choose.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="orders", editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="orders")
    workplace = models.ForeignKey(Workplace, models.PROTECT, related_name="orders")
    order = models.PositiveSmallIntegerField(_("comes as number"))

    class Meta:
        verbose_name = _("workplace's order")
        verbose_name_plural = _("workplaces' orders")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "workplace"], name="workplace_order_once"),
            models.CheckConstraint(
                condition=models.Q(order__range=(1, 99)), name="workplace_order_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workplace}: {self.order}."
