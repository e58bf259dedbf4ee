"""Whom to call: the exact number that a place would let in, held against a run with the place in it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from placements import recruiting
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
    (search,) = recruiting.searches(run_it(county))
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
    (search,) = recruiting.searches(before)
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
    (search,) = recruiting.searches(run_it(county))
    assert search.prospects == []


def test_nobody_lacks_a_place_nothing_to_find(county):
    for slot in county.slots.values():
        slot.capacity = 9
        slot.save()
    assert recruiting.searches(run_it(county)) == []


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
