"""Whom to call: the exact number that a place would let in, held against a run with the place in it."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placements import recruiting, travel
from placements.actions import runs
from placements.models import CapacityRequest, Conflict, Round, Workplace
from tests import factories as f
from tests.placements.county import small_county


def run_it(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def silent(county, name, **fields):
    workplace = f.WorkplaceFactory(name=name, municipality=county.school.municipality, **fields)
    f.ContactFactory(
        workplace=workplace, name=f"Kontakt {name}", email=f"{name}@lege.example.no".lower()
    )
    return workplace


@pytest.fixture
def county(db):
    county = small_county()
    county.student("Eva", "Torget", "Lade")
    silent(county, "Byåsen")
    closed = silent(county, "Heimdal")
    f.SlotFactory(period=county.period, workplace=closed, capacity=0)
    f.CapacityRequestFactory(
        round=county.round,
        workplace=closed,
        state="declined",
        answered_at=timezone.now(),
        answered_via="link",
        reason="no_space",
    )
    silent(county, "Nedlagt", active=False)
    silent(county, "Konsern", receives_students=False)
    barred = silent(county, "Stengt")
    for candidate in county.candidates.values():
        Conflict.objects.create(
            student=candidate.student, workplace=barred, registered_by=county.by
        )
    return county


def test_those_who_offer_nothing_and_may_be_used_are_found(county):
    (search,) = recruiting.board(run_it(county), county.by).searches
    assert {row.workplace.name for row in search.prospects} == {"Byåsen", "Heimdal"}
    assert {row.gain for row in search.prospects} == {1}
    assert {row.reach for row in search.prospects} == {2}
    asked = {row.workplace.name: row.request for row in search.prospects}
    assert asked["Byåsen"] is None
    assert asked["Heimdal"].reason == "no_space"
    assert search.prospects[0].contacts[0].name.startswith("Kontakt ")


def test_the_gain_is_what_a_run_with_the_places_gives(county):
    """A second period: two places at one workplace let in two; a conflict with all but one, one."""
    f.PeriodFactory(round=county.round, start=county.period.start.replace(month=4))
    picky = silent(county, "Kresen")
    for name in ("Anna", "Berit", "Cecilie", "Dina"):
        Conflict.objects.create(
            student=county.candidates[name].student, workplace=picky, registered_by=county.by
        )
    before = run_it(county)
    (search,) = recruiting.board(before, county.by).searches
    told = {row.workplace.name: row.gain for row in search.prospects}
    assert told == {"Byåsen": 2, "Heimdal": 2, "Kresen": 1}
    for name, gain in told.items():
        workplace = Workplace.objects.get(name=name)
        made = [
            workplace.slots.update_or_create(
                round=county.round, period=period, defaults={"capacity": 1}
            )[0]
            for period in county.round.periods.all()
        ]
        after = run_it(county)
        assert after.summary["placed"] - before.summary["placed"] == gain, name
        for slot in made:
            after.assignments.filter(slot=slot).delete()
            slot.capacity = 0
            slot.save()


def test_where_the_lists_bind_only_those_without_wishes_count(county):
    county.round.outside_wishes = False
    county.round.save()
    (search,) = recruiting.board(run_it(county), county.by).searches
    assert search.prospects == []


def test_nobody_lacks_a_place_nothing_to_find(county):
    for slot in county.slots.values():
        slot.capacity = 9
        slot.save()
    assert recruiting.board(run_it(county), county.by).searches == []


def test_somebody_lacks_a_place_and_nobody_is_left_to_ask(client, db):
    county = small_county()
    run = run_it(county)
    (search,) = recruiting.board(run, county.by).searches
    assert (search.prospects, search.found) == ([], 0)
    client.force_login(county.by)
    assert client.get(reverse("run_recruit", args=[run.pk])).status_code == 200


def test_the_page_says_who_and_how_many(client, county):
    run = run_it(county)
    client.force_login(county.by)
    body = client.get(reverse("run_recruit", args=[run.pk])).content.decode()
    for text in ("Byåsen", "Kontakt Byåsen", "Heimdal", "Eva Elev"):
        assert (text in body) == (text != "Eva Elev" or county.proposed(run)["Eva"] is None)
    assert "Nedlagt" not in body
    assert (
        reverse("run_recruit", args=[run.pk])
        in client.get(reverse("round", args=[county.round.pk])).content.decode()
    )


def test_a_workplace_is_invited_in_one_click_and_reminded_when_it_has_been(client, county):
    run = run_it(county)
    page = reverse("run_recruit", args=[run.pk])
    ask = f'action="{reverse("capacity_ask", args=[county.round.pk])}"'
    client.force_login(county.by)
    later = timezone.now() + dt.timedelta(days=9)
    rounds = Round.objects.filter(pk=county.round.pk)
    rounds.update(state="matching", capacity_deadline=later)
    assert ask not in client.get(page).content.decode()  # a link would say that it is too late
    rounds.update(state="open")
    prospects = [p for s in client.get(page).context["searches"] for p in s.prospects]
    for prospect in prospects:
        CapacityRequest.objects.filter(round=county.round, workplace=prospect.workplace).delete()
    assert ask in client.get(page).content.decode()
    chosen = next(p.workplace for p in prospects if p.contacts)
    client.post(reverse("capacity_ask", args=[county.round.pk]), {"workplace": str(chosen.pk)})
    asked = CapacityRequest.objects.get(round=county.round, workplace=chosen)
    assert asked.state == "asked"
    assert f'value="{asked.pk}"' in client.get(page).content.decode()


def over_the_border(county, name="Nabo", **fields):
    """Near the school, in another county."""
    here = county.school.municipality
    where = f.MunicipalityFactory(latitude=here.latitude, longitude=here.longitude + 0.1)
    workplace = f.WorkplaceFactory(name=name, municipality=where, phone="74 00 00 00", **fields)
    f.ContactFactory(workplace=workplace, name=f"Kontakt {name}", email=f"{name}@lege.example.no")
    return workplace


def test_over_the_border_by_name_and_telephone_until_it_is_asked(client, county):
    neighbour = over_the_border(county)
    far = f.WorkplaceFactory(
        name="Langtbortistan", municipality=f.MunicipalityFactory(latitude=69.6, longitude=18.9)
    )
    run = run_it(county)
    Round.objects.filter(pk=county.round.pk).update(
        state="open", capacity_deadline=timezone.now() + dt.timedelta(days=9)
    )
    client.force_login(county.by)
    page = reverse("run_recruit", args=[run.pk])
    body = client.get(page).content.decode()
    assert "Nabo" in body
    assert neighbour.municipality.county.name in body
    assert "74 00 00 00" in body
    assert "Langtbortistan" not in body
    for hidden in (
        "Kontakt Nabo",
        "Nabo@lege.example.no",
        reverse("workplace", args=[neighbour.pk]),
    ):
        assert hidden not in body
    assert client.get(reverse("workplace", args=[neighbour.pk])).status_code == 404

    ask = reverse("capacity_ask", args=[county.round.pk])
    client.post(ask, {"workplace": [str(neighbour.pk), str(far.pk)]})
    asked = CapacityRequest.objects.filter(round=county.round, state="asked")
    assert neighbour.pk in set(asked.values_list("workplace", flat=True))
    assert far.pk not in set(asked.values_list("workplace", flat=True)), "not in reach, not hers"
    body = client.get(page).content.decode()
    assert "Kontakt Nabo" in body
    assert client.get(reverse("workplace", args=[neighbour.pk])).status_code == 200


def test_who_asks_all_asks_her_own_county(client, county):
    neighbour = over_the_border(county)
    Round.objects.filter(pk=county.round.pk).update(
        state="open", capacity_deadline=timezone.now() + dt.timedelta(days=9)
    )
    client.force_login(county.by)
    client.post(reverse("capacity_ask", args=[county.round.pk]))
    asked = set(
        CapacityRequest.objects.filter(state="asked").values_list("workplace__name", flat=True)
    )
    assert "Byåsen" in asked
    assert neighbour.name not in asked


def test_every_one_in_reach_is_in_the_list_page_by_page(client, county):
    names = {f"Kontor {n:03}" for n in range(recruiting.PAGE + 20)}
    for name in names:
        silent(county, name)
    run = run_it(county)
    shown = []
    for page in (1, 2):
        (search,) = recruiting.board(run, county.by, page).searches
        assert search.found == len(names) + 2
        shown += [row.workplace.name for row in search.prospects]
    assert len(shown) == len(set(shown))
    assert set(shown) == names | {"Byåsen", "Heimdal"}
    client.force_login(county.by)
    body = client.get(reverse("run_recruit", args=[run.pk]), {"page": "2"}).content.decode()
    assert "Side 2 av 2" in body
    for nonsense in ("0", "-1", "99", "x", "99999999999999"):
        answer = client.get(reverse("run_recruit", args=[run.pk]), {"page": nonsense})
        assert answer.status_code == 200
        assert "<tbody>" in answer.content.decode()


def test_as_many_questions_for_many_as_for_few(client, county):
    run = run_it(county)
    client.force_login(county.by)
    page = reverse("run_recruit", args=[run.pk])
    counts = []
    for more in (0, 80):
        for n in range(more):
            silent(county, f"Kontor {n:03}")
            over_the_border(county, f"Nabo {n:03}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_square_never_cuts_off_what_can_be_reached(db):
    """Held against the estimate itself, north and south, at each end of the country."""
    generator = np.random.default_rng(7)
    for latitude, limit in ((58.0, 30), (63.4, 90), (70.9, 180)):
        county = f.CountyFactory()
        home = f.MunicipalityFactory(county=county, latitude=latitude, longitude=10.0)
        school = f.SchoolFactory(municipality=home, county=county)
        round = f.RoundFactory(county=county, schools=[school], max_travel_minutes=limit)
        f.CandidateFactory(
            round=round,
            student=f.StudentFactory(school_class=f.SchoolClassFactory(school=school)),
        )
        made = [
            f.WorkplaceFactory(
                municipality=home,
                latitude=latitude + north,
                longitude=10.0 + east,
            )
            for north, east in generator.uniform(-2, 2, (40, 2)).tolist()
        ]
        near = {w.pk for w in made if travel.between(home, w) <= limit}
        kept = set(recruiting.in_reach(round).values_list("pk", flat=True))
        assert near <= kept
        assert near or limit == 30
        assert len(kept) < 41 or limit == 180, "control: it cuts off something"


def test_several_shortages_share_the_pages(county):
    """A second, on its own: each row of both is shown once, and every shortage's students with it."""
    other = f.MunicipalityFactory(
        county=county.school.municipality.county, latitude=69.6, longitude=18.9
    )
    for name in ("Nora", "Oda"):
        student = county.student(name).student
        type(student).objects.filter(pk=student.pk).update(municipality=other)
    for n in range(recruiting.PAGE + 5):
        silent(county, f"Kontor {n:03}")
    for n in range(7):
        f.WorkplaceFactory(municipality=other, name=f"Nord {n}")
    run = run_it(county)
    assert len(run.summary["shortages"]) > 1
    boards = [recruiting.board(run, county.by, page) for page in (1, 2)]
    rows = [
        (tuple(one.pk for one in search.unplaced), row.workplace.name)
        for board in boards
        for search in board.searches
        for row in search.prospects
    ]
    assert len(rows) == len(set(rows)) == boards[0].found
    assert max(sum(len(s.prospects) for s in board.searches) for board in boards) == recruiting.PAGE
    people = {one.pk for board in boards for search in board.searches for one in search.unplaced}
    left = {pk for hall in run.summary["shortages"] for pk in hall["unplaced"]}
    assert {str(pk) for pk in people} == left
