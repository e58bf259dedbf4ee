"""What is done to a round: set up, filled with students, moved on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements import rules
from placements.actions import lottery, preferences
from placements.locks import lock_round
from placements.matching import InputError, policies
from placements.models import Candidate, Period, Round, RoundSchool
from placements.models.rounds import RoundState
from schools.calendar import practice_days
from schools.models import Programme, School, Student


class CannotMove(DomainError):
    """The round may not go to that state now."""


class PeriodInUse(DomainError):
    """A period with places or students cannot be taken away."""


@dataclass(frozen=True)
class PeriodPlan:
    """One period as planned: `end` is the first day after. `pk` when it exists already."""

    start: dt.date
    end: dt.date
    weekdays: tuple[int, ...]
    starts_at: dt.time
    ends_at: dt.time
    name: str = ""
    pk: UUID | None = None


def touch(round: Round) -> None:
    """Note that something matching depends on has changed: proposals computed before are out of date."""
    Round.objects.filter(pk=round.pk).update(version=F("version") + 1)


@transaction.atomic
def create(
    round: Round,
    *,
    programmes: Iterable[Programme],
    schools: Iterable[School],
    periods: Iterable[PeriodPlan],
    by: User,
) -> Round:
    """Save a new round in draft with the schools that take part and its periods."""
    round.save()
    round.programmes.set(programmes)
    _set_schools(round, schools)
    _set_periods(round, periods)
    audit.record("round.created", round, by=by)
    return round


@transaction.atomic
def change(
    round: Round,
    *,
    version: int,
    fields: dict[str, Any],
    programmes: Iterable[Programme],
    schools: Iterable[School],
    periods: Iterable[PeriodPlan],
    by: User,
) -> Round:
    """Change a round's set-up, unless somebody else changed it after `version` was read."""
    now = lock_round(round.pk)
    if now.version != version:
        raise Conflict(_("Somebody else has changed this round since you opened it."), theirs=now)
    Round.objects.filter(pk=now.pk).update(version=F("version") + 1, **fields)
    now.refresh_from_db()
    now.programmes.set(programmes)
    _set_schools(now, schools)
    _set_periods(now, periods)
    audit.record("round.changed", now, by=by, fields=sorted(fields))
    return now


def _set_schools(round: Round, schools: Iterable[School]) -> None:
    wanted = {school.pk: school for school in schools}
    leaving = round.round_schools.exclude(school__in=wanted)
    if Candidate.objects.filter(round=round, school__in=leaving.values("school")).exists():
        raise DomainError(_("A school whose students are in the round cannot be taken out of it."))
    leaving.delete()
    there = set(round.round_schools.values_list("school", flat=True))
    RoundSchool.objects.bulk_create(
        RoundSchool(round=round, school=school, county=school.county)
        for pk, school in wanted.items()
        if pk not in there
    )


def _set_periods(round: Round, plans: Iterable[PeriodPlan]) -> None:
    plans = list(plans)
    kept = {plan.pk for plan in plans if plan.pk}
    try:
        round.periods.exclude(pk__in=kept).delete()
    except ProtectedError as error:
        raise PeriodInUse(
            _(
                "A period that has places or students cannot be removed. Set its places to 0 instead."
            )
        ) from error
    for plan in plans:
        fields = {
            "name": plan.name,
            "start": plan.start,
            "end": plan.end,
            "weekdays": list(plan.weekdays),
            "starts_at": plan.starts_at,
            "ends_at": plan.ends_at,
            "days": practice_days(round.county, plan.start, plan.end, plan.weekdays),
        }
        if not fields["days"]:
            raise DomainError(
                _("A period has no practice days left when holidays and breaks are taken out.")
            )
        if plan.pk:
            Period.objects.filter(pk=plan.pk, round=round).update(**fields)
        else:
            Period.objects.create(round=round, **fields)


@transaction.atomic
def set_rules(round: Round, policy: list[str], *, version: int, by: User) -> Round:
    """Decide what counts first in matching, unless somebody else changed the round meanwhile."""
    now = lock_round(round.pk)
    if now.version != version:
        raise Conflict(_("Somebody else has changed this round since you opened it."), theirs=now)
    if now.state not in rules.CHANGEABLE:
        raise DomainError(_("The rules are fixed when the round is published."))
    try:
        wanted = list(policies.checked(policy))
    except InputError as error:
        raise DomainError(_("These rules do not go together.")) from error
    if wanted != now.policy:
        audit.record("round.rules", now, by=by, was=now.policy, to=wanted)
        Round.objects.filter(pk=now.pk).update(policy=wanted)
        touch(now)
        now.refresh_from_db()
    return now


@transaction.atomic
def enrol(round: Round, *, by: User, only: QuerySet[Student] | None = None) -> int:
    """Let every student of the round's schools and programmes take part; return how many are new.
    With `only`, those of them that are among these.

    Local variants of a programme share the first six characters of its code. Students who are
    handled manually are not taken in.
    """
    now = lock_round(round.pk)
    families = {programme.family for programme in now.programmes.all()}
    students = (
        Student.objects.listable()
        .attending()
        .filter(school__round_schools__round=now)
        .exclude(candidates__round=now)
        .select_related("school_class__programme", "school")
        .order_by("pk")
    )
    if only is not None:
        students = students.filter(pk__in=only)
    new = [s for s in students if s.school_class.programme.family in families]
    only_period = now.periods.get() if now.periods.count() == 1 else None
    Candidate.objects.bulk_create(
        Candidate(round=now, student=student, school=student.school, period=only_period)
        for student in new
    )
    if new:
        touch(now)
        audit.record("round.enrolled", now, by=by, count=len(new))
        if now.state == RoundState.OPEN:
            preferences.announce(now)
    return len(new)


@transaction.atomic
def move(round: Round, *, to: str, by: User) -> Round:
    """Move the round on to (or back to) the state `to`, if it is ready for it.

    `published` is not reached here: publishing a proposal takes the round there.
    """
    now = lock_round(round.pk)
    if to == RoundState.PUBLISHED or not now.can_become(to):
        raise CannotMove(
            _("The round cannot go from “%(now)s” to “%(to)s”.")
            % {"now": now.get_state_display(), "to": RoundState(to).label}
        )
    forward = list(RoundState).index(RoundState(to)) > list(RoundState).index(RoundState(now.state))
    if forward:
        _check_ready(now, to)
        if to == RoundState.OPEN:
            lottery.seal_if_open(now, by=by)
    Round.objects.filter(pk=now.pk).update(state=to)
    audit.record("round.moved", now, by=by, was=now.state, to=to)
    now.refresh_from_db()
    if to in (RoundState.COLLECTING, RoundState.OPEN):
        enrol(now, by=by)
        now.refresh_from_db()
    if to == RoundState.OPEN:
        preferences.announce(now)
    return now


def _check_ready(round: Round, to: str) -> None:
    if not round.periods.exists():
        raise CannotMove(_("Add at least one period first."))
    if not round.round_schools.exists():
        raise CannotMove(_("Add at least one school first."))
    if to == RoundState.OPEN:
        if not round.slots.offered().exists():
            raise CannotMove(
                _("No workplace has offered a place yet, so there is nothing to wish for.")
            )
        if round.wishes_deadline <= timezone.now():
            raise CannotMove(_("The deadline for wishes has passed. Set a new one first."))
    if to == RoundState.CLOSED and round.students_wait_until:
        raise CannotMove(_("The students have not been told of their places yet."))
    if to == RoundState.MATCHING and not round.candidates.taking_part().exists():
        raise CannotMove(_("There are no students in the round yet."))
