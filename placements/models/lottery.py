"""The lots of a round: promised before the wishes are in, opened by the first run, the same ever after."""

from __future__ import annotations

import shlex
from hashlib import sha256
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from placements.models.rounds import Round


class LotteryQuerySet(models.QuerySet["Lottery"]):
    def visible_to(self, user: User) -> Self:
        """Everybody whose places it may decide: coordinators, students and workplaces of the round."""
        return self.filter(round__in=Round.objects.concerning(user))


class Lottery(models.Model):
    """A seed that nobody can choose (loddtrekning), by commitment and reveal.

    `rules` is the text everything hangs on, and names a later public `event` if there is one. The
    commitment is the SHA-256 of the rules and the secret, and stands on the round's page from the
    start. The first run opens the secret; the seed is the SHA-256 of the same text and the outcome of
    the event. A trigger keeps it all as it was written, and lets no run of the round use another
    seed: see `sql/lottery.sql`.
    """

    round = models.OneToOneField(Round, models.CASCADE, primary_key=True, related_name="lottery")
    rules = models.TextField(_("rules"), editable=False)
    event = models.CharField(_("public event"), max_length=200, blank=True, editable=False)
    secret = models.CharField(max_length=64, editable=False)
    commitment = models.CharField(_("seal"), max_length=64, editable=False)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True, editable=False)
    committed_at = models.DateTimeField(_("sealed"), db_default=Now(), editable=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    revealed_at = models.DateTimeField(_("opened"), null=True, editable=False)

    objects = LotteryQuerySet.as_manager()

    class Meta:
        verbose_name = _("lottery")
        verbose_name_plural = _("lotteries")

    def __str__(self) -> str:
        return str(self.round)

    @property
    def sealed(self) -> str:
        """The text that the commitment is the hash of. Nobody's to see before it is opened."""
        return f"{self.rules}\nsecret {self.secret}"

    @property
    def drawn(self) -> str:
        """The text that the seed is the hash of."""
        return f"{self.sealed}\noutcome {self.outcome}"

    @property
    def seed(self) -> str:
        return sha256(self.drawn.encode()).hexdigest()

    @property
    def waits_for_outcome(self) -> bool:
        return bool(self.event) and not self.outcome

    @property
    def check_commitment(self) -> str:
        return _command(self.sealed)

    @property
    def check_seed(self) -> str:
        return _command(self.drawn)


def rules_of(round: Round, event: str) -> str:
    """What is promised, as bytes that the commitment covers: the rules of the round, and of the lots."""
    outside = "allowed" if round.outside_wishes else "not allowed"
    return "\n".join(
        [
            "praksisplass-lottery/1",
            f"round {round.pk}",
            f"levels {' > '.join(round.policy)}",
            f"wishes at most {round.max_wishes}, places outside the list {outside}",
            f"travel at most {round.max_travel_minutes} minutes",
            "weight of a student at a place: the first 30 bits of SHA-256 of the seed, the student"
            " and the place, a line each; the lowest sum wins",
            f"event {event or 'none'}",
        ]
    )


def _command(text: str) -> str:
    return f"printf '%s' {shlex.quote(text)} | sha256sum"
