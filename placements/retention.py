"""What of the rounds' data goes by itself and what no rule deletes, for the administration's report."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.retention import Rule, kept, rule
from placements.actions import bundles, forgetting, offers
from placements.models import Bundle, CapacityLink, Evaluation, Offer, Placement
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

# Carried out by `bundles.forget_old`.
rule(
    Rule(
        _("Packages of documents"),
        _("Deleted an hour after somebody asked for them; they can be made anew."),
        Bundle.objects.all,
        "created_at",
        bundles.LASTS,
        lambda rows: rows.delete()[0],
    )
)

# Both are carried out by `forget_expired`.
ROUNDS = rule(
    Rule(
        _("Details of rounds that are over"),
        _(
            "Deleted so many months after the last practice day as the county says, twelve unless it"
            " says otherwise: wishes, proposals, agreements, attendance, absence, calls, feedback, what"
            " was ticked off, and why each place became what it is."
        ),
        forgetting.rounds,
        "goes_at",
        dt.timedelta(0),  # the months are in `goes_at`
        forgetting.forget_rounds,
        goes=forgetting.details,
    )
)
STUDENTS = rule(
    Rule(
        _("Names of students who have left"),
        _(
            "Deleted as many months after they left, when no round of theirs has details any more:"
            " name, e-mail, telephone, Feide name, sign-in, messages, and a home municipality that few"
            " share. Who is in no class list for a year has left too."
        ),
        forgetting.students,
        "goes_at",
        dt.timedelta(0),
        forgetting.forget_students,
    )
)

kept(
    _("Placements, of students with a name or without"),
    _("They say how it went: how many were at each workplace, at which wish, how far away."),
    lambda: Placement.objects.filter(round__state=RoundState.CLOSED),
    "created_at",
)
kept(
    _("What students thought of workplaces"),
    _("Four answers each and no words. Workplaces see averages, and none of fewer than five."),
    Evaluation.objects.all,
    "given_at",
)
kept(
    _("Links that are closed"),
    _("They open nothing any more; only a fingerprint of each is kept."),
    CapacityLink.objects.exclude(revoked_at=None).all,
    "created_at",
)


def forget_expired(at: dt.datetime | None = None) -> int:
    """Do what the county has decided on, and return of how many. Rounds first: they hold the names back."""
    now = at or timezone.now()
    return ROUNDS.apply(now) + STUDENTS.apply(now)
