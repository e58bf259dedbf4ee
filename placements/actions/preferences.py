"""What is done to wishes: asked for, put in order, sent, reminded of."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements.locks import lock_round
from placements.models import Candidate, Preference, Round
from placements.models.preferences import CandidateQuerySet, WishesState
from placements.ranking import Ranking, of, ranks
from placements.wishlist import Wishlist


class WishesClosed(DomainError):
    """The round takes no wishes now: not opened yet, or the deadline has passed."""


class NotAvailable(DomainError):
    """The workplace cannot be wished for. The sentence is the same whatever the cause."""


class TooManyWishes(DomainError):
    """The round allows fewer."""


class NothingToSend(DomainError):
    """A list without wishes cannot be sent."""


def ranking_of(candidate: Candidate) -> Ranking:
    """Her wishes in order, those that are equally good by name."""
    rows = candidate.preferences.order_by("rank", "workplace__sort_key", "workplace")
    return of(rows.values_list("workplace", "rank"))


@transaction.atomic
def arrange(candidate: Candidate, *, ranking: Ranking, version: int, by: User) -> Candidate:
    """Save the wishes in this order, unless somebody changed them after `version` was read.

    A list that has been sent stays sent, so that nobody loses her wishes by forgetting to send
    them again; one that is emptied is a draft.
    """
    now = _claim(candidate, version=version)
    wanted = ranks(ranking)
    if len(wanted) > now.round.max_wishes:
        raise TooManyWishes(
            _("You can have at most %(most)d wishes. Remove one first.")
            % {"most": now.round.max_wishes}
        )
    new = wanted.keys() - set(now.preferences.values_list("workplace", flat=True))
    if new:
        options = Wishlist(now)
        if not all(options.may_add(workplace) for workplace in new):
            raise NotAvailable(_("That workplace cannot be chosen in this round."))
    now.preferences.exclude(workplace__in=wanted).delete()
    Preference.objects.bulk_create(
        [Preference(candidate=now, workplace_id=pk, rank=rank) for pk, rank in wanted.items()],
        update_conflicts=True,
        unique_fields=["candidate", "workplace"],
        update_fields=["rank"],
    )
    _is_begun(now, empty=not wanted)
    audit.record("wishes.changed", now, by=by, count=len(wanted))
    return now


@transaction.atomic
def state_needs(
    candidate: Candidate, *, no_car: bool, step_free: bool, version: int, by: User
) -> Candidate:
    """Save what she must be able to count on, in all her practices of the round; nobody is asked why."""
    now = _claim(candidate, version=version)
    now.no_car, now.step_free = no_car, step_free
    now.save(update_fields=["no_car", "step_free"])
    others = Candidate.objects.taking_part().filter(round=now.round_id, student=now.student_id)
    others.exclude(pk=now.pk).update(no_car=no_car, step_free=step_free, version=F("version") + 1)
    if now.wishes_state == WishesState.NONE:
        _is_begun(now, empty=False)
    audit.record("wishes.needs_changed", now, by=by)
    return now


@transaction.atomic
def send(candidate: Candidate, *, version: int, by: User) -> Candidate:
    """Let the wishes count. They may still be changed until the deadline."""
    now = _claim(candidate, version=version)
    if not now.preferences.exists():
        raise NothingToSend(_("Choose at least one workplace before you send."))
    now.wishes_state, now.wishes_sent_at, now.wishes_sent_by = WishesState.SENT, timezone.now(), by
    now.save(update_fields=["wishes_state", "wishes_sent_at", "wishes_sent_by"])
    audit.record("wishes.sent", now, by=by, count=now.preferences.count())
    return now


@transaction.atomic
def announce(round: Round) -> None:
    """Tell everybody who takes part that the round is open for wishes; nobody is told twice."""
    for candidate in _reachable(round.candidates.all()):
        outbox.enqueue(
            "wishes_opened",
            recipient=candidate.student.address,
            language=candidate.student.language,
            subject_id=candidate.pk,
        )


@transaction.atomic
def remind(
    round: Round, candidates: CandidateQuerySet, *, by: User, at: dt.datetime | None = None
) -> int:
    """Remind those of `candidates` who have not sent, at most once a day; return how many."""
    now = at or timezone.now()
    _check_open(lock_round(round.pk), at=now)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    unsent = _reachable(candidates.for_round(round).unsent()).exclude(reminded_at__gte=today)
    told = list(unsent)
    for candidate in told:
        outbox.enqueue(
            "wishes_reminder",
            recipient=candidate.student.address,
            language=candidate.student.language,
            subject_id=candidate.pk,
            publication=today.date().isoformat(),
        )
    Candidate.objects.filter(pk__in=[candidate.pk for candidate in told]).update(reminded_at=now)
    if told:
        audit.record("wishes.reminded", round, by=by, count=len(told))
    return len(told)


def _reachable(candidates: CandidateQuerySet) -> CandidateQuerySet:
    found = candidates.taking_part().filter(student__left_at=None).exclude(student__email="")
    return found.select_related("student__user").order_by("pk")


def _check_open(round: Round, *, at: dt.datetime | None = None) -> None:
    if not Round.objects.taking_wishes(at).filter(pk=round.pk).exists():
        raise WishesClosed(_("Wishes cannot be changed now: the deadline has passed."))


def _claim(candidate: Candidate, *, version: int) -> Candidate:
    """Take the candidate for a change of her wishes, or say who was faster.

    The round is locked first: it cannot go on to matching while a wish is being saved, and the
    deadline means the same for everybody. Proposals that exist are out of date from here on.
    """
    round = lock_round(candidate.round_id)
    _check_open(round)
    mine = Candidate.objects.taking_part().filter(pk=candidate.pk)
    if not mine.filter(version=version).update(version=F("version") + 1):
        raise Conflict(
            _("The wishes have been changed in another window or by somebody else."),
            theirs=mine.first(),
        )
    # Not at every change: a round's version also guards its own form, and its coordinator must be
    # able to save a new deadline on the evening when everybody is wishing.
    Round.objects.filter(pk=round.pk, runs__isnull=False).update(version=F("version") + 1)
    return mine.select_related("round", "student").get()


def _is_begun(candidate: Candidate, *, empty: bool) -> None:
    if empty or candidate.wishes_state == WishesState.NONE:
        candidate.wishes_state = WishesState.DRAFT
        candidate.wishes_sent_at = candidate.wishes_sent_by = None
        candidate.save(update_fields=["wishes_state", "wishes_sent_at", "wishes_sent_by"])
