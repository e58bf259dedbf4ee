"""Learning areas reach the engine: what a student has met elsewhere does not count again."""

import pytest
from django.urls import reverse

from placements import breadth, snapshot
from placements.models import LearningArea
from placements.models.rounds import DEFAULT_POLICY
from tests import factories as f
from tests.placements.county import small_county

POLICY = ["placed", "breadth", "wishes:squared", "moves", "travel", "lottery"]


@pytest.fixture
def county(db):
    county = small_county()
    county.areas = {
        code: LearningArea.objects.create(code=code, **names(code)) for code in ("lab", "desk")
    }
    county.slots["Torget"].workplace.learning_areas.set([county.areas["lab"]])
    county.slots["Lade"].workplace.learning_areas.set(county.areas.values())
    return county


def names(code):
    return {f"name_{language}": code for language in ("nb", "nn", "en")}


def take(county, policy=POLICY):
    return snapshot.take(county.round, policy=policy, seed="1")


def test_offers_and_lacks_are_in_the_problem(county):
    problem = take(county)
    offers = {slot.id: slot.offers for slot in problem.slots}
    assert offers[str(county.slots["Torget"].pk)] == ("lab",)
    assert offers[str(county.slots["Lade"].pk)] == ("desk", "lab")
    assert {c.lacks for c in problem.candidates} == {("desk", "lab")}


def test_what_she_met_in_an_earlier_round_is_not_lacking(county):
    candidate = county.round.candidates.first()
    before = f.PlacementFactory(
        candidate__student=candidate.student, slot__workplace=f.WorkplaceFactory()
    )
    before.slot.workplace.learning_areas.set([county.areas["desk"]])
    lacks = {c.id: c.lacks for c in take(county).candidates}
    assert lacks.pop(str(candidate.pk)) == ("lab",)
    assert set(lacks.values()) == {("desk", "lab")}


def test_rules_without_the_level_leave_the_problem_as_it_was(county):
    problem = take(county, [level for level in POLICY if level != "breadth"])
    assert {c.lacks for c in problem.candidates} == {()}
    assert {s.offers for s in problem.slots} == {()}


def test_the_standard_rules_have_it():
    assert "breadth" in DEFAULT_POLICY


def test_the_gaps_are_places_against_those_who_have_not_met_it(county):
    everybody = county.round.candidates.taking_part().count()
    lab, desk = county.areas["lab"].pk, county.areas["desk"].pk

    def found():
        return {
            gap.area.pk: (gap.places, gap.students, gap.missing)
            for gap in breadth.gaps(county.round)
        }

    both, one = county.slots["Lade"].capacity, county.slots["Torget"].capacity
    assert found()[desk] == (both, everybody, max(everybody - both, 0))
    assert found()[lab] == (both + one, everybody, max(everybody - both - one, 0))
    candidate = county.round.candidates.first()
    before = f.PlacementFactory(
        candidate__student=candidate.student, slot__workplace=f.WorkplaceFactory()
    )
    before.slot.workplace.learning_areas.set([county.areas["desk"]])
    assert found()[desk][1] == everybody - 1
    assert breadth.unmet(candidate.student) == [county.areas["lab"]]
    nowhere = LearningArea.objects.create(code="none", **names("none"))
    assert found()[nowhere.pk] == (0, everybody, everybody)
    assert breadth.gaps(county.round)[0].area == nowhere  # the widest gap first


def test_the_gaps_are_said_to_the_coordinator(county, client):
    nowhere = LearningArea.objects.create(code="none", **names("Skiftestue"))
    coordinator = f.UserFactory(role="county_coordinator")
    county.round.county.coordinators.add(coordinator)
    client.force_login(coordinator)
    page = " ".join(
        client.get(reverse("capacity", args=[county.round.pk])).content.decode().split()
    )
    assert f"<strong>{nowhere.name_nb}</strong>: ingen plass tilbyr det" in page
    student = county.round.candidates.first().student
    page = client.get(reverse("student", args=[student.pk])).content.decode()
    assert "Har ikke møtt ennå" in page
    assert "Skiftestue" in page
