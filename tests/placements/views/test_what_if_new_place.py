"""What if a workplace that has no place in the round took some: one that is known, or a new one."""

import json

import pytest
from django.urls import reverse

from accounts import people
from placements.actions import runs
from placements.models import Assignment, MatchingRun, Slot, Workplace
from placements.snapshot import take
from tests import factories as f
from tests.placements.county import small_county
from tests.placements.views.test_what_if import ask, facts_of, worked_out


@pytest.fixture
def county(db):
    county = small_county()  # three places for four
    f.WorkplaceFactory(name="Byneset", municipality=county.school.municipality)
    return county


@pytest.fixture
def base(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


@pytest.fixture
def browser(client, county):
    people.speak(county.by, language="en")
    client.force_login(county.by)
    return client


def new(county, **fields):
    return {"new_period": county.period.pk, "new_places": 2, **fields}


def test_a_known_workplace_lets_the_last_one_in_and_nothing_is_written(county, base, browser):
    before, slots, workplaces = (
        facts_of(county.round),
        Slot.objects.count(),
        Workplace.objects.count(),
    )
    byneset = Workplace.objects.get(name="Byneset")
    scenario = ask(browser, base, **new(county, new_place=byneset.pk))
    assert base.summary["placed"] == 3
    assert scenario.summary["placed"] == 4
    assert scenario.summary["proven"]
    [there] = scenario.summary["imagined"]
    assert not Assignment.objects.filter(run=scenario, candidate=there["candidate"]).exists()
    page = browser.get(reverse("what_if", args=[scenario.pk]))
    assert page.context["effects"]["gained"] == 1
    assert "Byneset" in page.content.decode()
    assert facts_of(county.round) == before
    assert (Slot.objects.count(), Workplace.objects.count()) == (slots, workplaces)


def test_its_pairs_are_those_the_round_would_have_if_it_offered(county, base, browser):
    """Against the round itself, where the same workplace then really offers the places."""
    far = f.WorkplaceFactory(
        name="Langt", needs_car=True, kind="hospital", municipality=county.school.municipality
    )
    for name, rules in {"Anna": {"no_car": True}, "Berit": {"kinds": ["gp_office"]}}.items():
        who = county.candidates[name]
        type(who).objects.filter(pk=who.pk).update(**rules)
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run = MatchingRun.objects.get(pk=run.pk)
    scenario = ask(browser, run, **new(county, new_place=far.pk))
    supposed = json.loads(scenario.problem.file)
    slot = next(change["slot"] for change in scenario.changes)
    told = [p for p in supposed["pairs"] if p["slot"] == slot]
    real = f.SlotFactory(round=county.round, period=county.period, workplace=far, capacity=2)
    so = [
        pair
        for pair in take(county.round, policy=run.policy, seed=run.seed).to_json()["pairs"]
        if pair["slot"] == str(real.pk)
    ]
    assert [{**p, "slot": ""} for p in told] == [{**p, "slot": ""} for p in so]
    assert {str(county.candidates[n].pk) for n in ("Anna", "Berit")}.isdisjoint(
        p["candidate"] for p in told
    )


def test_one_that_nobody_has_registered(county, base, browser):
    town = county.school.municipality
    scenario = ask(
        browser,
        base,
        **new(county, new_name="Nye legesenter", new_municipality=town.pk, new_kind="gp_office"),
    )
    assert scenario.summary["placed"] == 4
    text = browser.get(reverse("what_if", args=[scenario.pk])).content.decode()
    assert "Nye legesenter" in text
    assert "takes 2 students" in text
    assert not Workplace.objects.filter(name="Nye legesenter").exists()
    # Another is built on it, and the new place is still there.
    browser.post(
        reverse("what_if_start", args=[base.pk]),
        {"on": scenario.pk, "slot": county.slots["Lade"].pk, "places": 0},
    )
    further = worked_out(base.what_ifs.get(number=2))
    assert further.summary["placed"] == 4 - 1 + 1


def test_it_can_be_adopted_when_it_is_so(county, base, browser):
    byneset = Workplace.objects.get(name="Byneset")
    scenario = ask(browser, base, **new(county, new_place=byneset.pk))
    text = browser.post(reverse("what_if_adopt", args=[scenario.pk]), follow=True).content.decode()
    assert "This is not so yet" in text
    assert MatchingRun.objects.proposals().count() == 1
    f.SlotFactory(round=county.round, period=county.period, workplace=byneset, capacity=2)
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    adopted = worked_out(MatchingRun.objects.proposals().order_by("-number")[0])
    assert adopted.summary["placed"] == 4


def test_a_new_one_has_to_be_in_the_register_and_offer_before_it_can_be_adopted(
    county, base, browser
):
    town = county.school.municipality
    scenario = ask(
        browser, base, **new(county, new_name="Nye legesenter", new_municipality=town.pk)
    )
    text = browser.get(reverse("what_if", args=[scenario.pk])).content.decode()
    assert "cannot be given to anybody" in text
    assert reverse("workplace_new") in text
    assert "Make it a proposal" not in text
    registered = f.WorkplaceFactory(name="Nye Legesenter", municipality=town)
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    f.SlotFactory(round=county.round, period=county.period, workplace=registered, capacity=1)
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))  # one, where two are supposed
    assert MatchingRun.objects.proposals().count() == 1
    Slot.objects.filter(workplace=registered).update(capacity=2)
    text = browser.get(reverse("what_if", args=[scenario.pk])).content.decode()
    assert "Make it a proposal" in text
    assert "cannot be given to anybody" not in text
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    adopted = worked_out(MatchingRun.objects.proposals().order_by("-number")[0])
    assert adopted.summary["placed"] == 4
    assert adopted.assignments.filter(slot__workplace=registered).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"new_place": "BYNESET"}, "belongs together"),
        ({"new_name": "Nye", "new_period": "PERIOD", "new_places": 1}, "belongs together"),
        ({"new_places": 3}, "belongs together"),
        (
            {"new_place": "BYNESET", "new_name": "Nye", "new_period": "PERIOD", "new_places": 1},
            "not both",
        ),
        ({"new_place": "TORGET", "new_period": "PERIOD", "new_places": 1}, "Select a valid choice"),
        ({"new_place": "BYNESET", "new_period": "PERIOD", "new_places": 0}, "greater than"),
    ],
)
def test_what_does_not_go_together_is_said(county, base, browser, fields, said):
    stands = {
        "BYNESET": Workplace.objects.get(name="Byneset").pk,
        "TORGET": county.slots["Torget"].workplace_id,
        "PERIOD": county.period.pk,
    }
    sent = {key: stands.get(value, value) for key, value in fields.items()}
    page = browser.post(reverse("what_if_start", args=[base.pk]), sent).content.decode()
    assert said in page
    assert not base.what_ifs.exists()


def test_another_countys_workplaces_cannot_be_chosen(county, base, browser):
    other = f.WorkplaceFactory(
        name="Utenfor", municipality=f.MunicipalityFactory(county=f.CountyFactory())
    )
    page = browser.post(
        reverse("what_if_start", args=[base.pk]), new(county, new_place=other.pk)
    ).content.decode()
    assert "Utenfor" not in page
    assert not base.what_ifs.exists()


def test_where_the_round_keeps_to_the_lists_only_those_who_wished_or_said_nothing(county, browser):
    county.round.outside_wishes = False
    county.round.save()
    silent = county.student("Silje")
    byneset = Workplace.objects.get(name="Byneset")
    f.PreferenceFactory(candidate=county.candidates["Anna"], workplace=byneset, rank=3)
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run = MatchingRun.objects.get(pk=run.pk)
    scenario = ask(browser, run, **new(county, new_place=byneset.pk))
    slot = scenario.changes[0]["slot"]
    told = {p["candidate"] for p in json.loads(scenario.problem.file)["pairs"] if p["slot"] == slot}
    assert told == {str(county.candidates["Anna"].pk), str(silent.pk)}
