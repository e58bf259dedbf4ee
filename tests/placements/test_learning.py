"""Learning areas reach the engine: what a student has met elsewhere does not count again."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placements import breadth, breadth_years, snapshot
from placements.models import LearningArea, Round, RoundSchool
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
        candidate__student=candidate.student,
        candidate__round__state="published",
        slot__workplace=f.WorkplaceFactory(),
    )
    before.slot.workplace.learning_areas.set([county.areas["desk"]])
    assert found()[desk][1] == everybody - 1
    met = {row.area: row.where for row in breadth.history(candidate.student)}
    assert met == {county.areas["desk"]: [before], county.areas["lab"]: []}
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
    assert "Ikke møtt ennå" in page
    assert "Skiftestue" in page


def year(county, begins, **fields):
    """A round of the county in a school year, with the same students, at a workplace that teaches `areas`."""
    round = f.RoundFactory(county=county.round.county, state="closed")
    period = f.PeriodFactory(round=round, start=dt.date(begins + 1, 2, 8))
    return f.SlotFactory(period=period, capacity=fields["places"])


@pytest.fixture
def years(county):
    """The year before: two places for the laboratory, and one student who had one of them."""
    before = year(county, 2025, places=2)
    before.workplace.learning_areas.set([county.areas["lab"]])
    county.first, county.other = county.round.candidates.order_by("pk")[:2]
    for candidate in (county.first, county.other):
        f.CandidateFactory(student=candidate.student, round=before.round)
    f.PlacementFactory(candidate=before.round.candidates.first(), slot=before)
    county.met = before.round.candidates.first().student
    return county


def told(found):
    return {
        row.area.code: [(y.begins, y.offered, y.needed, y.missing) for y in row.years]
        for row in found.rows
    }


def test_each_school_year_has_its_own_need_and_what_was_met_before_is_not_needed(years):
    everybody = years.round.candidates.taking_part().count()
    both, one = years.slots["Lade"].capacity, years.slots["Torget"].capacity
    found = told(breadth_years.of(Round.objects.filter(county=years.round.county)))
    assert found["lab"] == [
        (2026, both + one, everybody - 1, max(everybody - 1 - both - one, 0)),
        (2025, 2, 2, 0),
    ]
    assert found["desk"] == [
        (2026, both, everybody, max(everybody - both, 0)),
        (2025, 0, 2, 2),
    ]


def test_what_is_met_within_the_year_was_needed_in_it(years):
    rounds = Round.objects.filter(county=years.round.county)
    found = told(breadth_years.of(rounds.exclude(pk=years.round.pk)))
    assert found["lab"] == [(2025, 2, 2, 0)]


def test_a_draft_and_another_countys_rounds_do_not_count(years, client):
    coordinator = f.UserFactory(role="county_coordinator")
    years.round.county.coordinators.add(coordinator)
    elsewhere = f.SlotFactory(period__start=dt.date(2024, 2, 8))
    elsewhere.workplace.learning_areas.set(years.areas.values())
    draft = f.RoundFactory(county=years.round.county, state="draft")
    f.PeriodFactory(round=draft, start=dt.date(2030, 2, 8))
    client.force_login(coordinator)
    page = client.get(reverse("areas"))
    assert page.context["years"].names == ["2026/2027", "2025/2026"]
    said = " ".join(page.content.decode().split())
    assert "færre enn året før" in said or "flere enn året før" in said
    assert client.get(reverse("areas"), {"county": "99"}).status_code == 404


def test_a_school_in_joint_rounds_reads_what_its_own_students_lack(years, client):
    """The other schools' students are not counted with, and the places are said to be shared."""
    other = f.SchoolFactory(municipality=years.school.municipality, county=years.school.county)
    RoundSchool.objects.create(round=years.round, school=other, county=other.county)
    theirs = f.StudentFactory(school_class__school=other)
    f.CandidateFactory(round=years.round, student=theirs)
    coordinator = f.UserFactory(role="school_coordinator")
    other.coordinators.add(coordinator)
    client.force_login(coordinator)
    page = client.get(reverse("areas"))
    assert page.context["years"].rows == []
    ours = page.context["ours"]
    assert ours.students == 1
    both, one = years.slots["Lade"].capacity, years.slots["Torget"].capacity
    assert {r.area.code: (r.now.offered, r.now.needed) for r in ours.rows} == {
        "lab": (both + one, 1),
        "desk": (both, 1),
    }
    said = " ".join(page.content.decode().split())
    assert "1 av elevene dine har ikke møtt det" in said
    assert "Ikke noe å telle ennå" not in said


def test_it_asks_as_often_for_many_as_for_few(years, client):
    coordinator = f.UserFactory(role="county_coordinator")
    years.round.county.coordinators.add(coordinator)
    client.force_login(coordinator)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("areas"))
        return len(queries)

    asked()
    few = asked()
    for begins in (2022, 2023, 2024):
        slot = year(years, begins, places=3)
        slot.workplace.learning_areas.set([LearningArea.objects.create(code=f"a{begins}")])
        f.CandidateFactory(student=years.met, round=slot.round)
    assert asked() == few


def test_a_student_reads_where_she_has_met_what(years, client):
    user = f.UserFactory(role="student")
    type(years.met).objects.filter(pk=years.met.pk).update(user=user)
    client.force_login(user)
    said = " ".join(client.get(reverse("my_areas")).content.decode().split())
    assert "Hva jeg har møtt i praksis" in said
    assert "Ikke møtt ennå" in said
