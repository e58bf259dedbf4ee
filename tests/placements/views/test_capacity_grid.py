"""The grid of places with more workplaces than a page: its order, its numbers, and who is nearest."""

import pytest
from django.urls import reverse
from django.utils import timezone

from placements import capacity_grid, nearest, travel
from placements.models import CapacityRequest, Slot, Workplace
from tests import factories as f
from tests.cast import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine():
    """Two hospitals with units, and offices, from all over."""
    world = make_world("Vaarvik", "collecting")
    here = {"municipality": world.workplace.municipality}
    hospital = f.WorkplaceFactory(name="Åsen sykehus", receives_students=False, **here)
    trust = f.WorkplaceFactory(name="Dalen sykehus", receives_students=False, **here)
    for n, (name, parent) in enumerate(
        [("B", hospital), ("A", hospital), ("C", trust), ("Ø", None), ("Å", None), ("D", None)]
    ):
        # Towards the north, so that each is farther away than the one before.
        at = {"latitude": 63.0 + n / 3, "longitude": 10.0}
        kind = "hospital" if parent else "gp_office"
        f.WorkplaceFactory(name=name, parent=parent, kind=kind, **at, **here)
    return world


def names(client, world, **query):
    page = client.get(reverse("capacity", args=[world.round.pk]), query)
    return [row.name for row in page.context["page"]], page.context["page"].paginator.count


def test_units_by_what_they_belong_to_and_then_who_stands_alone(client, mine):
    here = {"municipality": mine.workplace.municipality, "kind": "gp_office"}
    Workplace.objects.bulk_create(Workplace(name=f"Eg {n:02}", **here) for n in range(40))
    client.force_login(mine.county_coordinator)
    pages = [names(client, mine, page=n) for n in (1, 2, 3)]
    many = [f"Eg {n:02}" for n in range(40)]
    there = ["C", "A", "B", "D", *many, mine.workplace.name, "Ø", "Å"]
    assert pages == [(there[:30], 47), (there[30:], 47), (there[30:], 47)]
    answer = client.get(reverse("capacity_file", args=[mine.round.pk, "csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [line.split(";")[0].strip('"') for line in text.splitlines()[1:48]] == there


def test_a_kind_and_an_answer_alone(client, mine):
    client.force_login(mine.county_coordinator)
    asked = Workplace.objects.get(name="Ø")
    CapacityRequest.objects.create(round=mine.round, workplace=asked, state="asked")
    assert names(client, mine, kind="hospital") == (["C", "A", "B"], 3)
    found, count = names(client, mine, state="asked")
    assert (set(found), count) == ({mine.workplace.name, "Ø"}, 2)
    assert names(client, mine, state="asked", kind="hospital") == ([], 0)
    assert names(client, mine, state="not_asked", kind="hospital") == (["C", "A", "B"], 3)
    page = client.get(reverse("capacity", args=[mine.round.pk]))
    assert page.context["counts"] == {"not_asked": 5, "asked": 2, "answered": 0, "declined": 0}
    assert page.context["all_count"] == 7


def test_the_nearest_that_offer_nothing(mine):
    offering = Workplace.objects.get(name="B")
    f.SlotFactory(period=mine.period, workplace=offering, capacity=1)
    f.SlotFactory(period=mine.period, workplace=Workplace.objects.get(name="A"), capacity=0)
    school = mine.school.municipality
    silent = Workplace.objects.filter(receives_students=True).exclude(
        pk__in=Slot.objects.filter(capacity__gt=0).values("workplace")
    )
    ways = sorted((travel.between(school, workplace), workplace.name) for workplace in silent)
    found = nearest.silent(mine.county_coordinator, mine.round)
    assert [(minutes, place.name) for place, minutes in found] == ways
    assert len(ways) == 5


def test_as_many_students_as_take_part_with_their_first_need(mine):
    periods = list(mine.round.periods.all())
    second = f.CandidateFactory(student=mine.candidate.student, round=mine.round, need=2)
    found = capacity_grid.sums(mine.round, periods)
    assert (found.students, found.free + sum(c.needed for c in found.columns)) == (2, 3)
    # Her first is withdrawn: then the second is the first.
    type(second).objects.filter(pk=mine.candidate.pk).update(withdrawn_at=timezone.now())
    assert capacity_grid.sums(mine.round, periods).students == 2
