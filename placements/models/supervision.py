"""That a supervisor follows one stay, by a personal link and without an account."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import CapabilityLink, User
from placements.models.placements import Placement
from placements.models.workplaces import Supervisor, Workplace

Author = User | Supervisor


def by_one_of(fields: tuple[str, str], *, name: str) -> models.CheckConstraint:
    """Somebody with an account, or a supervisor without one; never both, never nobody."""
    one, other = fields
    return models.CheckConstraint(
        condition=models.Q(**{f"{one}__isnull": False, f"{other}__isnull": True})
        | models.Q(**{f"{one}__isnull": True, f"{other}__isnull": False}),
        name=name,
    )


def signed(by: Author, field: str) -> dict[str, Author | None]:
    """Who did it, for the two columns that say so."""
    if isinstance(by, Supervisor):
        return {field: None, "supervisor": by}
    return {field: by, "supervisor": None}


class SupervisorLinkQuerySet(models.QuerySet["SupervisorLink"]):
    def visible_to(self, user: User) -> Self:
        """Those of the workplaces she answers for: it is they who hand them out and take them back."""
        mine = Workplace.objects.answered_by(user)
        seen = Placement.objects.visible_to(user).filter(slot__workplace__in=mine)
        return self.filter(placement__in=seen)

    def open(self) -> Self:
        """Those that open something now: not over, of a stay that is known, a supervisor who is still one."""
        stays = Placement.objects.stays().remembered().filter(student__manual_handling=False)
        return self.filter(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            supervisor__active=True,
            placement__in=stays,
        )


class SupervisorLink(CapabilityLink):
    """The personal link in a supervisor's mail. It opens one stay: attendance, feedback, and the agreement.

    The token is made as the mail is written: before that nothing opens it, and the latest mail alone does.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="supervisor_links")
    supervisor = models.ForeignKey(Supervisor, models.PROTECT, related_name="links")
    may_agree = models.BooleanField(
        _("may agree to the practice agreement for the workplace"), default=False
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = SupervisorLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervisor's link")
        verbose_name_plural = _("supervisors' links")
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "supervisor"],
                condition=models.Q(revoked_at=None),
                name="supervisor_one_living_link",
            )
        ]

    def __str__(self) -> str:
        return str(self.supervisor)
