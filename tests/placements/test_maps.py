"""Maps: everything inside, nothing covered, areas that tell the truth, and groups too small to show."""

import csv
import itertools
import math
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from placements import maps, round_map
from placements.maps import Map, Spot
from schools.models import Student
from tests import factories as f

ROOT = Path(__file__).resolve().parents[2]


def county_map(number: str, **how) -> Map:
    with (ROOT / "data" / "municipalities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["county_number"] == number]
    at = [(row["name"], float(row["latitude"]), float(row["longitude"])) for row in rows]
    spots = [
        Spot(name, lat, lon, value=(7 * n) % 41, part=3 * n % 5, url=f"/{n}/")
        for n, (name, lat, lon) in enumerate(at)
    ]
    return Map(
        key="k",
        title="Places",
        says="Areas",
        head=["Municipality", "Places"],
        spots=spots,
        frame=[(lat, lon) for _, lat, lon in at],
        **how,
    )


def faults(map: Map) -> list[str]:
    """What is wrong with a drawing: a circle or a name outside it, or two circles on each other."""
    found = []
    for circle in map.circles:
        if not (
            circle.r <= circle.x <= map.width - circle.r
            and circle.r <= circle.y <= map.height - circle.r
        ):
            found.append(f"{circle.spot.name} is outside")
        if circle.label:
            left, top, right, bottom = circle.label.box
            if left < 0 or top < 0 or right > map.width or bottom > map.height:
                found.append(f"the name of {circle.spot.name} is outside")
    for one, other in itertools.combinations(map.circles, 2):
        if math.hypot(one.x - other.x, one.y - other.y) < one.reach + other.reach - 1.5:
            found.append(f"{one.spot.name} covers {other.spot.name}")
    named = [c.label.box for c in map.circles if c.label]
    found += ["names collide" for a, b in itertools.combinations(named, 2) if maps.meets(a, b)]
    return found


def figures(body: str) -> list[ElementTree.Element]:
    """The pictures of a page. They are well-formed, so that any reader takes them."""
    found = re.findall(r"<figure class=\"picture.*?</figure>", body, re.DOTALL)
    return [ElementTree.fromstring(figure) for figure in found]


def drawn_as(map: Map) -> ElementTree.Element:
    return figures(render_to_string("components/map.html", {"map": map}))[0]


COUNTIES = ["03", "11", "15", "18", "31", "34", "42", "46", "50", "55", "56"]


@pytest.mark.parametrize("number", COUNTIES)
def test_every_county_fits(number):
    drawn = county_map(number)
    assert faults(drawn) == []
    assert len(drawn.circles) == len(drawn.spots)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.dots)


def test_a_circle_outside_is_found(monkeypatch):
    """Negative control: with circles left where they would fall, they cover each other; and one whose
    place is not counted in the frame falls outside."""
    monkeypatch.setattr(maps, "apart", lambda homes, *rest: homes)
    assert any("covers" in fault for fault in faults(county_map("50")))
    monkeypatch.setattr(
        maps.View, "place", lambda self, latitude, longitude: (latitude * 10, longitude)
    )
    assert "Oslo is outside" in faults(county_map("03"))


def test_north_is_up_and_east_to_the_right():
    steinkjer, trondheim, orkland = (64.0149, 11.4954), (63.4305, 10.3951), (63.3067, 9.8503)
    view = maps.View.around([steinkjer, trondheim, orkland])
    (sx, sy), (tx, ty), (ox, _) = (view.place(*p) for p in (steinkjer, trondheim, orkland))
    assert sy < ty
    assert ox < tx < sx
    # 84.6 km from Trondheim to Steinkjer, by the same earth as travel is estimated on
    assert math.hypot(sx - tx, sy - ty) / view.per_km == pytest.approx(84.6, rel=0.02)


def test_twice_as_many_is_twice_the_area():
    assert maps.radius(40, 40) ** 2 == pytest.approx(2 * maps.radius(20, 40) ** 2, rel=0.01)


def test_one_place_alone_and_two_on_the_same_spot():
    one = Map("k", "t", "s", ["M", "n"], [Spot("Oslo", 59.9, 10.7, 4)])
    assert faults(one) == []
    both = [Spot("A", 59.9, 10.7, 4), Spot("B", 59.9, 10.7, 4)]
    two = Map("k", "t", "s", ["M", "n"], both)
    assert faults(two) == []
    assert len({(c.x, c.y) for c in two.circles}) == 2
    assert Map("k", "t", "s", ["M", "n"], []).circles == []


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_drawing_and_its_table_say_the_same(language):
    with translation.override(language):
        page = drawn_as(county_map("50", first="Places", second="Free"))
    svg = page.find("svg")
    assert svg is not None
    assert svg.get("role") == "group"
    assert all("style" not in part.attrib for part in page.iter())
    named = {part.get("id") for part in svg.iter() if part.text and part.get("id")}
    assert set((svg.get("aria-labelledby") or "").split()) == named
    rows = page.findall(".//tbody/tr")
    told = {f"{''.join(r[0].itertext())}: Places {r[1].text}" for r in rows}
    assert {a.get("aria-label") for a in svg.iter("a")} == told
    table = {a.get("href") for row in rows for a in row.iter("a")}
    assert {a.get("href") for a in svg.iter("a")} == table
    # numbers of the drawing never take a decimal comma
    assert all("," not in (circle.get("cx") or ",") for circle in svg.iter("circle"))


def test_without_links_it_is_a_picture():
    svg = drawn_as(Map("k", "t", "s", ["M", "n"], [Spot("Oslo", 59.9, 10.7, 4)])).find("svg")
    assert svg is not None
    assert svg.get("role") == "img"


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ({"a": 5, "b": 9}, {"a": 5, "b": 9}),
        ({"a": 4, "b": 9, "c": 6}, {"b": 9}),  # one alone could be worked out from the sum
        ({"a": 4, "b": 3, "c": 6}, {"c": 6}),
        ({"a": 1, "b": 1, "c": 6, "d": 7}, {"d": 7}),  # two of a known sum of two are one each
        ({"a": 2}, {}),
        ({}, {}),
    ],
)
def test_small_groups_are_left_out(groups, shown):
    assert round_map.without_small(Counter(groups)) == shown


def _others(world, number):
    """So many students of another school, all from one municipality."""
    school = f.SchoolFactory(municipality=world.school.municipality)
    home = f.MunicipalityFactory(county=world.county, name="Hjembygd")
    for _ in range(number):
        student = f.StudentFactory(
            school_class=f.SchoolClassFactory(school=school), municipality=home
        )
        f.CandidateFactory(round=world.round, student=student)


@pytest.mark.parametrize(("number", "seen"), [(4, False), (6, True)])
def test_a_school_sees_of_others_only_groups(number, seen, client, world):
    _others(world, number)
    client.force_login(world.coordinator)
    body = client.get(reverse("round_map", args=[world.round.pk])).content.decode()
    assert ("Hjembygd" in body) is seen
    client.force_login(world.county_coordinator)
    body = client.get(reverse("round_map", args=[world.round.pk])).content.decode()
    assert "Hjembygd" in body


def test_students_handled_by_hand_are_not_on_the_map(client, world):
    _others(world, 6)
    Student.objects.filter(municipality__name="Hjembygd").update(manual_handling=True)
    client.force_login(world.county_coordinator)
    assert (
        "Hjembygd" not in client.get(reverse("round_map", args=[world.round.pk])).content.decode()
    )


def test_the_map_counts_the_places(client, world):
    client.force_login(world.county_coordinator)
    body = client.get(reverse("round_map", args=[world.round.pk])).content.decode()
    here = world.workplace.municipality.name
    rows = figures(body)[0].findall(".//tbody/tr")
    row = next(row for row in rows if "".join(row[0].itertext()) == here)
    slots = list(world.round.slots.filter(workplace__municipality=world.workplace.municipality))
    told = [int(cell.text or "") for cell in row.findall("td")]
    assert told == [
        len({s.workplace_id for s in slots if s.capacity}),
        sum(s.capacity for s in slots),
        sum(s.free for s in slots),
    ]
