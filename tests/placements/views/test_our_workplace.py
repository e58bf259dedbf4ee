"""A workplace keeps its own page: what it requires, what students need to know, colleagues, supervisors."""

import pytest
from django.urls import reverse

from accounts.models import User
from placements.actions.colleagues import same_house
from placements.models import Contact, Supervisor, Workplace
from tests import factories as f


@pytest.fixture
def mine(world, client):
    client.force_login(world.workplace_contact)
    world.url = reverse("our_workplace", args=[world.workplace.pk])
    return world


def facts(world, **changed):
    world.workplace.refresh_from_db()
    return {
        "version": world.workplace.version,
        "meet_at": "Hovedinngangen",
        "practical": "Hvite klær. Lunsj kl. 11.",
        "address": "Storgata 1",
        "phone": "73 22 22 22",
        "step_free": "on",
    } | changed


def current(world):
    return set(
        Contact.objects.current().filter(workplace=world.workplace).values_list("email", flat=True)
    )


def test_it_says_what_it_requires_and_that_stands_next_year_too(mine, client):
    police = f.RequirementFactory(name_nb="Politiattest")
    area = f.LearningAreaFactory()
    data = facts(mine, requirements=[police.pk], learning_areas=[area.pk])
    assert client.post(mine.url, data).status_code == 302
    mine.workplace.refresh_from_db()
    assert mine.workplace.practical == "Hvite klær. Lunsj kl. 11."
    assert list(mine.workplace.requirements.all()) == [police]
    assert list(mine.workplace.learning_areas.all()) == [area]
    assert "Politiattest" in client.get(mine.url).content.decode()


def test_a_proposal_made_before_the_change_is_told_of_it(mine, client):
    before = mine.round.version
    client.post(mine.url, facts(mine))
    mine.round.refresh_from_db()
    assert mine.round.version > before


def test_name_and_place_are_not_hers_to_change(mine, client):
    client.post(mine.url, facts(mine, name="Noe annet", active="", receives_students=""))
    mine.workplace.refresh_from_db()
    assert (mine.workplace.name, mine.workplace.active) == (f"{mine.canary} legekontor", True)


def test_who_changed_it_meanwhile_is_not_written_over(mine, client):
    data = facts(mine)
    client.post(mine.url, facts(mine, meet_at="Kjelleren"))
    assert client.post(mine.url, data).status_code == 409
    mine.workplace.refresh_from_db()
    assert mine.workplace.meet_at == "Kjelleren"


def invite(client, world, email, **more):
    url = reverse("our_colleague_add", args=[world.workplace.pk])
    return client.post(url, {"name": "Kollegaen", "email": email, "phone": "", **more})


def test_a_colleague_of_the_house_answers_at_once_and_can_sign_in(mine, client):
    assert invite(client, mine, "Kari@example.no").status_code == 302
    assert current(mine) == {mine.contact.email, "kari@example.no"}
    kari = User.objects.get(email="kari@example.no")
    assert Workplace.objects.answered_by(kari).get() == mine.workplace


def test_from_another_house_she_waits_and_nobody_leaves_before(mine, client):
    assert invite(client, mine, "kari@annen.example", hands_over="on").status_code == 302
    assert current(mine) == {mine.contact.email}
    assert not User.objects.filter(email="kari@annen.example").exists()
    assert Contact.objects.unconfirmed().filter(email="kari@annen.example").exists()


def test_a_colleague_takes_over(mine, client):
    response = invite(client, mine, "kari@example.no", hands_over="on")
    assert response["Location"] == reverse("my_workplaces")
    assert current(mine) == {"kari@example.no"}
    assert client.get(mine.url).status_code == 404


def test_the_last_one_cannot_leave(mine, client):
    url = reverse("our_colleague_end", args=[mine.contact.pk])
    client.post(url)
    assert current(mine) == {mine.contact.email}
    invite(client, mine, "kari@example.no")
    client.post(url)
    assert current(mine) == {"kari@example.no"}


def test_the_same_address_twice_is_said_and_not_saved(mine, client):
    response = invite(client, mine, mine.contact.email)
    assert response.status_code == 422
    assert current(mine) == {mine.contact.email}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@sykehus.no", "b@Sykehus.no", True),
        ("a@sykehus.no", "b@andre.no", False),
        ("a@gmail.com", "b@gmail.com", False),
    ],
)
def test_an_address_anybody_can_have_is_no_house(one, other, same):
    assert same_house(one, other) is same


def test_supervisors_come_and_go(mine, client):
    add = reverse("our_supervisor_add", args=[mine.workplace.pk])
    client.post(add, {"name": "Berit", "email": "", "phone": ""})
    berit = Supervisor.objects.get(name="Berit", workplace=mine.workplace)
    assert "Berit" in client.get(mine.url).content.decode()
    client.post(reverse("our_supervisor_end", args=[berit.pk]))
    berit.refresh_from_db()
    assert not berit.active


def test_anothers_workplace_is_not_found(mine, outsiders, client):
    assert client.get(reverse("our_workplace", args=[outsiders.workplace.pk])).status_code == 404
    end = reverse("our_colleague_end", args=[outsiders.contact.pk])
    assert client.post(end).status_code == 404
    assert Contact.objects.current().filter(pk=outsiders.contact.pk).exists()
