"""Asking workplaces how many students they can take, and writing down what they answer."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, links, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements.actions.colleagues import same_house
from placements.actions.rounds import touch
from placements.locks import lock_for_placement, lock_round
from placements.models import (
    CapacityLink,
    CapacityRequest,
    Contact,
    LearningArea,
    Period,
    Round,
    Slot,
    Workplace,
)
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundState
from placements.notices import contacts_of

LATEST_BY_PHONE = (
    RoundState.COLLECTING,
    RoundState.OPEN,
    RoundState.MATCHING,
    RoundState.PUBLISHED,
)


class TooLate(DomainError):
    """The workplace's deadline has passed, or the round does not take answers now."""


class TooFew(DomainError):
    """A workplace cannot offer fewer places than it has students."""


@dataclass(frozen=True)
class Answer:
    """What one workplace answers: places per period, or a reason for none this year."""

    request: UUID
    version: int
    places: dict[UUID, int] = field(default_factory=dict)
    reason: str = ""  # a DeclineReason; empty when it offers places
    note: str | None = None  # a line beside the reason; None leaves it as it is
    areas: tuple[UUID, ...] | None = None  # learning areas; None leaves them as they are


@transaction.atomic
def ask(round: Round, *, workplaces: Iterable[Workplace], by: User) -> tuple[int, list[Workplace]]:
    """Ask the workplaces; return how many were asked, and those that nobody answers for.

    One mail to each contact, also when she answers for many units. Asking again asks only those that
    have not been asked.
    """
    now = lock_round(round.pk)
    if now.state not in (RoundState.COLLECTING, RoundState.OPEN):
        raise TooLate(
            _("Workplaces can be asked while the round collects capacity or is open for wishes.")
        )
    asked_already = set(
        now.capacity_requests.exclude(state=AnswerState.NOT_ASKED).values_list(
            "workplace", flat=True
        )
    )
    new = [w for w in workplaces if w.pk not in asked_already and w.receives_students]
    contacts = contacts_of(workplace.pk for workplace in new)
    reached = [w for w in new if contacts[w.pk]]
    at = timezone.now()
    for workplace in reached:
        CapacityRequest.objects.update_or_create(
            round=now, workplace=workplace, defaults={"state": AnswerState.ASKED, "asked_at": at}
        )
    _mail(
        "capacity_request",
        now,
        {c for w in reached for c in contacts[w.pk]},
        publication=str(now.pk),
    )
    audit.record("capacity.asked", now, by=by, count=len(reached))
    return len(reached), [w for w in new if not contacts[w.pk]]


@transaction.atomic
def remind(round: Round, *, requests: Iterable[CapacityRequest], by: User) -> int:
    """Remind those who have not answered, at most once a day each; return how many workplaces."""
    now = lock_round(round.pk)
    waiting = [r for r in requests if r.state == AnswerState.ASKED and r.round_id == now.pk]
    contacts = contacts_of(request.workplace_id for request in waiting)
    today = timezone.localdate()
    CapacityRequest.objects.filter(pk__in=[r.pk for r in waiting]).update(
        reminded_at=timezone.now()
    )
    _mail(
        "capacity_reminder",
        now,
        {c for r in waiting for c in contacts[r.workplace_id]},
        publication=f"{now.pk} {today}",
    )
    audit.record("capacity.reminded", now, by=by, count=len(waiting))
    return len(waiting)


def _mail(kind: str, round: Round, contacts: set[Contact], *, publication: str) -> None:
    for contact in sorted(contacts, key=lambda c: str(c.pk)):
        outbox.enqueue(
            kind,
            recipient=contact.email,
            language=contact.language,
            subject_id=contact.pk,
            publication=publication,
        )


@transaction.atomic
def answer(
    round: Round,
    *,
    answers: Iterable[Answer],
    via: str,
    by: User | None,
    contact: Contact | None = None,
) -> list[CapacityRequest]:
    """Write the answers down, all or none; `via` is link, signed_in or phone.

    A workplace answers until the deadline; a coordinator can enter an answer as long as the round is
    not closed. The receipt goes to the contact who answered.
    """
    answers = list(answers)
    requests = {
        r.pk: r
        for r in CapacityRequest.objects.filter(round=round, pk__in=[a.request for a in answers])
    }
    slots = Slot.objects.filter(
        round=round, workplace__in=[r.workplace_id for r in requests.values()]
    )
    now, locked = lock_for_placement(round.pk, slots=slots.values_list("pk", flat=True))
    _check_open(now, via)
    by_place = {(slot.workplace_id, slot.period_id): slot for slot in locked.values()}
    periods = {period.pk: period for period in now.periods.all()}
    for given in answers:
        _write(now, requests[given.request], given, by_place, periods, via=via, by=by)
    touch(now)
    for given in answers:
        audit.record(
            "capacity.answered",
            requests[given.request],
            by=by,
            via=via,
            places={str(period): n for period, n in given.places.items()},
            reason=given.reason,
        )
    if contact:
        outbox.enqueue(
            "capacity_receipt",
            recipient=contact.email,
            language=contact.language,
            subject_id=contact.pk,
            publication=f"{now.pk} {now.version + 1}",
        )
    return list(CapacityRequest.objects.filter(pk__in=requests))


def _check_open(round: Round, via: str) -> None:
    if via == "phone":
        if round.state not in LATEST_BY_PHONE:
            raise TooLate(_("This round does not take answers now."))
    elif (
        round.state not in (RoundState.COLLECTING, RoundState.OPEN)
        or round.capacity_deadline <= timezone.now()
    ):
        raise TooLate(_("The deadline has passed. Call the coordinator if something has changed."))


def _write(
    round: Round,
    request: CapacityRequest,
    given: Answer,
    slots: dict[tuple[UUID, UUID], Slot],
    periods: dict[UUID, Period],
    *,
    via: str,
    by: User | None,
) -> None:
    declines = bool(given.reason)
    note = request.note if given.note is None else given.note
    changed = CapacityRequest.objects.filter(pk=request.pk, version=given.version).update(
        state=AnswerState.DECLINED if declines else AnswerState.ANSWERED,
        reason=given.reason,
        note=note if declines else "",
        answered_at=timezone.now(),
        answered_by=by,
        answered_via=via,
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict(
            _("Somebody else has answered for this workplace since you opened the page."),
            theirs=CapacityRequest.objects.get(pk=request.pk),
        )
    for pk, period in periods.items():
        places = 0 if declines else given.places.get(pk, 0)
        slot = slots.get((request.workplace_id, pk))
        if slot is None:
            Slot.objects.create(
                round=round, period=period, workplace_id=request.workplace_id, capacity=places
            )
            continue
        if places < slot.used:
            raise TooFew(
                _("%(used)d students are already placed here in that period. Withdraw them first.")
                % {"used": slot.used}
            )
        Slot.objects.filter(pk=slot.pk).update(capacity=places)
    if given.areas is not None:
        request.workplace.learning_areas.set(LearningArea.objects.filter(pk__in=given.areas))


@transaction.atomic
def pass_on(
    contact: Contact,
    *,
    round: Round,
    workplace: Workplace,
    email: str,
    name: str,
    via: str,
    by: User | None,
) -> Contact:
    """Let a colleague answer for the workplace, the contact's own or a unit below it, as long as there
    is something to answer. At the same mail domain she gets her link at once; at another, a coordinator
    confirms her first."""
    _check_open(round, via)
    same = same_house(email, contact.email)
    try:
        with transaction.atomic():
            colleague = Contact.objects.create(
                workplace=workplace,
                email=email.lower(),
                name=name,
                written_standard=contact.written_standard,
                confirmed=same,
            )
    except IntegrityError as error:
        raise DomainError(_("That colleague is already a contact for the workplace.")) from error
    if same:
        _mail("capacity_request", round, {colleague}, publication=str(round.pk))
    audit.record("contact.passed_on", colleague, by=by, via=via, confirmed=same)
    return colleague


@transaction.atomic
def confirm_contact(contact: Contact, *, round: Round, by: User) -> None:
    """Let the colleague named through a link answer, and send her the link."""
    if Contact.objects.filter(pk=contact.pk, confirmed=False, ended_at=None).update(confirmed=True):
        _mail("capacity_request", round, {contact}, publication=str(round.pk))
        audit.record("contact.confirmed", contact, by=by)


def mint_link(round: Round, contact: Contact) -> str:
    """Make the contact's personal link; it works until the deadline. Called as the mail is written."""
    ends = max(round.capacity_deadline, timezone.now()) + dt.timedelta(days=14)
    token, _link = links.mint(
        CapacityLink, expires_at=ends, email=contact.email, round=round, contact=contact
    )
    return token
