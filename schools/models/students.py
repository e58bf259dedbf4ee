"""Students, and what each must have ready before she starts."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, Translated, User
from accounts.policy import Role
from schools.identity import holds_identity_number
from schools.models.places import Municipality
from schools.models.schools import School, SchoolClass, reach
from schools.ordering import SortKey


class Requirement(Translated, Record):
    """A kind of thing a workplace may require: police certificate, tuberculosis, confidentiality..."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    how_nb = models.TextField(_("how to get it ready (bokmål)"), blank=True)
    how_nn = models.TextField(_("how to get it ready (nynorsk)"), blank=True)
    how_en = models.TextField(_("how to get it ready (English)"), blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("ready this many days before the start"), default=14
    )

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["code"]

    @property
    def how(self) -> str:
        """What to do to get it ready, in the reader's language, else in bokmål."""
        from django.utils.translation import get_language

        chosen: str = getattr(self, f"how_{(get_language() or 'nb')[:2]}", "")
        return chosen or self.how_nb


def seen_by(user: User, at: str = "") -> models.Q:
    """A student sees herself; coordinators see their schools' students, never the hidden ones.

    `at` is the way to the student from what is hers: "student__". A join, where a subquery of
    students would be planned and asked for every list of their things.
    """
    seen = models.Q((f"{at}school__in", reach(user).schools))
    if Role.STUDENT in user.roles:
        seen |= models.Q((f"{at}user", user))
    return models.Q((f"{at}manual_handling", False)) & seen


def written_name(given_name: str, family_name: str) -> str:
    """Whoever is forgotten has neither."""
    return f"{given_name} {family_name}".strip() or gettext("Former student")


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user))

    def listable(self) -> Self:
        """Without those who are handled by hand: in no matching, list, search, export, mail or log."""
        return self.filter(manual_handling=False)

    def attending(self) -> Self:
        return self.filter(left_at=None)

    def known(self) -> Self:
        """Without those whose name is forgotten: they stand for a number in what went before."""
        return self.filter(forgotten_at=None)

    def handled_manually(self, school: School) -> int:
        """How many there are: the only thing a page may say about them."""
        return self.filter(school=school, manual_handling=True, left_at=None).count()


class Student(Record):
    """A pupil (elev) in a class: the least we can know of her to find her a place.

    No identity number, no street address, no birth date, no health, no photo. Where she lives is a
    municipality. `external_id` is the school system's own key (the Feide name), by which the class
    list finds her again next time.
    """

    school = models.ForeignKey(
        School, models.PROTECT, related_name="students", verbose_name=_("school")
    )
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, related_name="students", verbose_name=_("class")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="student"
    )
    external_id = models.CharField(_("Feide name"), max_length=120)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="+", verbose_name=_("lives in")
    )
    written_standard = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="nb"
    )
    manual_handling = models.BooleanField(_("handled manually"), default=False)
    left_at = models.DateField(_("left the school"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("name deleted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    sort_key = models.GeneratedField(
        expression=SortKey("family_name", "given_name"),
        output_field=models.CharField(max_length=180, db_collation="C"),
        db_persist=True,
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("model", "student")
        verbose_name_plural = pgettext_lazy("model", "students")
        ordering = ["sort_key"]
        indexes = [models.Index(fields=["sort_key"], name="student_by_name")]
        constraints = [
            models.UniqueConstraint(fields=["id", "school"], name="student_in_school"),
            models.UniqueConstraint("school", Lower("external_id"), name="student_once_in_school"),
            models.CheckConstraint(
                condition=models.Q(forgotten_at=None)
                | models.Q(
                    left_at__isnull=False,
                    user=None,
                    given_name="",
                    family_name="",
                    email="",
                    phone="",
                ),
                name="student_forgotten_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return written_name(self.given_name, self.family_name)

    @property
    def language(self) -> str:
        """What she is written to in: her own choice once she can sign in, else what the school says."""
        return self.user.written_standard if self.user else self.written_standard

    @property
    def address(self) -> str:
        """Where she is written to: what she signs in with, once she can, else what the school has."""
        return self.user.email if self.user else self.email

    def clean(self) -> None:
        for field in ("external_id", "given_name", "family_name", "phone"):
            if holds_identity_number(getattr(self, field)):
                raise ValidationError(
                    {field: _("National identity numbers must not be stored here.")}
                )


class ClearanceStatus(models.TextChoices):
    REQUIRED = "required", _("To be done")
    AWAITING = "awaiting", _("On its way")
    CLEARED = "cleared", _("Ready")


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "student__"))

    def cleared(self) -> Self:
        return self.filter(status=ClearanceStatus.CLEARED)


class Clearance(Record):
    """A student's status on one requirement: status, date, who saw it. Never the document or a reason."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="clearances")
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="clearances")
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ClearanceStatus.choices,
        default=ClearanceStatus.REQUIRED,
    )
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [
            models.UniqueConstraint(fields=["student", "requirement"], name="clearance_once"),
            models.CheckConstraint(
                condition=models.Q(status="cleared", seen_on__isnull=False, seen_by__isnull=False)
                | (~models.Q(status="cleared") & models.Q(seen_on=None, seen_by=None)),
                name="clearance_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.get_status_display()}"
