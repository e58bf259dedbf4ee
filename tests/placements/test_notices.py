"""Who is written to about a workplace: the nearest who answers for it, and is there."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, OutboxMessage
from placements.actions import capacity, workplaces
from placements.models import CapacityRequest
from placements.notices import contacts_of
from tests import factories as f


@pytest.fixture
def unit(db):
    hospital = f.WorkplaceFactory(kind="hospital", receives_students=False)
    return f.WorkplaceFactory(kind="hospital", parent=hospital)


@pytest.fixture
def contact(unit):
    return f.ContactFactory(workplace=unit, email="nearest@sykehus.example.no")


def asked(unit):
    return [person.email for person in contacts_of([unit.pk])[unit.pk]]


def later(days=5):
    return timezone.localdate() + dt.timedelta(days=days)


def test_who_is_away_is_passed_over_as_long_as_anybody_is_there(unit, contact):
    by = f.UserFactory()
    above = f.ContactFactory(workplace=unit.parent, email="above@sykehus.example.no")
    assert asked(unit) == [contact.email]
    workplaces.away(contact, later(), by=by)
    assert asked(unit) == [above.email]
    beside = f.ContactFactory(workplace=unit, email="beside@sykehus.example.no")
    assert asked(unit) == [beside.email]
    workplaces.away(beside, later(), by=by)
    workplaces.away(above, later(), by=by)
    assert asked(unit) == [beside.email, contact.email], "nobody is there: the nearest all the same"
    contact.back_on = timezone.localdate()
    contact.save()
    assert asked(unit) == [contact.email], "back today"
    assert AuditEvent.objects.filter(verb="contact.away").count() == 3


def test_a_question_goes_to_who_is_there(unit, contact):
    round = f.RoundFactory(county=unit.municipality.county, state="collecting")
    f.ContactFactory(workplace=unit.parent, email="above@sykehus.example.no")
    by = f.UserFactory()
    workplaces.away(contact, later(), by=by)
    number, unreached = capacity.ask(round, workplaces=[unit], by=by)
    assert (number, unreached) == (1, [])
    assert CapacityRequest.objects.get().state == "asked"
    assert OutboxMessage.objects.get().recipient == "above@sykehus.example.no"


def test_on_her_own_page(unit, contact, client):
    contact.user = f.UserFactory(role="workplace_contact")
    contact.save()
    client.force_login(contact.user)
    address = reverse("our_colleague_away", args=[contact.pk])
    page = client.post(address, {"back_on": later().isoformat()}, follow=True).content.decode()
    assert "Borte, tilbake" in page
    for wrong, says in (
        ("en dag", "Skriv dagen som en dato."),
        ("2020-01-01", "Velg en dag som ikke har vært."),
    ):
        assert says in client.post(address, {"back_on": wrong}, follow=True).content.decode()
    page = client.post(address, {"back_on": ""}, follow=True).content.decode()
    assert "Borte, tilbake" not in page
