"""When a county's school breaks change, the practice days of what is not yet published follow."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import DomainError
from accounts.models import User
from placements import rules
from placements.actions.rounds import touch
from placements.locks import lock_round
from placements.models import Period, Round
from schools.calendar import practice_days
from schools.models import County


@transaction.atomic
def recount(county: County, *, by: User) -> int:
    """Count the days of the county's unpublished rounds again; return how many periods changed.

    What somebody has been told stays as it was told: published rounds, and periods with placements.
    """
    changed = 0
    waiting = Round.objects.filter(county=county, state__in=rules.CHANGEABLE)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        now = lock_round(pk)
        if now.state in rules.CHANGEABLE:
            changed += _recount(now, by=by)
    return changed


def _recount(round: Round, *, by: User) -> int:
    changed = 0
    for period in round.periods.filter(placements=None).order_by("pk"):
        days = practice_days(round.county, period.start, period.end, period.weekdays)
        if days == period.days:
            continue
        if not days:
            raise DomainError(
                _("The period “%(period)s” in “%(round)s” would have no practice days left.")
                % {"period": period, "round": round}
            )
        Period.objects.filter(pk=period.pk).update(days=days)
        changed += 1
    if changed:
        touch(round)
        audit.record("round.days", round, by=by, periods=changed)
    return changed
