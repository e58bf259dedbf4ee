"""What of the rounds' data no rule deletes, for the administration's report."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import kept
from placements.models import CapacityLink, Placement, Preference
from placements.models.rounds import RoundState

kept(
    _("Placements of closed rounds"),
    _("The school answers for them as a part of the student's education."),
    lambda: Placement.objects.filter(round__state=RoundState.CLOSED),
    "created_at",
)
kept(
    _("Wishes of closed rounds"),
    _("They explain why each place became what it is."),
    lambda: Preference.objects.filter(candidate__round__state=RoundState.CLOSED),
    "candidate__round__publish_on",
)
kept(
    _("Links that are closed"),
    _("They open nothing any more; only a fingerprint of each is kept."),
    CapacityLink.objects.exclude(revoked_at=None).all,
    "created_at",
)
