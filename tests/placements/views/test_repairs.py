"""A repair in steps: what each further move gives, one of them chosen, and published as any proposal."""

import pytest
from django.urls import reverse

from accounts import people
from placements.actions import pins, placements, publication, runs
from placements.models import (
    Candidate,
    Conflict,
    MatchingRun,
    Placement,
    Preference,
    Round,
    Workplace,
)
from placements.report import summary_of
from tests.placements.county import make_county


@pytest.fixture
def county(db):
    """Anna and Berit hold their second wish. Their first opens; Vera and Ylva can only go where they are."""
    county = make_county(outside_wishes=False)
    for name in ("Torget", "Lade"):
        county.place(name, 1)
    county.place("Ny", 0)
    county.place("Annen", 0)
    county.student("Anna", "Ny", "Torget", priority=1)
    county.student("Berit", "Annen", "Lade", priority=1)
    county.student("Vera", "Torget")
    county.student("Ylva", "Lade")
    publication.publish(worked_out(runs.start(county.round, by=county.by)), by=county.by)
    for name in ("Ny", "Annen"):
        county.slots[name].capacity = 1
        county.slots[name].save()
    county.round.refresh_from_db()
    return county


@pytest.fixture
def browser(client, county):
    people.speak(county.by, language="en")
    client.force_login(county.by)
    return client


def worked_out(run):
    runs.execute(run.pk)
    run = MatchingRun.objects.get(pk=run.pk)
    assert run.state == "computed", run.error
    return run


def propose(browser, county, **fields):
    browser.post(reverse("run_start", args=[county.round.pk]), {"repair": "1", **fields})
    return worked_out(newest())


def newest():
    return MatchingRun.objects.proposals().order_by("-number")[0]


def choose(browser, run, number):
    return browser.post(reverse("run_repair_choose", args=[run.pk]), {"alternative": number})


def test_each_line_says_what_one_more_move_gives(county, browser):
    run = propose(browser, county)
    steps = [(one["more"], len(one["moves"])) for one in summary_of(run)["repairs"]]
    assert steps == [(0, 0), (1, 1), (2, 2)]
    text = browser.get(reverse("run", args=[run.pk])).content.decode()
    assert "How many have to move?" in text
    assert "Nobody gets a worse place" in text
    assert text.count("Choose this") == 2
    assert "this proposal" in text


def test_the_one_chosen_makes_its_moves_and_no_others_and_is_published(county, browser):
    run = propose(browser, county)
    assert choose(browser, run, 1).status_code == 302
    chosen = worked_out(newest())
    assert chosen.pk != run.pk
    assert chosen.summary["repairs"] == []
    plan = publication.changes(chosen)
    assert (len(plan.new), len(plan.moved), len(plan.dropped)) == (1, 1, 0)
    response = browser.post(reverse("run_publish", args=[chosen.pk]))
    assert response.status_code == 302
    chosen.refresh_from_db()
    assert chosen.state == "published"
    assert Placement.objects.for_round(county.round).occupying().count() == 3


def test_no_moves_is_a_choice_too(county, browser):
    before = county.placed()
    run = propose(browser, county)
    choose(browser, run, 0)
    assert county.proposed(worked_out(newest())) == before


def test_after_a_change_the_choice_is_not_taken(county, browser):
    run = propose(browser, county)
    anna = Placement.objects.occupying().get(candidate=county.candidates["Anna"])
    placements.withdraw(
        anna, version=anna.version, by=county.by, reason="student_left", leaves=True
    )
    choose(browser, run, 1)
    assert newest().pk == run.pk


@pytest.mark.parametrize("sent", ["", "3", "-1", "x", "²", "9" * 40])
def test_what_is_not_in_the_table_is_refused(county, browser, sent):
    run = propose(browser, county)
    response = browser.post(
        reverse("run_repair_choose", args=[run.pk]), {"alternative": sent}, follow=True
    )
    assert "Choose one of the repairs in the table" in response.content.decode()
    assert newest().pk == run.pk


def test_a_worse_place_only_when_somebody_has_said_so(county, browser):
    """Now the places that open are none of Anna's and Berit's wishes."""
    for slot in ("Ny", "Annen"):
        Preference.objects.filter(workplace=county.slots[slot].workplace).delete()
        for name in ("Vera", "Ylva"):
            Conflict.objects.create(
                student=county.candidates[name].student,
                workplace=county.slots[slot].workplace,
                registered_by=county.by,
            )
    Round.objects.filter(pk=county.round.pk).update(outside_wishes=True)
    before = county.placed()
    assert county.proposed(propose(browser, county)) == before
    worse = propose(browser, county, may_worsen="1")
    assert worse.may_worsen
    assert None not in county.proposed(worse).values()
    text = browser.get(reverse("run", args=[worse.pk])).content.decode()
    assert "You have allowed moves to a worse place" in text


def test_whoever_was_placed_by_hand_against_a_rule_may_stay(county, browser):
    """A repair takes nobody's place because the rules would not have given it."""
    for slot in county.slots.values():
        Workplace.objects.filter(pk=slot.workplace_id).update(needs_car=True)
    Candidate.objects.update(no_car=True)
    before = county.placed()
    run = propose(browser, county)
    assert {n: p for n, p in county.proposed(run).items() if n in ("Anna", "Berit")} == {
        n: p for n, p in before.items() if n in ("Anna", "Berit")
    }


def test_only_what_a_human_has_pinned_is_called_pinned(county, browser):
    """A chosen repair keeps everybody where she is; that is nobody's decision about her."""
    run = propose(browser, county)
    choose(browser, run, 1)
    chosen = worked_out(newest())
    assert chosen.summary["pinned"] == 0
    assert not chosen.assignments.filter(pinned=True).exists()
    publication.publish(chosen, by=county.by)
    kept = Placement.objects.occupying().exclude(run=run)
    reasons = {w["reason"] for p in kept for w in (p.explanation or {}).get("wishes", [])}
    assert "pinned" not in reasons
    who = next(n for n, place in county.placed().items() if place in ("Torget", "Lade"))
    page = browser.get(reverse("candidate", args=[chosen.pk, county.candidates[who].pk]))
    text = page.content.decode()
    assert "The repair moves nobody but those it had to." in text
    assert "She is pinned to another place." not in text


def test_what_a_human_has_pinned_still_is(county, browser):
    anna = county.candidates["Anna"]
    held = Placement.objects.occupying().get(candidate=anna)
    pins.pin(anna, slot=held.slot, version=anna.version, by=county.by)
    run = propose(browser, county)
    assert run.summary["pinned"] == 1
    assert [row.candidate_id for row in run.assignments.filter(pinned=True)] == [anna.pk]
    choose(browser, run, 0)
    assert worked_out(newest()).summary["pinned"] == 1
