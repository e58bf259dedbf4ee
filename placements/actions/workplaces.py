"""What is done to a workplace: registered, changed, its people exchanged."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.policy import Role
from placements.actions import rounds
from placements.models import CapacityRequest, Contact, LearningArea, Round, Supervisor, Workplace
from placements.models.rounds import RoundState
from schools.models import Requirement

FIELDS = (
    "parent",
    "kind",
    "name",
    "organisation_number",
    "municipality",
    "address",
    "phone",
    "meet_at",
    "practical",
    "step_free",
    "needs_car",
    "receives_students",
    "active",
)


class AlreadyThere(DomainError):
    """There is one like it already."""


class Written(NamedTuple):
    """A workplace as it is to be. `version` is the one it was read with, where it is there already."""

    workplace: Workplace
    requirements: Iterable[Requirement]
    learning_areas: Iterable[LearningArea]
    version: int = 0


def create(
    workplace: Workplace,
    *,
    requirements: Iterable[Requirement],
    learning_areas: Iterable[LearningArea],
    by: User,
) -> Workplace:
    """Register a new workplace."""
    create_many([Written(workplace, requirements, learning_areas)], by=by)
    return workplace


@transaction.atomic
def create_many(rows: Sequence[Written], *, by: User) -> None:
    """Register new workplaces, all or none."""
    new = [row.workplace for row in rows]
    try:
        with transaction.atomic():
            Workplace.objects.bulk_create(new)
    except IntegrityError as error:
        raise _explained(error) from None
    _link(rows)
    audit.record_many("workplace.create", new, by=by)


def update(
    workplace: Workplace,
    *,
    version: int,
    requirements: Iterable[Requirement],
    learning_areas: Iterable[LearningArea],
    by: User,
) -> Workplace:
    """Write the workplace as it now is in memory, if nobody else changed it after `version`."""
    update_many([Written(workplace, requirements, learning_areas, version)], by=by)
    return workplace


@transaction.atomic
def update_many(rows: Sequence[Written], *, by: User) -> None:
    """Write workplaces as they now are in memory, all or none: if nobody else changed one meanwhile."""
    keys = [row.workplace.pk for row in rows]
    concerned = _lock_rounds(keys)
    locked = Workplace.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    now = dict(locked.values_list("pk", "version"))
    for workplace, _requirements, _areas, version in rows:
        if now.get(workplace.pk) != version:
            raise Conflict(
                _("Somebody else has changed %(name)s while you were writing.")
                % {"name": workplace.name},
                theirs=Workplace.objects.get(pk=workplace.pk),
            )
    try:
        with transaction.atomic():
            # They are there, and locked: so all become updates. `bulk_update` takes ten times as long.
            Workplace.objects.bulk_create(
                [row.workplace for row in rows],
                update_conflicts=True,
                update_fields=FIELDS,
                unique_fields=["id"],
            )
    except IntegrityError as error:
        raise _explained(error) from None
    Workplace.objects.filter(pk__in=keys).update(version=F("version") + 1)
    for row in rows:
        row.workplace.version = row.version + 1
    before = _link(rows)
    for round in {round for some in concerned.values() for round in some}:
        rounds.touch(round)
    versions = [{"version": row.workplace.version} for row in rows]
    audit.record_many("workplace.update", [row.workplace for row in rows], versions, by=by)
    for row in rows:
        own = row.workplace
        was, required = before.get(own.pk, set()), set(row.requirements)
        if was != {one.pk for one in required}:
            _tell_of_requirements(own, was, required, concerned.get(own.pk, []), by=by)


def _link(rows: Sequence[Written]) -> dict[UUID, set[UUID]]:
    """Make what is required and learnt what it is to be. Says what was required before."""
    required = {row.workplace.pk: {one.pk for one in row.requirements} for row in rows}
    learnt = {row.workplace.pk: {one.pk for one in row.learning_areas} for row in rows}
    _set(Workplace.learning_areas.through, "learningarea_id", learnt)
    return _set(Workplace.requirements.through, "requirement_id", required)


def _set(through: Any, column: str, wanted: Mapping[UUID, set[UUID]]) -> dict[UUID, set[UUID]]:
    before: dict[UUID, set[UUID]] = defaultdict(set)
    gone = []
    for row in through.objects.filter(workplace_id__in=list(wanted)):
        before[row.workplace_id].add(getattr(row, column))
        if getattr(row, column) not in wanted[row.workplace_id]:
            gone.append(row.pk)
    through.objects.filter(pk__in=gone).delete()
    through.objects.bulk_create(
        through(workplace_id=workplace, **{column: pk})
        for workplace, keys in wanted.items()
        for pk in sorted(keys - before[workplace])
    )
    return before


def add_contact(contact: Contact, *, by: User) -> Contact:
    """Add somebody who answers for the workplace."""
    add_contacts([contact], by=by)
    return contact


@transaction.atomic
def add_contacts(contacts: Sequence[Contact], *, by: User) -> None:
    """Add those who answer for workplaces, all or none."""
    try:
        with transaction.atomic():
            Contact.objects.bulk_create(contacts)
    except IntegrityError:
        raise AlreadyThere(_("This address is already a contact here.")) from None
    audit.record_many("contact.add", contacts, by=by)


@transaction.atomic
def end_contact(contact: Contact, *, by: User) -> None:
    """The person no longer answers for the workplace; what she did stays."""
    Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=timezone.now())
    audit.record("contact.end", contact, by=by)


@transaction.atomic
def away(contact: Contact, back_on: dt.date | None, *, by: User) -> None:
    """She is not there before that day, or is there again: others are written to meanwhile."""
    if back_on and back_on <= timezone.localdate():
        raise DomainError(_("Choose a day that is still to come."))
    Contact.objects.filter(pk=contact.pk, ended_at=None).update(back_on=back_on)
    audit.record("contact.away", contact, by=by, back_on=str(back_on or ""))


@transaction.atomic
def add_supervisor(supervisor: Supervisor, *, by: User) -> Supervisor:
    supervisor.save(force_insert=True)
    audit.record("supervisor.add", supervisor, by=by)
    return supervisor


@transaction.atomic
def end_supervisor(supervisor: Supervisor, *, by: User) -> None:
    Supervisor.objects.filter(pk=supervisor.pk).update(active=False)
    audit.record("supervisor.end", supervisor, by=by)


def _tell_of_requirements(
    workplace: Workplace,
    before: set[UUID],
    now: set[Requirement],
    concerned: Iterable[Round],
    *,
    by: User,
) -> None:
    """Tell the coordinators of rounds under way what is required now: somebody must get it ready."""
    gone = Requirement.objects.filter(pk__in=before - {one.pk for one in now})
    audit.record(
        "workplace.requirements",
        workplace,
        by=by,
        version=workplace.version,
        added=sorted(one.code for one in now if one.pk not in before),
        removed=sorted(gone.values_list("code", flat=True)),
    )
    under_way = [round for round in concerned if round.state != RoundState.DRAFT]
    for coordinator in _coordinators_of(under_way):
        if coordinator != by:
            outbox.enqueue(
                "requirements_changed",
                recipient=coordinator.email,
                language=coordinator.written_standard,
                subject_id=workplace.pk,
                publication=str(workplace.version),
            )


def _coordinators_of(under_way: Iterable[Round]) -> Iterable[User]:
    """Of the schools that take part, and of the counties whose rounds they are."""
    found = User.objects.filter(
        Q(memberships__role=Role.SCHOOL_COORDINATOR, schools__rounds__in=under_way)
        | Q(memberships__role=Role.COUNTY_COORDINATOR, counties__rounds__in=under_way),
        memberships__ended_at=None,
        is_active=True,
    )
    return found.distinct().order_by("pk")


def _explained(error: IntegrityError) -> AlreadyThere:
    """The database's refusal as a sentence."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if "organisation_number" in constraint:
        return AlreadyThere(_("Another workplace has this organisation number."))
    if constraint == "workplace_tree":
        return AlreadyThere(_("A unit cannot belong to one of its own units."))
    return AlreadyThere(_("There is already a workplace with this name in the same place."))


def _lock_rounds(workplaces: Sequence[UUID]) -> dict[UUID, list[Round]]:
    """The rounds each workplace is asked in that are not over, locked."""
    asked = CapacityRequest.objects.filter(workplace__in=workplaces).exclude(
        round__state=RoundState.CLOSED
    )
    pairs = list(asked.order_by().values_list("workplace", "round"))
    ids = {round for _workplace, round in pairs}
    found = Round.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    locked = {round.pk: round for round in found}
    concerned: dict[UUID, list[Round]] = defaultdict(list)
    for workplace, round in pairs:
        if round in locked:
            concerned[workplace].append(locked[round])
    return concerned
