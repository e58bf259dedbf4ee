"""Which rule would have to give way, held against matching again with the rule away."""

import pytest
from django.urls import reverse

from accounts.policy import Role
from placements import relief
from placements.actions import publication, runs
from placements.eligibility import Eligibility, Rule
from placements.reasons import Reasons
from tests import factories as f
from tests.placements.county import make_county


def run_it(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def told(county, run, name):
    candidate = county.candidates[name]
    table = Eligibility(county.round, only=[candidate.pk])
    return {
        row.rule: {slot.workplace.name for slot in row.slots}
        for row in relief.reliefs(Reasons(run), candidate, table)
    }


@pytest.fixture
def county(db):
    """Torget is fought over; Skogen has room and wants a car; Fjell is for who walks upstairs."""
    county = make_county()
    county.place("Torget", 1)
    county.place("Skogen", 1, needs_car=True)
    county.place("Fjell", 1, step_free=False)
    county.student("Anna", "Torget", no_car=True, step_free=True)
    county.student("Berit", "Torget", no_car=True, step_free=True)
    return county


def test_each_rule_that_alone_is_in_the_way_is_told_and_no_other(county):
    county.slots["Skogen"].workplace.step_free = True
    county.slots["Skogen"].workplace.save()
    run = run_it(county)
    (left,) = [name for name, place in county.proposed(run).items() if place is None]
    assert told(county, run, left) == {Rule.CAR: {"Skogen"}, Rule.STEP_FREE: {"Fjell"}}
    for change in ({"no_car": False}, {"step_free": False}):
        candidate = county.candidates[left]
        before = {name: getattr(candidate, name) for name in change}
        type(candidate).objects.filter(pk=candidate.pk).update(**change)
        assert run_it(county).summary["placed"] == run.summary["placed"] + 1, change
        type(candidate).objects.filter(pk=candidate.pk).update(**before)


def test_where_two_rules_are_in_the_way_neither_helps_alone(county):
    county.slots["Skogen"].workplace.step_free = False
    county.slots["Skogen"].workplace.save()
    county.slots["Fjell"].capacity = 0
    county.slots["Fjell"].save()
    run = run_it(county)
    (left,) = [name for name, place in county.proposed(run).items() if place is None]
    assert told(county, run, left) == {}
    for change in ({"no_car": False}, {"step_free": False}):
        candidate = county.candidates[left]
        type(candidate).objects.filter(pk=candidate.pk).update(**change)
        assert run_it(county).summary["placed"] == run.summary["placed"], change
        type(candidate).objects.filter(pk=candidate.pk).update(no_car=True, step_free=True)


def test_a_longer_way_for_all_lets_in_as_many_as_a_run_with_the_limit_says(db):
    county = make_county(max_travel_minutes=20)
    home = county.school.municipality
    away = f.MunicipalityFactory(
        county=county.school.county, latitude=home.latitude + 0.05, longitude=home.longitude
    )
    county.place("Nær", 1)
    far = county.place("Fjern", 1)
    workplace = far.workplace
    workplace.municipality, workplace.latitude, workplace.longitude = away, None, None
    workplace.save()
    for name in ("Anna", "Berit", "Cecilie"):
        county.student(name, "Nær")
    type(county.candidates["Anna"].student).objects.update(municipality=home)
    run = run_it(county)
    assert run.summary["placed"] == 1
    more = relief.stretched(run)
    left = [name for name, place in county.proposed(run).items() if place is None]
    assert all(told(county, run, name) == {Rule.TRAVEL: {"Fjern"}} for name in left)
    county.round.refresh_from_db()
    county.round.max_travel_minutes = 20 + relief.STRETCH
    county.round.save()
    assert run_it(county).summary["placed"] - run.summary["placed"] == more == 1


def test_the_page_names_who_shares_and_what_would_help(client, county):
    county.slots["Skogen"].workplace.step_free = True
    county.slots["Skogen"].workplace.save()
    run = run_it(county)
    client.force_login(county.by)
    (left,) = [name for name, place in county.proposed(run).items() if place is None]
    (other,) = {"Anna", "Berit"} - {left}
    body = client.get(
        reverse("candidate", args=[run.pk, county.candidates[left].pk])
    ).content.decode()
    assert f"{other} Elev" in body
    assert "Om noen kunne kjøre eleven: Skogen" in body


def test_the_student_is_told_numbers_and_no_names(client, county):
    run = run_it(county)
    publication.publish(run, by=county.by)
    (left,) = [name for name, place in county.proposed(run).items() if place is None]
    (other,) = {"Anna", "Berit"} - {left}
    user = f.UserFactory(role=Role.STUDENT)
    student = county.candidates[left].student
    student.user = user
    student.save()
    client.force_login(user)
    body = client.get(reverse("my_practice")).content.decode()
    assert "2 elever kunne bare bruke den samme plassen" in body
    assert other not in body
