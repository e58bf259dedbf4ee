"""What a document may say about a placement."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify

from placements.documents import pdf, texts
from placements.documents.kinds import Kind, Side
from placements.documents.stay import Stay
from placements.models import (
    Agreement,
    Attendance,
    Consent,
    Contact,
    DocumentText,
    Feedback,
    Placement,
    Supervisor,
)
from placements.models.agreements import Party
from placements.models.reviews import CRITERIA, asked
from placements.notices import contacts_of
from placements.templatetags import weeks
from schools.models import School

RELATED = (
    "student__user",
    "student__school_class__programme",
    "school",
    "period",
    "round",
    "slot__workplace__municipality",
)


@dataclass(frozen=True)
class Facts:
    """A placement, and who answers for its workplace. Say anything inside the recipient's language."""

    placement: Placement
    contact: Contact | None
    words: dict[tuple[str, str], str] = field(default_factory=dict)  # by kind and language
    agreed: Agreement | None = None  # with its consents
    noted: tuple[Attendance, ...] = ()
    feedback: Feedback | None = None
    supervisors: tuple[str, ...] = ()  # those of the workplace

    def language(self, kind: Kind) -> str:
        """The recipient's own; the school's bokmål where a workplace has nobody; locked with its words."""
        if kind.code == "agreement" and self.agreed:
            return self.agreed.language
        if kind.recipient == Side.STUDENT:
            return self.placement.student.language
        return self.contact.language if self.contact else "nb"

    def values(self) -> dict[str, str]:
        """What each placeholder stands for here."""
        place, school = self.placement, self.placement.school
        return {
            "student": place.student.name,
            "school_class": place.student.school_class.name,
            "school": school.name,
            "workplace": place.slot.workplace.name,
            "address": place.slot.workplace.where,
            "period": weeks.weeks(place.period),
            "weekdays": weeks.weekdays(place.period),
            "hours": weeks.hours(place.period),
            "days": str(len(place.stay)),
            "contact": str(self.contact or place.slot.workplace.name),
            "school_contact": school.contact_name or school.name,
            "school_phone": school.contact_phone,
            "round": place.round.name,
        }


def of(placements: Iterable[Placement]) -> list[Facts]:
    """The facts of each; contacts and words of all are asked for once. Placements come with `RELATED`."""
    rows = list(placements)
    contacts = contacts_of({p.slot.workplace_id for p in rows})
    words = _words({p.school for p in rows})
    agreed = {
        agreement.placement_id: agreement
        for agreement in Agreement.objects.filter(placement__in=rows).prefetch_related("consents")
    }
    noted: dict[UUID, list[Attendance]] = {}
    for row in Attendance.objects.filter(placement__in=rows):
        noted.setdefault(row.placement_id, []).append(row)
    feedback = {said.placement_id: said for said in Feedback.objects.filter(placement__in=rows)}
    supervisors: dict[UUID, list[str]] = {}
    for person in Supervisor.objects.filter(
        workplace__in={p.slot.workplace_id for p in rows}, active=True
    ).order_by("name", "pk"):
        supervisors.setdefault(person.workplace_id, []).append(person.name)
    return [
        Facts(
            p,
            next(iter(contacts[p.slot.workplace_id]), None),
            words[p.school_id],
            agreed.get(p.pk),
            tuple(noted.get(p.pk, ())),
            feedback.get(p.pk),
            tuple(supervisors.get(p.slot.workplace_id, ())),
        )
        for p in rows
    ]


def _words(schools: set[School]) -> dict[UUID, dict[tuple[str, str], str]]:
    """What each school has written itself, else its county."""
    found = list(
        DocumentText.objects.filter(county__in={school.county_id for school in schools}).filter(
            Q(school=None) | Q(school__in=schools)
        )
    )
    found.sort(key=lambda text: text.school_id is not None)  # the school's own overwrites
    return {
        school.pk: {
            (text.kind, text.language): text.body
            for text in found
            if text.county_id == school.county_id and text.school_id in (None, school.pk)
        }
        for school in schools
    }


def paragraphs(kind: Kind, facts: Facts, text: str | None = None) -> list[str]:
    """What it says, in its recipient's language. Words that somebody has agreed to are as they were."""
    language = facts.language(kind)
    if kind.code == "agreement" and facts.agreed:
        return facts.agreed.text.split("\n\n")
    with translation.override(language):
        body = text or facts.words.get((kind.code, language)) or str(kind.text)
        return texts.fill(body, facts.values())


def html(kind: Kind, facts: Facts, text: str | None = None) -> str:
    """The document as a page, in its recipient's language. `text` in place of the default words."""
    language = facts.language(kind)
    with translation.override(language):
        values = facts.values()
        context = {
            "kind": kind,
            "language": language,
            "facts": facts,
            "placement": facts.placement,
            "values": values,
            "paragraphs": paragraphs(kind, facts, text),
            "stay": Stay.of(facts.placement, facts.noted),
            "levels": _levels(facts.feedback),
            "consents": _consents(facts.agreed) if facts.agreed else [],
            "today": timezone.localdate(),
        }
        return render_to_string(kind.template, context)


def _consents(agreement: Agreement) -> list[tuple[Party, Consent | None]]:
    given = {consent.party: consent for consent in agreement.consents.all()}
    return [(party, given.get(party)) for party in Party]


def _levels(feedback: Feedback | None) -> list[tuple[str, int]]:
    """What the workplace has said of the student: each thing with its level."""
    return (
        [(asked(Feedback, name), getattr(feedback, name)) for name in CRITERIA] if feedback else []
    )


def make(kind: Kind, facts: Facts, text: str | None = None) -> bytes:
    return pdf.render(html(kind, facts, text))


def file_name(kind: Kind, facts: Facts) -> str:
    """praksisbrev-anna-sorensen.pdf"""
    about = facts.placement.student if kind.names_student else facts.placement.slot.workplace
    with translation.override(facts.language(kind)):
        return f"{plain(f'{kind.title} {about.name}')}.pdf"


def plain(text: str) -> str:
    """The letters every file system takes: ø becomes o."""
    norwegian = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A"})
    return slugify(unicodedata.normalize("NFC", text).translate(norwegian)) or "fil"
