"""What is done to a workplace: registered, changed, its people exchanged."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.policy import Role
from placements.actions import rounds
from placements.models import Contact, LearningArea, Round, Supervisor, Workplace
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


@transaction.atomic
def create(
    workplace: Workplace,
    *,
    requirements: Iterable[Requirement],
    learning_areas: Iterable[LearningArea],
    by: User,
) -> Workplace:
    """Register a new workplace."""
    try:
        with transaction.atomic():
            workplace.save(force_insert=True)
    except IntegrityError as error:
        raise _explained(error) from None
    workplace.requirements.set(requirements)
    workplace.learning_areas.set(learning_areas)
    audit.record("workplace.create", workplace, by=by)
    return workplace


@transaction.atomic
def update(
    workplace: Workplace,
    *,
    version: int,
    requirements: Iterable[Requirement],
    learning_areas: Iterable[LearningArea],
    by: User,
) -> Workplace:
    """Write the workplace as it now is in memory, if nobody else changed it after `version`."""
    concerned = _lock_rounds(workplace)
    values = {field: getattr(workplace, field) for field in FIELDS}
    try:
        with transaction.atomic():
            rows = Workplace.objects.filter(pk=workplace.pk, version=version).update(
                **values, version=F("version") + 1
            )
    except IntegrityError as error:
        raise _explained(error) from None
    if not rows:
        raise Conflict(
            _("Somebody else has changed %(name)s while you were writing.")
            % {"name": workplace.name},
            theirs=Workplace.objects.get(pk=workplace.pk),
        )
    workplace.version = version + 1
    before = set(workplace.requirements.all())
    workplace.requirements.set(requirements)
    workplace.learning_areas.set(learning_areas)
    _touch(concerned)
    audit.record("workplace.update", workplace, by=by, version=workplace.version)
    _tell_of_requirements(workplace, before, concerned, by=by)
    return workplace


@transaction.atomic
def add_contact(contact: Contact, *, by: User) -> Contact:
    """Add somebody who answers for the workplace."""
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError:
        raise AlreadyThere(_("This address is already a contact here.")) from None
    audit.record("contact.add", contact, by=by)
    return contact


@transaction.atomic
def end_contact(contact: Contact, *, by: User) -> None:
    """The person no longer answers for the workplace; what she did stays."""
    Contact.objects.filter(pk=contact.pk, ended_at=None).update(ended_at=timezone.now())
    audit.record("contact.end", contact, by=by)


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
    workplace: Workplace, before: set[Requirement], concerned: Iterable[Round], *, by: User
) -> None:
    """Tell the coordinators of rounds under way what is required now: somebody must get it ready."""
    now = set(workplace.requirements.all())
    if now == before:
        return
    audit.record(
        "workplace.requirements",
        workplace,
        by=by,
        version=workplace.version,
        added=sorted(one.code for one in now - before),
        removed=sorted(one.code for one in before - now),
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


def _lock_rounds(workplace: Workplace) -> list[Round]:
    """The rounds the workplace is asked in that are not over, locked."""
    ids = (
        Round.objects.exclude(state=RoundState.CLOSED)
        .filter(capacity_requests__workplace=workplace)
        .values_list("pk", flat=True)
    )
    return list(
        Round.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    )


def _touch(concerned: Iterable[Round]) -> None:
    for round in concerned:
        rounds.touch(round)
