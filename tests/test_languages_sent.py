"""What is sent and handed out, in bokmål, nynorsk and English: mails, papers and calendars.

Each is in the language of whoever gets it, whoever causes it, and in no other.
"""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.utils import translation

from accounts import addresses, outbox
from accounts.models import Invitation, OutboxMessage, User
from accounts.policy import Role
from placements import ics
from placements.actions import answers, offers, supervision, workplaces
from placements.actions.agreements import seal
from placements.documents import facts
from placements.documents.kinds import KINDS
from placements.models import Absence, Agreement, Contact, Placement, Swap
from schools.models import Student
from tests import factories as f
from tests.cast import make_world
from tests.missing import foreign, foreign_texts, missing
from tests.test_house import ROOT, TEMPLATES

LANGUAGES = ("nb", "nn", "en")


@pytest.fixture
def world(db):
    return make_world("Vaarvik", "open")


def asked(world):
    """What each kind of mail is about, to whom, and which telling it is."""
    to_student = (world.student.email, world.candidate.pk, "")
    to_waiting = ("vaarvik.ventesen@example.no", world.waiting.pk, "")
    to_contact = (world.contact.email, world.contact.pk, f"{world.round.pk} 1")
    invitation = Invitation.objects.create(
        email="vaarvik.ny@example.no",
        name="Vaarvik ny",
        role=Role.SCHOOL_COORDINATOR,
        scope_id=world.school.pk,
        invited_by=world.coordinator,
        expires_at=world.round.created_at + dt.timedelta(days=3650),
    )
    yield "invitation", (invitation.email, invitation.pk, "")
    summary = OutboxMessage.objects.create(
        kind="digest", recipient=world.student.email, subject_id=world.student.pk
    )
    OutboxMessage.objects.create(
        kind="student_placed",
        recipient=world.student.email,
        subject_id=world.candidate.pk,
        subject="Vaarvik",
        state="held",
        digest=summary,
    )
    yield "digest", (summary.recipient, summary.subject_id, "", summary.pk)
    yield from dict.fromkeys(
        ["wishes_opened", "wishes_reminder", "student_waiting", "student_withdrawn"], to_waiting
    ).items()
    yield from dict.fromkeys(["student_placed", "student_moved"], to_student).items()
    yield from dict.fromkeys(
        ["capacity_request", "capacity_reminder", "capacity_receipt"], to_contact
    ).items()
    yield "workplace_students", (world.contact.email, world.contact.pk, str(world.run.pk))
    yield "agreement_missing", (world.student.email, world.placement.pk, "student")
    agreement = Agreement.objects.create(
        placement=world.placement, language="nb", text="Vaarvik", sha256=seal("Vaarvik")
    )
    yield "agreement_waiting", (world.student.email, agreement.pk, "student")
    change = addresses.ask(world.student, email="vaarvik.bytte@example.no", by=world.student)
    yield "address_verify", (change.email, change.pk, "")
    yield "address_changed", (world.student.email, world.student.pk, str(change.pk))
    offer = f.OfferFactory(municipality=world.workplace.municipality, verified_at=None)
    yield "offer_verify", (offer.email, offer.pk, "")
    offer = f.OfferFactory(municipality=world.workplace.municipality)
    yield "offer_received", (world.coordinator.email, offer.pk, "")
    offers.confirm(offer, workplace=None, round=None, by=world.coordinator)
    yield "offer_confirmed", (offer.email, offer.pk, "")
    offer = f.OfferFactory(municipality=world.workplace.municipality)
    offers.decline(offer, reason="Vaarvik har nok.", by=world.coordinator)
    yield "offer_declined", (offer.email, offer.pk, "")
    requirement = f.RequirementFactory(name_nb="Vaarvik", name_nn="Vaarvik", name_en="Vaarvik")
    workplaces.update(
        world.workplace,
        version=1,
        requirements=[requirement],
        learning_areas=[],
        by=world.workplace_contact,
    )
    yield "requirements_changed", (world.county_coordinator.email, world.workplace.pk, "2")
    yield from swapped(world)
    absence = Absence.objects.create(placement=world.placement, day=dt.date(2027, 2, 9))
    yield "absence_reported", (world.contact.email, absence.pk, "")
    type(world.round).objects.filter(pk=world.round.pk).update(
        state="published", published_at=world.round.created_at
    )
    supervisor = f.SupervisorFactory(
        workplace=world.workplace, name="Vaarvik", email="vaarvik.lege@example.no"
    )
    link = supervision.share(
        world.placement, supervisor=supervisor, may_agree=True, by=world.workplace_contact
    )
    yield from dict.fromkeys(
        ["supervisor_link", "supervisor_agreement"], (link.email, link.pk, "")
    ).items()
    answers.decline(world.placement, reason="too_many", version=1, by=world.workplace_contact)
    yield "placement_declined", (world.coordinator.email, world.placement.pk, "")


def swapped(world):
    """One that waits, and one that was declined."""
    decider = world.county_coordinator
    other = f.PlacementFactory(
        candidate=world.waiting,
        slot=f.SlotFactory(period=world.period, workplace=f.WorkplaceFactory(name="Vaarvik to")),
        created_by=decider,
    )
    two = {
        "round": world.round,
        "one": world.placement,
        "other": other,
        "expires_at": world.round.created_at,
        "agreed_at": world.round.created_at,
    }
    waits = Swap.objects.create(state="agreed", token_hash=b"a" * 32, **two)
    yield "swap_asked", (decider.email, waits.pk, "")
    no = Swap.objects.create(
        state="declined",
        token_hash=b"b" * 32,
        answer="Vaarvik",
        decided_by=decider,
        decided_at=world.round.created_at,
        **two,
    )
    yield "swap_declined", (world.student.email, world.candidate.pk, str(no.pk))


def write(language, kind, recipient, subject, publication, pk=None):
    """The mail as it is put together, and kept for her list of messages."""
    message = OutboxMessage(
        kind=kind,
        recipient=recipient,
        subject_id=subject,
        publication=publication,
        language=language,
        **({"pk": pk} if pk else {}),
    )
    with translation.override(language):
        letter = outbox.WRITERS[kind](message)
        assert letter, f"{kind} has nothing to say any more"
        outbox._keep(message, letter, subject="")
        return outbox._compose(message, letter)


def in_everybodys(language):
    User.objects.update(written_standard=language)
    Student.objects.update(written_standard=language)
    Contact.objects.update(written_standard=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail(world, language, rendered):
    in_everybodys(language)
    written = set()
    for kind, about in asked(world):
        with missing(language) as found:
            letter = write(language, kind, *about)
        html = letter.alternatives[0].content
        said = [
            part for part in (letter.subject, *letter.body.splitlines()) if "Vaarvik" not in part
        ]
        assert (kind, found) == (kind, set())
        assert (kind, [part for part in said if foreign(part, language)]) == (kind, [])
        assert (kind, foreign_texts(html, language, data="Vaarvik")) == (kind, [])
        assert f'<html lang="{language}"' in html
        written.add(kind)
    assert written == set(outbox.WRITERS), "a kind of mail that nobody has looked at"
    assert under("emails/") - rendered == set()


@pytest.fixture
def rendered():
    """The names of the templates that have been rendered so far."""
    from django.test.signals import template_rendered

    names: set[str] = set()

    def note(template, **_more):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def under(folder):
    names = {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}
    return {name for name in names if name.startswith(folder)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper(world, language, rendered):
    in_everybodys(language)
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    for kind in KINDS.values():
        with missing(language) as found, translation.override("en" if language == "nb" else "nb"):
            page = facts.html(kind, facts.of([placement])[0])
            facts.file_name(kind, facts.of([placement])[0])
        assert (kind.code, found) == (kind.code, set())
        assert f'<html lang="{language}"' in page
        assert (kind.code, foreign_texts(page, language, data="Vaarvik")) == (kind.code, [])
    Agreement.objects.create(
        placement=placement, language=language, text="Vaarvik", sha256=seal("Vaarvik")
    )
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    with missing(language) as found:
        facts.html(KINDS["agreement"], facts.of([placement])[0])
    assert found == set()
    assert under("documents/") - rendered == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_calendar(world, language):
    in_everybodys(language)
    with missing(language) as found:
        files = [
            ics.calendar(world.placement, host="x"),
            ics.feed([world.placement], owner=world.student, host="x"),
            ics.feed([world.placement], owner=world.workplace_contact, host="x"),
        ]
    assert found == set()
    for file in files:
        text = file.decode().replace("\r\n ", "")
        # What a time zone says of itself is between programs.
        own = text.partition("BEGIN:VTIMEZONE")[0] + text.partition("END:VTIMEZONE")[2]
        lines = [line.partition(":")[2] for line in own.splitlines() if "Vaarvik" not in line]
        assert [line for line in lines if foreign(line, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_to_sign_in_with(language, db, client, monkeypatch):
    """In her own written standard, whatever the page was in that she asked on."""
    f.UserFactory(email="vaarvik@example.no", written_standard=language)
    threads = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: threads.append(thread))
    client.cookies["django_language"] = "nn" if language == "nb" else "nb"
    with missing(language) as found:
        client.post("/sign-in/", {"email": "vaarvik@example.no"})
        for thread in threads:
            thread.run()
    assert found == set()
    letter = mail.outbox[-1]
    assert letter.subject.startswith("Your code" if language == "en" else "Koden din")
    assert foreign(letter.body, language) == set()
    assert ("ikkje" in letter.body) == (language == "nn")


def test_her_own_written_standard_rules_whoever_writes(world):
    """A coordinator who writes bokmål causes it, on a page in English; she who reads chose nynorsk."""
    User.objects.filter(pk=world.student.pk).update(written_standard="nn")
    with translation.override("en"):
        outbox.enqueue(
            "student_placed",
            recipient=world.student.email,
            subject_id=world.candidate.pk,
            language="nb",
        )
        outbox.deliver_due()
    letter = mail.outbox[-1]
    assert letter.extra_headers["Content-Language"] == "nn"
    assert letter.subject == "Praksisplassen din er klar"
    assert foreign(letter.body, "nn") == set()
    assert "ikkje" in letter.body or "Hei" in letter.body
    message = OutboxMessage.objects.get(recipient=world.student.email)
    assert (message.language, message.subject) == ("nn", letter.subject)


def test_who_has_no_account_is_written_to_as_the_sender_knows(world):
    """Negative control for the rule above: without an account of hers the row's language stands."""
    outbox.enqueue(
        "student_waiting",
        recipient="ingen.konto@example.no",
        subject_id=world.waiting.pk,
        language="nn",
    )
    outbox.deliver_due()
    assert mail.outbox[-1].extra_headers["Content-Language"] == "nn"
