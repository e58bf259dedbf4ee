"""The list of published places, and changing one by hand: who may, what is shown, what is done."""

import pytest
from django.urls import reverse

from placements.models import Placement, Slot
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    county = small_county()
    county.round.state, county.round.published_at = "published", county.round.created_at
    county.round.save()
    for name, place in (("Anna", "Torget"), ("Berit", "Torget"), ("Dina", "Lade")):
        f.PlacementFactory(
            candidate=county.candidates[name], slot=county.slots[place], created_by=county.by
        )
    return county


@pytest.fixture
def browser(client, county):
    client.force_login(county.by)
    return client


def of(county, name):
    return Placement.objects.occupying().get(candidate=county.candidates[name])


def test_the_list_says_who_is_where_and_who_waits(browser, county):
    text = browser.get(reverse("placements", args=[county.round.pk])).content.decode()
    for name in ("Anna", "Berit", "Dina", "Cecilie"):
        assert f"{name} Elev" in text
    assert reverse("placement_add", args=[county.round.pk]) in text


def test_before_publication_it_teaches(client, county):
    other = f.RoundFactory(county=county.round.county, schools=[county.school], state="matching")
    client.force_login(county.by)
    assert client.get(reverse("placements", args=[other.pk])).status_code == 200


@pytest.mark.parametrize("state", ["", "planned", "withdrawn", "all", "nonsense"])
def test_it_can_be_narrowed(browser, county, state):
    response = browser.get(
        reverse("placements", args=[county.round.pk]), {"state": state, "q": "Anna"}
    )
    assert response.status_code == 200
    assert (b"Anna Elev" in response.content) == (state != "withdrawn")


def test_withdrawing(browser, county):
    anna = of(county, "Anna")
    url = reverse("placement_withdraw", args=[anna.pk])
    assert b'name="version" value="1"' in browser.get(url).content
    data = {"reason": "mistake", "after": "needs", "version": 1}
    assert browser.post(url, data).url == reverse("placements", args=[county.round.pk])
    anna.refresh_from_db()
    assert anna.state == "withdrawn"
    assert browser.post(url, data).status_code == 409


def test_moving_shows_what_follows_first(browser, county):
    new, anna = county.place("Nytt"), of(county, "Anna")
    url = reverse("placement_move", args=[anna.pk])
    assert browser.get(url).status_code == 200
    assert "Nytt" in browser.get(url, {"slot": new.pk}).content.decode()
    assert of(county, "Anna") == anna
    browser.post(url, {"slot": new.pk, "version": 1})
    assert of(county, "Anna").slot == new


def test_placing_one_who_waits(browser, county):
    new, cecilie = county.place("Nytt"), county.candidates["Cecilie"]
    url = reverse("placement_add", args=[county.round.pk])
    assert browser.get(url).status_code == 404
    assert browser.get(url, {"candidate": "x"}).status_code == 404
    assert browser.get(url, {"candidate": cecilie.pk}).status_code == 200
    assert browser.get(url, {"candidate": cecilie.pk, "slot": new.pk}).status_code == 200
    browser.post(url, {"candidate": cecilie.pk, "slot": new.pk})
    assert of(county, "Cecilie").slot == new


def test_a_full_place_is_refused_in_words(browser, county):
    anna = of(county, "Anna")
    url = reverse("placement_move", args=[anna.pk])
    browser.post(url, {"slot": county.slots["Lade"].pk, "version": 1}, follow=True)
    assert of(county, "Anna") == anna


def test_a_school_sees_its_own_and_changes_nothing(client, county, world):
    county.school.coordinators.add(world.coordinator)
    stranger = f.StudentFactory(school_class__school__county=county.round.county)
    elsewhere = f.CandidateFactory(round=county.round, student=stranger)
    Slot.objects.filter(pk=county.slots["Lade"].pk).update(capacity=2)
    f.PlacementFactory(candidate=elsewhere, slot=county.slots["Lade"])
    client.force_login(world.coordinator)
    text = client.get(reverse("placements", args=[county.round.pk])).content.decode()
    assert "Anna Elev" in text
    assert stranger.name not in text
    anna = of(county, "Anna")
    for name in ("placement_move", "placement_withdraw"):
        assert client.get(reverse(name, args=[anna.pk])).status_code == 403
    assert reverse("placement_move", args=[anna.pk]) not in text


def test_outsiders_do_not_know_of_them(client, county, outsiders):
    client.force_login(outsiders.county_coordinator)
    assert client.get(reverse("placements", args=[county.round.pk])).status_code == 404
    anna = of(county, "Anna")
    for name in ("placement_move", "placement_withdraw"):
        assert client.get(reverse(name, args=[anna.pk])).status_code == 404


@pytest.mark.parametrize("more", [1, 3])
def test_a_fixed_number_of_questions(browser, county, django_assert_num_queries, more):
    for n in range(more):
        county.place(f"Ny{n}")
        candidate = county.student(f"Student{n}")
        f.PlacementFactory(candidate=candidate, slot=county.slots[f"Ny{n}"])
    url = reverse("placements", args=[county.round.pk])
    browser.get(url)
    with django_assert_num_queries(14):  # the last one for swaps that wait
        browser.get(url)
