"""The three parties of a placement agree, and are reminded once."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent, OutboxMessage
from placements.actions.answers import coordinators_of
from placements.actions.supervision import recorded
from placements.documents import facts
from placements.documents.kinds import KINDS
from placements.locks import locked_placement
from placements.models import Agreement, Consent, Placement, SupervisorLink
from placements.models.agreements import Party
from placements.models.placements import OCCUPYING
from placements.models.supervision import Author, signed
from placements.notices import contacts_of

REMIND_AFTER = dt.timedelta(days=7)
BEFORE_START = dt.timedelta(days=14)
SETTLED = dt.timedelta(days=3)
AT_ONCE = 200


class CannotAgree(DomainError):
    """The placement does not hold any more."""


def words(placement: Placement) -> tuple[str, str]:
    """What the agreement says now, and in which language: locked if anybody has agreed.

    The placement comes with `facts.RELATED`.
    """
    locked = Agreement.objects.filter(placement=placement).first()
    if locked:
        return locked.text, locked.language
    kind = KINDS["agreement"]
    (known,) = facts.of([placement])
    return "\n\n".join(facts.paragraphs(kind, known)), known.language(kind)


def seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def agree(placement: Placement, *, party: Party, sha256: str, by: Author) -> Agreement:
    """One party agrees to the words she has read: `sha256` is theirs. Agreeing twice is agreeing once."""
    with locked_placement(placement.pk) as now:
        if not now.occupies:
            raise CannotAgree(_("This placement has ended."))
        if now.round.students_wait_until:
            raise CannotAgree(_("The student has not been told of the place yet."))
        text, language = words(Placement.objects.select_related(*facts.RELATED).get(pk=now.pk))
        if seal(text) != sha256:
            raise Conflict(
                _("The text of the agreement has been changed since you opened the page.")
            )
        agreement, _is_new = Agreement.objects.get_or_create(
            placement=now, defaults={"text": text, "language": language, "sha256": seal(text)}
        )
        _consent, is_first = Consent.objects.get_or_create(
            agreement=agreement,
            party=party,
            defaults={"name": str(by), **signed(by, "agreed_by")},
        )
        if is_first:
            recorded("agreement.agreed", now, by=by, party=party.value)
        if agreement.completed_at is None and agreement.consents.count() == len(Party):
            Agreement.objects.filter(pk=agreement.pk).update(completed_at=Now())
    agreement.refresh_from_db()
    return agreement


def remind_late(at: dt.datetime | None = None) -> int:
    """Write once to those who are missing a week after the first one agreed; return how many agreements."""
    with transaction.atomic():
        late = list(
            Agreement.objects.select_for_update(no_key=True, skip_locked=True, of=["self"])
            .filter(
                reminded_at=None,
                completed_at=None,
                created_at__lte=(at or timezone.now()) - REMIND_AFTER,
                placement__state__in=OCCUPYING,
                placement__student__manual_handling=False,
            )
            .select_related("placement__student__user", "placement__slot", "placement__round")
            .prefetch_related("consents")[:AT_ONCE]
        )
        for agreement in late:
            given = {consent.party for consent in agreement.consents.all()}
            for party in Party:
                if party not in given:
                    _remind(agreement, party)
            audit.record("agreement.reminded", agreement.placement, by=None, via="sweeper")
        Agreement.objects.filter(pk__in=[a.pk for a in late]).update(reminded_at=Now())
    return len(late)


def remind_unstarted(at: dt.datetime | None = None) -> int:
    """Write once to all three when practice begins within two weeks and nobody has agreed.

    The audit remembers whom it has been about; what was published a moment ago is given some days, and
    so is what students were told of a moment ago.
    A coordinator or a contact with many such students gets one mail about them all.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    done = AuditEvent.objects.filter(
        verb="agreement.reminded",
        target_type=Placement._meta.label_lower,
        target_id=OuterRef("pk"),
    )
    with transaction.atomic():
        alone = list(
            Placement.objects.select_for_update(no_key=True, skip_locked=True, of=["self"])
            .without_agreement(today)
            .filter(
                agreement=None,
                period__start__lte=today + BEFORE_START,
                created_at__lte=now - SETTLED,
                student__manual_handling=False,
            )
            .filter(Q(round__students_told_at=None) | Q(round__students_told_at__lte=now - SETTLED))
            .exclude(Exists(done))
            .select_related("student__user", "slot", "round")
            .order_by("pk")[:AT_ONCE]
        )
        written = _written({placement.round_id for placement in alone})
        for placement in alone:
            for party in Party:
                _tell("agreement_missing", placement, party, about=placement.pk, written=written)
            _tell_supervisors(placement)
            audit.record("agreement.reminded", placement, by=None, via="sweeper")
    return len(alone)


def _written(rounds: set[UUID]) -> set[tuple[str, UUID]]:
    """Who among contacts and coordinators has had such a mail about a round within a day."""
    of_round = dict(Placement.objects.filter(round__in=rounds).values_list("pk", "round"))
    mails = OutboxMessage.objects.filter(
        kind="agreement_missing",
        publication__in=[Party.WORKPLACE.value, Party.SCHOOL.value],
        subject_id__in=of_round,
        created_at__gt=timezone.now() - dt.timedelta(days=1),
    )
    return {(to, of_round[about]) for to, about in mails.values_list("recipient", "subject_id")}


def _remind(agreement: Agreement, party: Party) -> None:
    _tell("agreement_waiting", agreement.placement, party, about=agreement.pk)
    if party == Party.WORKPLACE:
        _tell_supervisors(agreement.placement)


def _tell_supervisors(placement: Placement) -> None:
    """Those who may agree for the workplace, each with a link of her own again."""
    for link in SupervisorLink.objects.open().filter(placement=placement, may_agree=True):
        outbox.enqueue(
            "supervisor_agreement",
            recipient=link.email,
            language=link.sent_by.written_standard,
            subject_id=link.pk,
        )


def _tell(
    kind: str,
    placement: Placement,
    party: Party,
    *,
    about: UUID,
    written: set[tuple[str, UUID]] | None = None,
) -> None:
    """With `written`, somebody else than the student is told once of a round, not of each placement."""
    for email, language in _addresses(placement, party):
        to = (email.lower(), placement.round_id)
        if written is not None and party != Party.STUDENT:
            if to in written:
                continue
            written.add(to)
        outbox.enqueue(
            kind, recipient=email, language=language, subject_id=about, publication=party.value
        )


def _addresses(placement: Placement, party: Party) -> list[tuple[str, str]]:
    """Where to write to a party, and in which language."""
    if party == Party.STUDENT:
        student = placement.student
        return [(student.address, student.language)] if student.address else []
    if party == Party.WORKPLACE:
        place = placement.slot.workplace_id
        return [(contact.email, contact.language) for contact in contacts_of([place])[place]]
    return [(user.email, user.written_standard) for user in coordinators_of(placement)]
