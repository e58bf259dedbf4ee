"""What a workplace that we do not know offers by itself, until a coordinator says yes or no to it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Record, User
from accounts.policy import Permission
from placements.models.workplaces import Workplace
from schools.identity import validate_no_identity_number
from schools.models import County, Municipality
from schools.models.schools import validate_organisation_number
from schools.registers import counties_of

MOST_PLACES = 50


class OfferState(models.TextChoices):
    NEW = "new", pgettext_lazy("offer", "New")
    CONFIRMED = "confirmed", pgettext_lazy("offer", "Confirmed")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        """The coordinators of the county it lies in, when whoever wrote it has shown to own the address."""
        if not user.has_perm(Permission.DECIDE_OFFERS):
            return self.none()
        return self.filter(municipality__county__in=counties_of(user)).verified()

    def verified(self) -> Self:
        return self.exclude(verified_at=None)

    def waiting(self) -> Self:
        """Those that a coordinator has not decided on."""
        return self.filter(state=OfferState.NEW).verified()


class Offer(Record):
    """A workplace offers places on the public page. Its address is verified before anybody sees it."""

    state = models.CharField(
        _("state"),
        max_length=10,
        choices=OfferState.choices,
        default=OfferState.NEW,
        editable=False,
    )
    name = models.CharField(
        _("name of the workplace"), max_length=140, validators=[validate_no_identity_number]
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Workplace.Kind.choices)
    organisation_number = models.CharField(
        _("organisation number"),
        max_length=9,
        blank=True,
        validators=[validate_organisation_number],
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    address = models.CharField(
        _("address"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    contact_name = models.CharField(
        _("your name"), max_length=120, validators=[validate_no_identity_number]
    )
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    places = models.PositiveSmallIntegerField(
        _("students at the same time"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
    )
    when = models.CharField(
        _("when it suits"), max_length=200, blank=True, validators=[validate_no_identity_number]
    )
    message = models.TextField(
        _("anything else"), max_length=1000, blank=True, validators=[validate_no_identity_number]
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="nb", editable=False
    )
    token_hash = models.BinaryField(max_length=32, null=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"), db_default=Now(), editable=False)
    verified_at = models.DateTimeField(_("address verified"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("decided by"),
    )
    reason = models.CharField(
        _("reason"),
        max_length=400,
        blank=True,
        editable=False,
        validators=[validate_no_identity_number],
    )
    workplace = models.ForeignKey(
        Workplace,
        models.PROTECT,
        related_name="offers",
        null=True,
        editable=False,
        verbose_name=_("workplace"),
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("model", "offer")
        verbose_name_plural = pgettext_lazy("model", "offers")
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state="new", decided_at=None, decided_by=None, workplace=None, reason=""
                )
                | models.Q(
                    state="confirmed",
                    verified_at__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    workplace__isnull=False,
                    reason="",
                )
                | models.Q(
                    state="declined",
                    verified_at__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    workplace=None,
                )
                & ~models.Q(reason=""),
                name="offer_decided_wholly",
            ),
            models.CheckConstraint(
                condition=models.Q(places__range=(1, MOST_PLACES)), name="offer_places_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(organisation_number="")
                | models.Q(organisation_number__regex=r"^\d{9}$"),
                name="offer_number_nine",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="offer_email_lower"
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality"],
                condition=models.Q(state="new", verified_at__isnull=False),
                name="offer_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def county(self) -> County:
        return self.municipality.county
