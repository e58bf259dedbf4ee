"""The page of the lots: the same for all they concern, silent about the secret until it is opened."""

import uuid

import pytest
from django.urls import reverse

from accounts.policy import Role
from placements.actions import lottery, runs
from placements.models import Lottery, Round
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    county = small_county()
    Round.objects.filter(pk=county.round.pk).update(state="open")
    county.round.refresh_from_db()
    return county


@pytest.fixture
def people(county):
    """One of each who may look: she who decides, a student, and a workplace."""
    student = f.UserFactory(role=Role.STUDENT)
    anna = county.candidates["Anna"].student
    anna.user = student
    anna.save()
    workplace = f.UserFactory(role=Role.WORKPLACE_CONTACT)
    f.ContactFactory(workplace=county.slots["Lade"].workplace, user=workplace)
    f.CapacityRequestFactory(
        round=county.round, workplace=county.slots["Lade"].workplace, state="asked"
    )
    return [county.by, student, workplace]


def page(client, county, user):
    client.force_login(user)
    return client.get(reverse("lottery", args=[county.round.pk]))


def test_all_three_see_the_seal_and_nobody_the_secret(client, county, people):
    lots = lottery.seal(county.round, by=county.by)
    for user in people:
        body = page(client, county, user).content.decode()
        assert lots.commitment in body
        assert lots.secret not in body
        assert lots.seed not in body


def test_all_three_see_the_secret_the_seed_and_how_to_check_when_it_is_opened(
    client, county, people
):
    lots = lottery.seal(county.round, by=county.by)
    Round.objects.filter(pk=county.round.pk).update(state="matching")
    runs.start(county.round, by=county.by)
    for user in people:
        body = page(client, county, user).content.decode()
        assert lots.secret in body
        assert lots.seed in body
        assert "sha256sum" in body


def test_others_do_not_know_of_it(client, county):
    lottery.seal(county.round, by=county.by)
    for role in (Role.STUDENT, Role.WORKPLACE_CONTACT, Role.COUNTY_COORDINATOR):
        assert page(client, county, f.UserFactory(role=role)).status_code == 404
    assert page(client, county, f.UserFactory(role=Role.ADMINISTRATOR)).status_code == 403


def test_sealing_with_an_event_and_writing_down_how_it_went(client, county):
    client.force_login(county.by)
    sent = {"event": "Lotto lørdag", "once_key": uuid.uuid4()}
    client.post(reverse("lottery_seal", args=[county.round.pk]), sent)
    assert Lottery.objects.get().event == "Lotto lørdag"
    Round.objects.filter(pk=county.round.pk).update(state="matching")
    address = reverse("lottery_outcome", args=[county.round.pk])
    client.post(address, {"outcome": "1 2 3", "once_key": uuid.uuid4()})
    assert Lottery.objects.get().outcome == ""  # not ticked
    client.post(address, {"outcome": "1 2 3", "sure": "on", "once_key": uuid.uuid4()})
    assert Lottery.objects.get().outcome == "1 2 3"


def test_changed_rules_are_told(client, county):
    lottery.seal(county.round, by=county.by)
    said = "er endret etter at loddene ble forseglet"
    assert said not in page(client, county, county.by).content.decode()
    Round.objects.filter(pk=county.round.pk).update(max_travel_minutes=45)
    assert said in page(client, county, county.by).content.decode()
