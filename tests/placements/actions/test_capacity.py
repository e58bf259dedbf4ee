"""Asking workplaces, and writing down what they answer."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent, OutboxMessage
from placements.actions import capacity
from placements.models import CapacityLink, CapacityRequest, Contact, Round, Slot
from tests import factories as f


@pytest.fixture
def collecting(world):
    Round.objects.filter(pk=world.round.pk).update(state="collecting", published_at=None)
    world.round.refresh_from_db()
    return world


def answer_of(world, request, places, **kwargs):
    request.refresh_from_db()
    return capacity.Answer(
        request=request.pk, version=request.version, places={world.period.pk: places}, **kwargs
    )


def fresh(world, **kwargs):
    """A workplace that has been asked, with a contact."""
    contact = f.ContactFactory(workplace__municipality=world.workplace.municipality, **kwargs)
    request = f.CapacityRequestFactory(
        round=world.round, workplace=contact.workplace, state="asked"
    )
    return contact, request


def test_each_contact_gets_one_mail_also_for_many_units(collecting):
    hospital = f.WorkplaceFactory(kind="hospital", receives_students=False)
    units = [f.WorkplaceFactory(kind="hospital", parent=hospital) for _ in range(3)]
    contact = f.ContactFactory(workplace=hospital)
    count, unreached = capacity.ask(
        collecting.round, workplaces=[hospital, *units], by=collecting.county_coordinator
    )
    assert (count, unreached) == (3, [])
    assert list(OutboxMessage.objects.values_list("kind", "recipient")) == [
        ("capacity_request", contact.email)
    ]
    asked = CapacityRequest.objects.filter(round=collecting.round).answered_for(contact)
    assert {r.workplace for r in asked} == set(units)


def test_asking_again_asks_nobody_twice(collecting):
    contact = f.ContactFactory()
    for expected in (1, 0):
        count, _ = capacity.ask(
            collecting.round, workplaces=[contact.workplace], by=collecting.county_coordinator
        )
        assert count == expected
    assert OutboxMessage.objects.count() == 1


def test_a_workplace_nobody_answers_for_is_named(collecting):
    lonely = f.WorkplaceFactory()
    _, unreached = capacity.ask(
        collecting.round, workplaces=[lonely], by=collecting.county_coordinator
    )
    assert unreached == [lonely]
    assert not CapacityRequest.objects.filter(workplace=lonely).exists()


def test_reminders_go_once_a_day(collecting):
    contact, request = fresh(collecting)
    for _ in range(2):
        capacity.remind(collecting.round, requests=[request], by=collecting.county_coordinator)
    assert (
        OutboxMessage.objects.filter(kind="capacity_reminder", recipient=contact.email).count() == 1
    )


def test_answer_writes_places_audit_receipt_and_version(collecting):
    contact, request = fresh(collecting)
    before = Round.objects.get(pk=collecting.round.pk).version
    capacity.answer(
        collecting.round,
        answers=[answer_of(collecting, request, 3)],
        via="link",
        by=None,
        contact=contact,
    )
    request.refresh_from_db()
    assert (request.state, request.answered_via) == ("answered", "link")
    assert Slot.objects.get(workplace=contact.workplace).capacity == 3
    assert Round.objects.get(pk=collecting.round.pk).version == before + 1
    assert AuditEvent.objects.get(verb="capacity.answered").via == "link"
    assert OutboxMessage.objects.get(kind="capacity_receipt").recipient == contact.email


def test_none_this_year_takes_the_places_back(collecting):
    contact, request = fresh(collecting)
    capacity.answer(
        collecting.round, answers=[answer_of(collecting, request, 2)], via="link", by=None
    )
    capacity.answer(
        collecting.round,
        answers=[answer_of(collecting, request, 2, reason="no_supervisor")],
        via="link",
        by=None,
    )
    request.refresh_from_db()
    assert (request.state, request.reason) == ("declined", "no_supervisor")
    assert Slot.objects.get(workplace=contact.workplace).capacity == 0


def test_two_who_answer_at_once_one_wins(collecting):
    _, request = fresh(collecting)
    first = answer_of(collecting, request, 1)
    second = answer_of(collecting, request, 2)
    capacity.answer(collecting.round, answers=[first], via="link", by=None)
    with pytest.raises(Conflict):
        capacity.answer(
            collecting.round, answers=[second], via="phone", by=collecting.county_coordinator
        )
    assert Slot.objects.get(workplace=request.workplace).capacity == 1


def test_fewer_places_than_students_is_refused_whole(collecting):
    """The slot has one student; another workplace's answer in the same form is not saved either."""
    _, other = fresh(collecting)
    with pytest.raises(capacity.TooFew):
        capacity.answer(
            collecting.round,
            answers=[
                answer_of(collecting, other, 2),
                answer_of(collecting, collecting.request, 0),
            ],
            via="link",
            by=None,
        )
    assert not Slot.objects.filter(workplace=other.workplace).exists()
    assert Slot.objects.get(pk=collecting.slot.pk).capacity == 2


def test_after_the_deadline_only_the_coordinator_enters(collecting):
    _, request = fresh(collecting)
    Round.objects.filter(pk=collecting.round.pk).update(
        capacity_deadline=timezone.now() - dt.timedelta(minutes=1)
    )
    given = answer_of(collecting, request, 1)
    with pytest.raises(capacity.TooLate):
        capacity.answer(collecting.round, answers=[given], via="link", by=None)
    capacity.answer(
        collecting.round, answers=[given], via="phone", by=collecting.county_coordinator
    )
    assert Slot.objects.get(workplace=request.workplace).capacity == 1


def passed_on(contact, collecting, email):
    return capacity.pass_on(
        contact,
        round=collecting.round,
        workplace=contact.workplace,
        email=email,
        name="B",
        via="link",
        by=None,
    )


def test_passing_on_at_the_same_domain_asks_the_colleague(collecting):
    contact, _ = fresh(collecting, email="a@legekontor.example.no")
    colleague = passed_on(contact, collecting, "b@legekontor.example.no")
    assert colleague.confirmed
    assert OutboxMessage.objects.filter(recipient="b@legekontor.example.no").exists()


def test_passing_on_to_another_domain_waits_for_a_coordinator(collecting):
    contact, _ = fresh(collecting, email="a@legekontor.example.no")
    stranger = passed_on(contact, collecting, "b@elsewhere.example")
    assert stranger not in Contact.objects.current()
    assert not OutboxMessage.objects.filter(recipient="b@elsewhere.example").exists()
    capacity.confirm_contact(stranger, round=collecting.round, by=collecting.county_coordinator)
    assert stranger in Contact.objects.current()
    assert OutboxMessage.objects.filter(recipient="b@elsewhere.example").exists()
    with pytest.raises(DomainError):
        passed_on(contact, collecting, "B@elsewhere.example")


def test_a_question_that_is_over_is_not_passed_on(collecting):
    contact, _ = fresh(collecting, email="a@legekontor.example.no")
    collecting.round.capacity_deadline = timezone.now() - dt.timedelta(minutes=1)
    with pytest.raises(capacity.TooLate):
        passed_on(contact, collecting, "b@legekontor.example.no")
    assert not Contact.objects.filter(email="b@legekontor.example.no").exists()


def test_only_the_hash_of_a_link_is_kept(collecting):
    token = capacity.mint_link(collecting.round, collecting.contact)
    link = CapacityLink.objects.get()
    assert token.encode() not in bytes(link.token_hash)
    assert len(bytes(link.token_hash)) == 32
    assert link.expires_at > collecting.round.capacity_deadline


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_eight_answers_at_once_one_is_saved(transactional_db):
    from tests.cast import make_world

    world = make_world("Vaarvik", round_state="collecting")
    _, request = fresh(world)
    answers = [answer_of(world, request, n) for n in range(1, 9)]
    barrier, outcomes = threading.Barrier(8), []

    def run(given):
        try:
            barrier.wait()
            capacity.answer(world.round, answers=[given], via="phone", by=world.county_coordinator)
            outcomes.append("saved")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(given,)) for given in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["saved"]


def test_a_line_beside_the_reason_stands_until_there_are_places(collecting):
    _contact, request = fresh(collecting)

    def give(places, **more):
        answers = [answer_of(collecting, request, places, **more)]
        capacity.answer(collecting.round, answers=answers, via="link", by=None)
        request.refresh_from_db()
        return request.note

    assert give(0, reason="moving", note="Ferdig til høsten") == "Ferdig til høsten"
    assert give(0, reason="no_space") == "Ferdig til høsten"  # the table of units does not ask
    assert give(2) == ""


@pytest.mark.parametrize("guarded", [True, False])
def test_only_who_has_none_has_a_line(collecting, guarded):
    """The database refuses it elsewhere; without the constraint (control) it would stand there."""
    written = CapacityRequest.objects.filter(pk=collecting.request.pk)
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE placements_capacityrequest DROP CONSTRAINT capacity_note_only_when_declined"
            )
        assert written.update(note="Noe") == 1
        return
    with (
        pytest.raises(IntegrityError, match="capacity_note_only_when_declined"),
        transaction.atomic(),
    ):
        written.update(note="Noe")
