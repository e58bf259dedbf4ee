"""The round's pages: how far have we come, and what do I do now?"""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placements.models import Round, RoundSchool
from tests import factories as f

# The first steps are three of the list's; offers one, and how far it has come four of both.
LIST_QUERIES, DETAIL_QUERIES = 24, 25


def round_form(world, **changes):
    today = timezone.localdate()
    data = {
        "name": "Vår 2027",
        "programmes": [str(f.ProgrammeFactory().pk)],
        "schools": [str(world.school.pk)],
        "capacity_day": today + dt.timedelta(days=10),
        "wishes_day": today + dt.timedelta(days=20),
        "publish_on": today + dt.timedelta(days=30),
        "max_wishes": 5,
        "max_travel_minutes": 90,
        "outside_wishes": "on",
        "periods-TOTAL_FORMS": 1,
        "periods-INITIAL_FORMS": 0,
        "periods-0-start": "2027-02-08",
        "periods-0-last": "2027-03-05",
        "periods-0-weekdays": ["1", "2", "3", "4", "5"],
        "periods-0-starts_at": "08:00",
        "periods-0-ends_at": "15:30",
        "once_key": uuid.uuid4(),
    }
    return data | changes


@pytest.mark.parametrize("extra", [0, 2, 20])
def test_list_takes_the_same_queries_however_many(world, client, extra):
    for _ in range(extra):
        f.RoundFactory(county=world.county, schools=[world.school])
    client.force_login(world.county_coordinator)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("rounds"))
    assert len(queries) == LIST_QUERIES


@pytest.mark.parametrize("extra", [0, 2, 20])
def test_page_takes_the_same_queries_however_many_take_part(world, client, extra):
    for _ in range(extra):
        f.CandidateFactory(
            round=world.round, student=f.StudentFactory(school_class=world.school_class)
        )
        f.SlotFactory(period=world.period)
    client.force_login(world.county_coordinator)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("round", args=[world.round.pk]))
    assert len(queries) == DETAIL_QUERIES


def test_one_is_shown_to_her_only_round(world, client):
    client.force_login(world.coordinator)
    assert client.get("/")["Location"] == reverse("round", args=[world.round.pk])


def test_a_school_sees_its_own_students_counted_only(world, client):
    other = f.SchoolFactory(municipality=world.school.municipality)
    RoundSchool.objects.create(round=world.round, school=other, county=world.county)
    f.CandidateFactory(
        round=world.round, student=f.StudentFactory(school_class=f.SchoolClassFactory(school=other))
    )
    seen = {}
    for user in (world.coordinator, world.county_coordinator):
        client.force_login(user)
        seen[user] = client.get(reverse("round", args=[world.round.pk])).context["round"].students
    assert seen == {world.coordinator: 2, world.county_coordinator: 3}


def test_what_is_missing_is_said_in_words(world, client):
    world.candidate.__class__.objects.filter(round=world.round).update(period=world.period)
    f.CandidateFactory(
        round=world.round,
        student=f.StudentFactory(school_class=world.school_class),
        period=world.period,
    )
    client.force_login(world.county_coordinator)
    page = client.get(reverse("round", args=[world.round.pk])).content.decode()
    assert "Mangler 1 plass i uke 6–9" in page  # three need one, two are offered


def test_a_county_coordinator_sets_up_a_shared_round(world, client):
    client.force_login(world.county_coordinator)
    response = client.post(reverse("round_new"), round_form(world))
    made = Round.objects.get(name="Vår 2027")
    assert response["Location"] == reverse("round", args=[made.pk])
    assert (made.county, made.school, made.state) == (world.county, None, "draft")
    assert timezone.localtime(made.wishes_deadline).time() == dt.time(23, 59, 59)
    assert [p.end for p in made.periods.all()] == [dt.date(2027, 3, 6)]


def test_a_school_runs_a_round_of_its_own(world, client):
    client.force_login(world.coordinator)
    client.post(reverse("round_new"), round_form(world))
    made = Round.objects.get(name="Vår 2027")
    assert made.school == world.school
    assert Round.objects.managed_by(world.coordinator).get() == made


def test_another_countys_school_cannot_be_chosen(world, outsiders, client):
    client.force_login(world.county_coordinator)
    response = client.post(
        reverse("round_new"), round_form(world, schools=[str(outsiders.school.pk)])
    )
    assert response.status_code == 200
    assert "schools" in response.context["form"].errors
    assert not Round.objects.filter(name="Vår 2027").exists()


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("wishes_day", "2020-01-01", "form"),
        ("publish_on", "2020-01-01", "form"),
        ("max_wishes", "0", "form"),
        ("capacity_day", "i morgen", "form"),
        ("periods-0-last", "2027-02-01", "periods"),
        ("periods-0-last", "2029-02-01", "periods"),
        ("periods-0-ends_at", "07:00", "periods"),
        ("periods-0-weekdays", [], "periods"),
    ],
)
def test_a_senseless_set_up_is_told_where(world, client, field, value, where):
    client.force_login(world.county_coordinator)
    response = client.post(reverse("round_new"), round_form(world, **{field: value}))
    assert response.status_code == 200
    assert response.context[where].errors
    assert not Round.objects.filter(name="Vår 2027").exists()


def test_an_old_page_meets_a_409_and_saves_nothing(world, client):
    draft = f.RoundFactory(county=world.county, schools=[world.school], state="draft")
    client.force_login(world.county_coordinator)
    url = reverse("round_edit", args=[draft.pk])
    old = client.get(url).context["form"]["version"].value()
    Round.objects.filter(pk=draft.pk).update(version=old + 1)
    response = client.post(url, round_form(world, version=old))
    assert response.status_code == 409
    assert Round.objects.get(pk=draft.pk).name == draft.name


def test_moving_on_says_why_not(world, client):
    draft = f.RoundFactory(county=world.county, state="draft")
    client.force_login(world.county_coordinator)
    url = reverse("round_move", args=[draft.pk])
    page = client.post(url, {"to": "collecting"}, follow=True).content.decode()
    assert "Legg til minst én periode først." in page
    for nonsense in ("", "published", "nowhere"):
        client.post(url, {"to": nonsense})
    assert Round.objects.get(pk=draft.pk).state == "draft"
