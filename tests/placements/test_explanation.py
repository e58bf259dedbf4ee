"""The facts as sentences, in every language."""

import json
from hashlib import sha256

import pytest
from django.utils import translation

from placements import explanation, levels
from placements.matching import lottery_weight
from placements.matching.explain import Reason

WISH = {
    "workplace": "Sentrum legekontor",
    "rank": 1,
    "capacity": 2,
    "wished_by": 9,
    "reason": "full",
    "level": "wishes:squared",
    "amount": 3,
    "moves": 1,
    "weights": None,
}


def said(**changes):
    with translation.override("nb"):
        return explanation.reason({**WISH, **changes})


def test_a_full_place_is_told_with_its_numbers_and_its_cost():
    assert said() == (
        "Sentrum legekontor hadde 2 plasser, og 9 elever ønsket seg dit. Skulle du fått den, måtte en"
        " annen elev ha flyttet til et sted lenger ned på sin liste."
    )


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({"level": "placed", "amount": 1}, "ville 1 elev stått uten plass."),
        ({"moves": 3}, "måtte 3 andre elever ha flyttet, og til sammen tapt mer enn du vant."),
        ({"level": "travel", "amount": 12}, "ville elevene til sammen reist 12 minutter mer."),
        ({"level": "moves", "amount": 2}, "måtte 2 elever til ha byttet plass."),
        ({"level": "breadth", "amount": 2}, "ville det blitt dårligere for elevene samlet."),
        (
            {"reason": "lottery", "level": "lottery", "weights": [11, 42]},
            "Det laveste tallet vinner: 11 slik det ble, 42 om du hadde fått den.",
        ),
        ({"reason": "closed", "capacity": 0}, "Til slutt hadde det ingen plasser."),
        ({"status": "unproven"}, "Søket ble ikke ferdig, så det kan ha vært mindre."),
        ({"reason": "unknown", "status": None}, "regnes ut. Se igjen om en stund."),
        ({"reason": "unknown", "status": "unproven"}, "lot seg ikke finne ut i tide."),
    ],
)
def test_each_cost_has_its_own_sentence(changes, end):
    assert said(**changes).endswith(end)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_told_and_is_stored_as_json(language, reason):
    fact = json.loads(json.dumps({**WISH, "reason": reason, "level": None, "amount": None}))
    with translation.override(language):
        assert explanation.reason(fact).startswith("Sentrum legekontor")


def test_which_wish_it_was():
    with translation.override("nb"):
        assert explanation.result({"rank": 1, "wishes": []}) == "Dette var ditt 1. ønske."
        assert explanation.result({"rank": 2, "wishes": []}) == "Dette var ditt 2. ønske."
        assert "sto ikke på lista" in explanation.result({"rank": None, "wishes": []})


def test_the_recipe_on_the_page_gives_the_number_that_decided():
    """Three lines, SHA-256, eight hexadecimal characters, over four."""
    seed, candidate, slot = "våren 2027", "c1", "s1"
    digest = sha256(f"{seed}\n{candidate}\n{slot}".encode()).hexdigest()
    assert int(digest[:8], 16) // 4 == lottery_weight(seed, candidate, slot)


def test_points_are_explained_once_and_said_only_where_they_are_added_up():
    with translation.override("nb"):
        assert "4 poeng" in levels.cost("wishes:squared", 4)
        assert "9 for tredje" in levels.points(["placed", "wishes:squared", "travel"])
        assert "poeng" not in levels.cost("wishes:greedy:1", 4)
        assert levels.points(["placed", "wishes:greedy", "travel"]) == ""
