"""The school side: programmes, schools, classes."""

from __future__ import annotations

from typing import Any, NamedTuple, Self
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from stdnum.no import orgnr

from accounts.models import Record, Translated, User
from accounts.policy import Role
from accounts.prepared import READ, prepared
from schools.models.places import County, Municipality
from schools.ordering import SortKey

models.CharField.register_lookup(Length, "length")


def validate_organisation_number(value: str) -> None:
    """Refuse what is not nine digits with the right last one (mod 11)."""
    if not orgnr.is_valid(value):
        raise ValidationError(
            _("%(value)s is not a valid organisation number."), params={"value": value}
        )


class Programme(Translated, Record):
    """A programme area in Grep: ten characters padded with `-`; local variants share the first six."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    year = models.PositiveSmallIntegerField(_("year (Vg1, Vg2, Vg3)"))

    class Meta:
        verbose_name = _("programme area")
        verbose_name_plural = _("programme areas")
        ordering = ["year", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(code__length=10), name="programme_code_ten"),
            models.CheckConstraint(
                condition=models.Q(year__in=[1, 2, 3]), name="programme_year_1_to_3"
            ),
        ]

    @property
    def family(self) -> str:
        """The six characters that every local variant of the programme shares."""
        return self.code[:6]


class Reach(NamedTuple):
    """Where a coordinator works. Keys and no subqueries: what she sees hangs on them in every
    `visible_to`, and nested five deep they cost more to put together and to plan than to answer.
    """

    own: tuple[UUID, ...] = ()  # schools she is named on
    coordinated: tuple[UUID, ...] = ()  # counties she is named on
    schools: tuple[UUID, ...] = ()  # her own, and those of the counties she coordinates
    counties: tuple[UUID, ...] = ()  # those she coordinates, and her schools'


def reach(user: User) -> Reach:
    """By the roles she holds now. Read once per request, as they are."""
    known: Reach | None = user.read_once.get("reach")
    if known is None:
        known = user.read_once["reach"] = _reach(user)
    return known


READ["reach"] = reach


def _reach(user: User) -> Reach:
    own: dict[UUID, UUID] = {}
    under: dict[UUID, None] = {}
    coordinated: set[UUID] = set()
    if Role.SCHOOL_COORDINATOR in user.roles:
        own.update(_named_on(user.pk))
    if Role.COUNTY_COORDINATOR in user.roles:
        for county, school in _coordinated_by(user.pk):  # None: it has no school yet
            coordinated.add(county)
            if school:
                under[school] = None
    return Reach(
        own=tuple(own),
        coordinated=tuple(coordinated),
        schools=tuple({**own, **under}),
        counties=tuple({*coordinated, *own.values()}),
    )


@prepared
def _named_on(user: UUID) -> models.QuerySet[Any, Any]:
    named = School.coordinators.through.objects.filter(user=user)
    return named.values_list("school", "school__county")


@prepared
def _coordinated_by(user: UUID) -> models.QuerySet[Any, Any]:
    return County.objects.filter(coordinators=user).order_by().values_list("pk", "schools")


class SchoolQuerySet(models.QuerySet["School"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(pk__in=reach(user).schools)


class School(Record):
    """An upper-secondary school that teaches health-secretary pupils."""

    name = models.CharField(_("name"), max_length=120)
    organisation_number = models.CharField(
        _("organisation number"),
        max_length=9,
        blank=True,
        null=True,  # NULL, so that several schools may have none under UNIQUE
        unique=True,
        validators=[validate_organisation_number],
    )
    county = models.ForeignKey(
        County, models.PROTECT, related_name="schools", verbose_name=_("county")
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="schools", verbose_name=_("municipality")
    )
    contact_name = models.CharField(_("contact for workplaces"), max_length=120, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=20, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    coordinators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="schools", verbose_name=_("coordinators")
    )
    sort_key = models.GeneratedField(
        expression=SortKey("name"),
        output_field=models.CharField(max_length=140, db_collation="C"),
        db_persist=True,
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["id", "county"], name="school_in_county"),
            models.UniqueConstraint(fields=["name", "municipality"], name="school_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(school__in=reach(user).schools)


class SchoolClass(Record):
    """One class in one school year: 3HSA in 2026/27. `school_year` is the year it starts."""

    school = models.ForeignKey(
        School, models.PROTECT, related_name="classes", verbose_name=_("school")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="classes", verbose_name=_("programme area")
    )
    name = models.CharField(_("name"), max_length=20)
    school_year = models.PositiveSmallIntegerField(_("school year starts"))

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["-school_year", "name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "school"], name="class_in_school"),
            models.UniqueConstraint(
                fields=["school", "name", "school_year"], name="class_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.name
