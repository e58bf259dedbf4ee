"""The register on a map: the list's selection, per municipality, each circle back to the list."""

import pytest
from django.urls import reverse

from placements.models import Workplace
from tests import factories as f
from tests.placements.test_maps import figures


def circles(client, query=""):
    body = client.get(reverse("workplaces_map") + query).content.decode()
    found = figures(body)
    return {
        a.get("aria-label"): a.get("href")
        for figure in found
        for a in figure.iter("a")
        if a.get("aria-label")
    }


def test_every_workplace_of_the_list_is_counted(client, world):
    near = f.MunicipalityFactory(county=world.county, name="Nabobygd")
    for n in range(3):
        f.WorkplaceFactory(municipality=near, name=f"Legesenter {n}")
    client.force_login(world.coordinator)
    found = circles(client)
    label = next(label for label in found if label.startswith("Nabobygd: "))
    assert label.split(": ")[1].split(", ")[0].endswith(" 3")
    listed = client.get(found[label]).content.decode()
    assert listed.count("Legesenter") >= 3
    assert world.workplace.name not in listed


def test_the_filters_are_the_lists(client, world):
    near = f.MunicipalityFactory(county=world.county, name="Nabobygd")
    f.WorkplaceFactory(municipality=near, name="Solsiden", kind=Workplace.Kind.GP_OFFICE)
    client.force_login(world.coordinator)
    found = circles(client, "?q=Solsiden&kind=gp_office")
    assert [label.split(":")[0] for label in found] == ["Nabobygd"]
    assert "kind=gp_office" in next(iter(found.values()))
    assert circles(client, "?q=finnesikke") == {}


def test_list_and_map_lead_to_each_other(client, world):
    client.force_login(world.coordinator)
    for here, there in (("workplaces", "workplaces_map"), ("workplaces_map", "workplaces")):
        body = client.get(reverse(here) + "?kind=hospital").content.decode()
        assert f'href="{reverse(there)}?kind=hospital"' in body


@pytest.mark.parametrize("number", [1, 6])
def test_the_map_asks_no_more_for_more(number, client, world, django_assert_max_num_queries):
    for n in range(number):
        home = f.MunicipalityFactory(county=world.county, name=f"Bygd {n}")
        f.WorkplaceFactory(municipality=home, name=f"Sted {n}")
    client.force_login(world.coordinator)
    client.get(reverse("workplaces_map"))
    with django_assert_max_num_queries(25):
        client.get(reverse("workplaces_map"))


TILES = ("https://tiles.example.no/{z}/{y}/{x}.png", "© Kartverket", "https://tiles.example.no")


def policy(client, name):
    answer = client.get(reverse(name))
    said = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    return answer.content.decode(), said


def test_without_the_setting_nothing_of_tiles_is_there(client, world):
    client.force_login(world.coordinator)
    page, said = policy(client, "workplaces_map")
    assert "leaflet" not in page
    assert "data-tiles" not in page
    assert said["img-src"] == "'self' data:"


def test_with_it_this_page_alone_lets_that_host_alone_in(client, world, settings):
    settings.MAP_TILES = TILES
    client.force_login(world.coordinator)
    page, said = policy(client, "workplaces_map")
    assert said["img-src"] == "'self' data: https://tiles.example.no"
    assert said | {"img-src": ""} == policy(client, "workplaces")[1] | {"img-src": ""}
    assert policy(client, "workplaces")[1]["img-src"] == "'self' data:"
    assert 'data-tiles="https://tiles.example.no/{z}/{y}/{x}.png"' in page
    assert 'class="map"' in page, "the drawn map stays, and its table"


def test_a_name_cannot_break_out_of_what_the_script_reads(client, world, settings):
    settings.MAP_TILES = TILES
    f.WorkplaceFactory(municipality=f.MunicipalityFactory(county=world.county, name='"><b>x'))
    client.force_login(world.coordinator)
    assert "<b>x" not in policy(client, "workplaces_map")[0]
