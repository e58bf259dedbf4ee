"""The rules of a round: lists with a name, changed a step at a time, and always the engine's own."""

import uuid

import pytest
from django.urls import reverse

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent
from placements import rules
from placements.actions import rounds, runs
from placements.matching import policies
from placements.models.rounds import DEFAULT_POLICY, default_policy
from tests.placements.county import small_county

POLICY = ["placed", "wishes:squared", "moves", "travel", "lottery"]


def test_every_ready_made_list_is_one_the_engine_takes_and_none_is_there_twice():
    lists = [tuple(one.levels) for one in rules.ready()]
    assert [policies.checked(list(one)) for one in lists] == lists
    assert len(set(lists)) == len(lists) >= 3
    assert len({one.key for one in rules.ready()}) == len(lists)


def test_the_default_is_the_standard_list():
    assert rules.ready()[0].key == "standard"
    assert default_policy() == rules.ready()[0].levels
    assert rules.name_of(DEFAULT_POLICY) == rules.ready()[0].name


def test_every_level_of_the_engine_can_be_told_in_words():
    shown = {*policies.DEFAULT, *(level for one in rules.ready() for level in one.levels)}
    assert {level for level in shown if rules.words(level)[1] == ""} == set()
    assert rules.words("unheard of") == ("unheard of", "")


def test_a_level_that_the_engine_does_not_have_is_not_offered():
    assert not rules.exists("unheard of")
    assert rules.exists("travel")
    assert [row.level for row in rules.left_out(["placed", "lottery"])] == [
        level for level in rules.OPTIONAL if rules.exists(level)
    ]


def test_moving_a_rule():
    assert rules.moved(POLICY, "travel", -1) == [
        "placed",
        "wishes:squared",
        "travel",
        "moves",
        "lottery",
    ]
    assert rules.moved(POLICY, "travel", 1) == POLICY  # the lots are last
    assert rules.moved(POLICY, "wishes:squared", -1) == POLICY  # a place is first
    assert rules.moved(POLICY, "placed", 1) == POLICY
    assert rules.moved(POLICY, "unheard of", 1) == POLICY


def test_taking_in_and_leaving_out():
    assert rules.without_level(POLICY, "moves") == ["placed", "wishes:squared", "travel", "lottery"]
    assert rules.without_level(POLICY, "placed") == POLICY
    assert rules.with_level(["placed", "lottery"], "travel") == ["placed", "travel", "lottery"]
    assert rules.with_level(POLICY, "wishes:greedy")[1] == "wishes:greedy"
    assert rules.with_level(POLICY, "travel") == POLICY


@pytest.fixture
def county(db):
    return small_county()


def press(client, county, **button):
    data = {"version": county.round.version, "once_key": uuid.uuid4(), **button}
    answer = client.post(reverse("round_rules_change", args=[county.round.pk]), data)
    county.round.refresh_from_db()
    return answer


def test_the_buttons_change_the_rules_and_the_run_keeps_those_it_was_made_by(client, county):
    client.force_login(county.by)
    before = list(county.round.policy)
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    press(client, county, up="travel")
    assert county.round.policy == rules.moved(before, "travel", -1)
    press(client, county, remove="moves")
    assert "moves" not in county.round.policy
    press(client, county, add="moves")
    assert county.round.policy[-2:] == ["moves", "lottery"]
    press(client, county, ready="near")
    assert county.round.policy[1] == "travel"
    run.refresh_from_db()
    assert run.policy == before
    assert AuditEvent.objects.filter(verb="round.rules").count() == 4
    page = client.get(reverse("run", args=[run.pk])).content.decode()
    assert rules.name_of(before) in page


def test_nonsense_changes_nothing(client, county):
    client.force_login(county.by)
    before = county.round.policy
    for button in ({"add": "unheard of"}, {"up": "unheard of"}, {"ready": "x"}, {}):
        assert press(client, county, **button).status_code == 302
        assert county.round.policy == before
    assert not AuditEvent.objects.filter(verb="round.rules").exists()


def test_two_at_once_and_a_published_round_are_refused(county):
    wanted = ["placed", "travel", "lottery"]
    rounds.set_rules(county.round, wanted, version=county.round.version, by=county.by)
    with pytest.raises(Conflict):
        rounds.set_rules(county.round, POLICY, version=county.round.version, by=county.by)
    county.round.refresh_from_db()
    with pytest.raises(DomainError):
        rounds.set_rules(county.round, ["travel"], version=county.round.version, by=county.by)
    county.round.state, county.round.published_at = "published", county.round.created_at
    county.round.save()
    with pytest.raises(DomainError):
        rounds.set_rules(county.round, POLICY, version=county.round.version, by=county.by)


def test_a_calm_run_keeps_the_round_s_own_order_after_few_moves(county):
    assert rules.calm(["placed", "travel", "wishes:squared", "moves", "lottery"]) == [
        "placed",
        "moves",
        "travel",
        "wishes:squared",
        "lottery",
    ]
