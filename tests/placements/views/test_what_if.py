"""What if: asked on a page, worked out as a run, compared, adopted or thrown away; nothing else changes."""

import hashlib
import json

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import people
from accounts.errors import DomainError
from accounts.models import AuditEvent
from placements import matching, repair, rules
from placements.actions import publication, runs, what_if
from placements.models import (
    Assignment,
    Candidate,
    MatchingRun,
    Placement,
    Preference,
    Round,
    Slot,
)
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


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


def worked_out(run):
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


def ask(browser, base, **fields):
    """Fill in the form; the what-if that was begun."""
    response = browser.post(reverse("what_if_start", args=[base.pk]), fields)
    assert response.status_code == 302, response.content.decode()
    return worked_out(base.what_ifs.get())


def facts_of(round):
    """A fingerprint of everything in the round that a what-if might touch."""
    rows = [
        *Round.objects.filter(pk=round.pk),
        *Slot.objects.order_by("pk"),
        *Candidate.objects.order_by("pk"),
        *Preference.objects.order_by("pk"),
        *Placement.objects.order_by("pk"),
        *Assignment.objects.filter(run__base=None).order_by("pk"),
        *MatchingRun.objects.proposals().order_by("pk"),
    ]
    return hashlib.sha256(serializers.serialize("json", rows).encode()).hexdigest()


def test_one_more_place_lets_one_more_in_and_nothing_else_changes(county, base, browser):
    before = facts_of(county.round)
    lade = county.slots["Lade"]
    run = ask(browser, base, slot=lade.pk, places=lade.capacity + 1)
    assert (run.state, run.summary["proven"]) == ("computed", True)
    assert run.summary["placed"] == base.summary["placed"] + 1
    text = browser.get(reverse("what_if", args=[run.pk])).content.decode()
    assert "1 more student gets a place" in text
    assert "Lade" in text
    assert facts_of(county.round) == before
    assert {e.verb for e in AuditEvent.objects.filter(target_id=run.pk)} >= {"what_if.started"}


def test_the_fingerprint_sees_a_change(county, base):
    """Negative control."""
    before = facts_of(county.round)
    Slot.objects.filter(pk=county.slots["Lade"].pk).update(capacity=9)
    assert facts_of(county.round) != before


def test_a_closed_unit_a_pin_an_absence_and_other_rules(county, base, browser):
    torget = county.slots["Torget"]
    closed = ask(browser, base, closed=torget.workplace_id)
    assert closed.summary["placed"] == base.summary["placed"] - torget.capacity
    closed.delete()
    dina = next(c for c in county.round.candidates.all() if c.student.given_name == "Dina")
    pinned = ask(browser, base, pinned=dina.pk, at=torget.pk)
    assert pinned.assignments.get(candidate=dina).slot == torget
    pinned.delete()
    absent = ask(browser, base, excluded=dina.pk)
    assert absent.summary["candidates"] == base.summary["candidates"] - 1
    absent.delete()
    policy = ",".join(next(ready.levels for ready in rules.ready() if ready.key == "near"))
    other = ask(browser, base, policy=policy)
    assert other.policy == policy.split(",")
    assert [level["name"] for level in other.summary["levels"]] == other.policy


def test_several_stand_side_by_side_and_one_builds_on_another(county, base, browser):
    first = ask(browser, base, slot=county.slots["Lade"].pk, places=2)
    browser.post(
        reverse("what_if_start", args=[base.pk]),
        {"on": first.pk, "slot": county.slots["Torget"].pk, "places": 0},
    )
    second = worked_out(base.what_ifs.get(number=2))
    assert second.changes[0] == first.changes[0]
    assert len(second.changes) == 2
    text = browser.get(reverse("what_ifs", args=[base.pk])).content.decode()
    assert "What if 1" in text
    assert "What if 2" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "at least one thing"),
        ({"places": 3}, "belongs together"),
        ({"slot": "SLOT"}, "belongs together"),
        ({"pinned": "DINA", "at": "SLOT", "slot": "SLOT", "places": 0}, "do not go together"),
    ],
)
def test_what_cannot_be_asked_is_said_and_begins_nothing(county, base, browser, fields, said):
    dina = next(c for c in county.round.candidates.all() if c.student.given_name == "Dina")
    stands = {"SLOT": str(county.slots["Torget"].pk), "DINA": str(dina.pk)}
    sent = {key: stands.get(value, value) for key, value in fields.items()}
    response = browser.post(reverse("what_if_start", args=[base.pk]), sent)
    assert said in response.content.decode()
    assert not base.what_ifs.exists()


def test_it_can_never_be_published(county, base):
    scenario = worked_out(
        what_if.start(
            base,
            [{"kind": "capacity", "slot": str(county.slots["Lade"].pk), "places": 5}],
            by=county.by,
        )
    )
    with pytest.raises(DomainError):
        publication.publish(scenario, by=county.by)
    assert not Placement.objects.exists()
    with pytest.raises(IntegrityError, match="what_if_is_never_published"), transaction.atomic():
        MatchingRun.objects.filter(pk=scenario.pk).update(
            state="published", published_at=scenario.finished_at
        )


def test_adopting_takes_over_pins_and_starts_a_proposal(county, base, browser):
    dina = next(c for c in county.round.candidates.all() if c.student.given_name == "Dina")
    scenario = ask(browser, base, pinned=dina.pk, at=county.slots["Torget"].pk)
    response = browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    assert response.status_code == 302
    dina.refresh_from_db()
    assert dina.pinned_slot == county.slots["Torget"]
    adopted = worked_out(MatchingRun.objects.proposals().order_by("-number")[0])
    assert (adopted.base, adopted.previous) == (None, base)
    assert adopted.solution["assignments"] == scenario.solution["assignments"]


def test_places_nobody_has_given_are_not_adopted(county, base, browser):
    lade = county.slots["Lade"]
    scenario = ask(browser, base, slot=lade.pk, places=4)
    text = browser.post(reverse("what_if_adopt", args=[scenario.pk]), follow=True).content.decode()
    assert "This is not so yet" in text
    assert MatchingRun.objects.proposals().count() == 1
    Slot.objects.filter(pk=lade.pk).update(capacity=4)
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    adopted = worked_out(MatchingRun.objects.proposals().order_by("-number")[0])
    assert adopted.summary["placed"] == scenario.summary["placed"]


def test_thrown_away_it_is_gone(county, base, browser):
    before = facts_of(county.round)
    scenario = ask(browser, base, slot=county.slots["Lade"].pk, places=2)
    browser.post(reverse("what_if_drop", args=[scenario.pk]))
    assert not MatchingRun.objects.filter(pk=scenario.pk).exists()
    assert not Assignment.objects.filter(run=scenario.pk).exists()
    assert facts_of(county.round) == before


def test_it_does_not_stand_among_the_proposals(county, base, browser):
    scenario = ask(browser, base, slot=county.slots["Lade"].pk, places=2)
    assert (
        str(scenario.pk)
        not in browser.get(reverse("runs", args=[county.round.pk])).content.decode()
    )
    for name in ("run_publish", "what_ifs"):
        assert browser.get(reverse(name, args=[scenario.pk])).status_code == 404
    again = runs.start(county.round, by=county.by)
    assert again.number == base.number + 1


def test_the_files_of_a_what_if_are_what_the_command_line_verifies(county, base, browser):
    scenario = ask(browser, base, slot=county.slots["Lade"].pk, places=2)
    files = [
        json.loads(browser.get(reverse(name, args=[scenario.pk])).content)
        for name in ("run_problem", "run_solution")
    ]
    problem, solution = matching.Problem.from_json(files[0]), matching.Solution.from_json(files[1])
    assert matching.verify(problem, solution) == []
    assert problem.sha256 != base.problem_sha256


@pytest.mark.parametrize("key", ["stable", "near", "learning"])
def test_adopted_in_a_published_round_it_is_a_repair_whatever_its_rules(county, base, browser, key):
    """Some rules would take a place from somebody who has been told of it: a repair never does."""
    publication.publish(base, by=county.by)
    published = MatchingRun.objects.get(pk=base.pk)
    policy = next(ready.levels for ready in rules.ready() if ready.key == key)
    scenario = ask(browser, published, policy=",".join(policy))
    assert scenario.state == "computed"
    browser.post(reverse("what_if_adopt", args=[scenario.pk]))
    adopted = worked_out(MatchingRun.objects.proposals().order_by("-number")[0])
    assert (adopted.state, adopted.repairs, adopted.error) == ("computed", True, "")
    assert adopted.policy[:2] == ["placed", "moves"]
    assert adopted.summary["moved"] == 0
    assert adopted.summary["repairs"][0]["moves"] == {}


def test_alternatives_to_rules_that_take_places_are_none():
    """As a run of the kind once queued would be: nothing to choose among, and no error."""
    problem = matching.Problem(
        [matching.Candidate("a", previous="s"), matching.Candidate("b")],
        [matching.Slot("s", 1)],
        [matching.Pair("a", "s", 1, priority=2), matching.Pair("b", "s", 1, priority=1)],
        policy=["stable", "lottery"],
    )
    best = matching.solve(problem)
    assert best.unplaced == ["a"]
    assert repair.alternatives(problem, best) == []


def test_who_gains_loses_and_moves_are_told_apart(county, base, browser):
    """Torget takes one fewer and Lade one more: one of Torget's moves or is left, Dina may stay."""
    torget, lade = county.slots["Torget"], county.slots["Lade"]
    first = ask(browser, base, slot=torget.pk, places=1)
    page = browser.get(reverse("what_if", args=[first.pk]))
    effects, moves = page.context["effects"], page.context["moves"]
    lost = [m for m in moves if m.before and not m.after]
    assert effects["lost"] == len(lost) == 1
    assert effects["moving"] == sum(bool(m.before and m.after) for m in moves)
    assert "1 loses the place she had" in page.content.decode()
    assert "are somewhere else" not in page.content.decode() or effects["moving"] > 1
    first.delete()
    second = ask(browser, base, slot=lade.pk, places=lade.capacity + 1)
    page = browser.get(reverse("what_if", args=[second.pk]))
    assert page.context["effects"]["gained"] == 1
    assert page.context["effects"]["lost"] == 0
    assert "1 gets a place who had none" in page.content.decode()
    assert " for 0" not in page.content.decode()  # nobody is told of nobody
