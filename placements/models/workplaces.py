"""Where students practise, and whom to call there."""

from __future__ import annotations

from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, Translated, User
from accounts.policy import Role
from schools.identity import validate_no_identity_number
from schools.models import Municipality, Requirement, Student
from schools.models.schools import reach, validate_organisation_number
from schools.models.students import seen_by
from schools.ordering import SortKey

MAP = "https://www.norgeskart.no/#!?project=norgeskart&sok="


class LearningArea(Translated, Record):
    """Something one can learn at a workplace: laboratory, patient service, ICT security..."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("learning area")
        verbose_name_plural = _("learning areas")
        ordering = ["code"]


class WorkplaceQuerySet(models.QuerySet["Workplace"]):
    def visible_to(self, user: User) -> Self:
        """Coordinators see every workplace of their counties, and those outside that they asked.

        A contact sees her own and the units below it.
        """
        seen = models.Q(pk=None)
        if user.roles & {Role.SCHOOL_COORDINATOR, Role.COUNTY_COORDINATOR}:
            from placements.models import CapacityRequest

            hers = reach(user)
            asked = CapacityRequest.objects.filter(
                round__round_schools__school__in=hers.schools
            ).values("workplace")
            seen |= models.Q(municipality__county__in=hers.counties) | models.Q(pk__in=asked)
        if Role.WORKPLACE_CONTACT in user.roles:
            seen |= models.Q(pk__in=self.answered_by(user).values("pk"))
        return self.filter(seen)

    def answered_by(self, user: User) -> WorkplaceQuerySet:
        """Those the person is a contact for, with the units below them in the tree (three levels)."""
        mine = Contact.objects.current().filter(user=user).order_by().values("workplace")
        units = Workplace.objects.order_by().filter(parent__in=mine).values("pk")
        deeper = Workplace.objects.order_by().filter(parent__parent__in=mine).values("pk")
        # From her to them, by three short ways: as one condition it is asked of every workplace there is.
        return Workplace.objects.filter(pk__in=mine.union(units, deeper))

    def active(self) -> Self:
        return self.filter(active=True)


class Workplace(Record):
    """One unit that receives students: a GP office, a hospital ward. Health trust > hospital > unit."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        GP_OFFICE = "gp_office", _("GP office")
        OUT_OF_HOURS = "out_of_hours", _("Out-of-hours clinic")
        PUBLIC_HEALTH = "public_health", _("Public health centre")
        OCCUPATIONAL_HEALTH = "occupational_health", _("Occupational health service")
        OTHER = "other", _("Other")

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("belongs to"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=140)
    organisation_number = models.CharField(
        _("organisation number"),
        max_length=9,
        null=True,  # NULL, so that many units may have none under UNIQUE
        blank=True,
        unique=True,
        validators=[validate_organisation_number],
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="workplaces", verbose_name=_("municipality")
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    address = models.CharField(
        _("address"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    meet_at = models.CharField(
        _("where students meet, and whom they ask for"),
        max_length=200,
        blank=True,
        validators=[validate_no_identity_number],
    )
    practical = models.TextField(
        _("practical information"), blank=True, validators=[validate_no_identity_number]
    )
    step_free = models.BooleanField(_("step-free access"), default=True)
    needs_car = models.BooleanField(_("cannot be reached without a car"), default=False)
    receives_students = models.BooleanField(
        _("receives students itself"),
        default=True,
        help_text=_("A trust or hospital whose units answer for themselves does not."),
    )
    active = models.BooleanField(_("active"), default=True)
    requirements = models.ManyToManyField(
        Requirement, blank=True, related_name="workplaces", verbose_name=_("requirements")
    )
    learning_areas = models.ManyToManyField(
        LearningArea, blank=True, related_name="workplaces", verbose_name=_("learning areas")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    sort_key = models.GeneratedField(
        expression=SortKey("name"),
        output_field=models.CharField(max_length=160, db_collation="C"),
        db_persist=True,
    )

    objects = WorkplaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("workplace")
        verbose_name_plural = _("workplaces")
        ordering = ["sort_key"]
        indexes = [models.Index(fields=["sort_key"], name="workplace_by_name")]
        constraints = [
            models.UniqueConstraint(
                "municipality", Lower("name"), "parent", name="workplace_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")),
                name="workplace_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def own_name(self) -> str:
        """What it is called where the name of what it belongs to stands beside it."""
        return self.name.removesuffix(f", {self.parent.name}") if self.parent else self.name

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude: its own if known, else its municipality's centre."""
        if self.latitude is not None and self.longitude is not None:
            return self.latitude, self.longitude
        return self.municipality.latitude, self.municipality.longitude

    @property
    def where(self) -> str:
        """The address with its town, once; the town alone where no address is known."""
        town = self.municipality.name
        return (
            self.address if town in self.address else ", ".join(filter(None, [self.address, town]))
        )

    @property
    def map_url(self) -> str:
        """Kartverket's own map at the address. Nothing of ours asks for it: somebody has to press it."""
        return MAP + quote(self.where if self.address else f"{self.name}, {self.where}")


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(workplace__in=Workplace.objects.visible_to(user))

    def current(self) -> Self:
        """Those who answer now: not ended, and confirmed if somebody else passed the question on."""
        return self.filter(ended_at=None, confirmed=True)

    def unconfirmed(self) -> Self:
        return self.filter(ended_at=None, confirmed=False)


class Contact(Record):
    """A person at a workplace who answers for it (kontaktperson), with or without a sign-in."""

    workplace = models.ForeignKey(Workplace, models.CASCADE, related_name="contacts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    name = models.CharField(
        _("name"), max_length=120, blank=True, validators=[validate_no_identity_number]
    )
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    written_standard = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="nb"
    )
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    back_on = models.DateField(_("back on"), null=True, blank=True)
    confirmed = models.BooleanField(
        _("confirmed"),
        default=True,
        help_text=_(
            "A colleague named through a link, at another mail domain, waits for a coordinator."
        ),
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                "workplace",
                Lower("email"),
                condition=models.Q(ended_at=None),
                name="contact_once",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def away(self) -> bool:
        """On holiday or otherwise not there: somebody else is asked meanwhile, if there is anybody."""
        return self.back_on is not None and self.back_on > timezone.localdate()

    @property
    def language(self) -> str:
        """What she is written to in: her own choice once she can sign in, else what the register says."""
        return self.user.written_standard if self.user else self.written_standard


class Supervisor(Record):
    """The person who follows the student at the workplace (praksisveileder)."""

    workplace = models.ForeignKey(Workplace, models.CASCADE, related_name="supervisors")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("supervisor")
        verbose_name_plural = _("supervisors")

    def __str__(self) -> str:
        return self.name


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "student__"))


class Conflict(Record):
    """A student must not be at this workplace (family, own doctor). The reason is not stored."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="conflicts")
    workplace = models.ForeignKey(Workplace, models.CASCADE, related_name="conflicts")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.UniqueConstraint(fields=["student", "workplace"], name="conflict_once")
        ]

    def __str__(self) -> str:
        return str(self.workplace)
