"""Who is told about published places: one notice per person, however many places it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts import outbox
from placements.models import Candidate, Contact, Workplace


@dataclass(frozen=True)
class Notice:
    """One mail to come: which text, to whom, about which row."""

    kind: str
    name: str
    recipient: str
    language: str
    subject_id: UUID


def to_students(kind: str, candidates: Iterable[Candidate]) -> list[Notice]:
    """`candidates` come with their students and those students' users."""
    return [
        Notice(
            kind=kind,
            name=candidate.student.name,
            recipient=candidate.student.address,
            language=candidate.student.language,
            subject_id=candidate.pk,
        )
        for candidate in candidates
    ]


def to_workplaces(workplaces: Iterable[UUID]) -> list[Notice]:
    """One notice per person who answers for any of the workplaces, or else for what they belong to."""
    told: dict[str, Notice] = {}
    for contacts in contacts_of(workplaces).values():
        for contact in contacts:
            told.setdefault(
                contact.email.lower(),
                Notice(
                    kind="workplace_students",
                    name=str(contact),
                    recipient=contact.email,
                    language=contact.language,
                    subject_id=contact.pk,
                ),
            )
    return list(told.values())


def contacts_of(workplaces: Iterable[UUID]) -> dict[UUID, list[Contact]]:
    """The nearest contacts up the tree: the unit's own, else its hospital's, else the trust's.

    Those who are away are passed over, at the place and above it, as long as anybody is there.
    """
    ways = {
        row[0]: [pk for pk in row if pk]
        for row in Workplace.objects.filter(pk__in=set(workplaces)).values_list(
            "pk", "parent", "parent__parent"
        )
    }
    known: dict[UUID, list[Contact]] = {}
    there: dict[UUID, list[Contact]] = {}
    above = {pk for way in ways.values() for pk in way}
    for contact in (
        Contact.objects.current()
        .filter(workplace__in=above)
        .select_related("user")
        .order_by("email", "pk")
    ):
        known.setdefault(contact.workplace_id, []).append(contact)
        if not contact.away:
            there.setdefault(contact.workplace_id, []).append(contact)
    return {
        pk: next((at[place] for at in (there, known) for place in way if place in at), [])
        for pk, way in ways.items()
    }


def put(notices: Iterable[Notice], *, publication: str) -> None:
    """Into the outbox, in the caller's transaction. `publication` tells one telling from the next."""
    outbox.put(
        outbox.Mail(notice.kind, notice.recipient, notice.subject_id, notice.language, publication)
        for notice in notices
    )
