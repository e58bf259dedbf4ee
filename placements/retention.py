"""What of the rounds' data goes by itself and what no rule deletes, for the administration's report."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import Rule, kept, rule
from placements.actions import offers
from placements.models import CapacityLink, Offer, Placement, Preference
from placements.models.offers import OfferState
from placements.models.rounds import RoundState

# Both are carried out by `offers.forget_old`.
rule(
    Rule(
        _("Offers that nobody has verified"),
        _("Deleted after a week: the address in them may be anybody's."),
        lambda: Offer.objects.filter(verified_at=None),
        "created_at",
        offers.UNVERIFIED_LASTS,
        lambda rows: rows.delete()[0],
    )
)
rule(
    Rule(
        _("Offers that were declined"),
        _("Deleted after 400 days: a school year and the summer after it."),
        lambda: Offer.objects.filter(state=OfferState.DECLINED),
        "decided_at",
        offers.DECLINED_LASTS,
        lambda rows: rows.delete()[0],
    )
)

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
