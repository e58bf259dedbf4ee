"""What keeps pages short on a phone: things that fit stand beside each other."""

import itertools

import pytest
from django.urls import reverse

from tests.browser import PHONE
from tests.cast import make_world
from tests.placements.stay import going_on

pytestmark = pytest.mark.browser


@pytest.fixture
def world(transactional_db):
    return make_world("Vaarvik")


def lines(found):
    """On how many lines these stand."""
    boxes = [one.bounding_box() for one in found.all()]
    tops = sorted(box["y"] for box in boxes if box)
    return 1 + sum(b - a > 12 for a, b in itertools.pairwise(tops))


def test_what_fits_shares_a_line(live_web, open_page, world):
    page = open_page(live_web.url, user=world.county_coordinator, size=PHONE)
    page.goto(reverse("round", args=[world.round.pk]))
    steps = page.locator("ol.steps > li")
    assert (steps.count(), lines(steps)) == (6, 2)
    page.goto(reverse("workplaces"))
    cells = page.locator("table.flowing tbody tr").first.locator("td")
    assert cells.count() == 6
    assert lines(cells) < 6


def test_what_a_supervisor_ticks_is_on_the_line_below_the_day(live_web, open_page, world):
    """Of every day alike: a long date does not push one of the two onto a line of its own."""
    page = open_page(live_web.url, user=world.workplace_contact, size=(430, 900))
    going_on(world)
    page.goto(reverse("attendance", args=[world.placement.pk]))
    for day in page.locator(".days fieldset").all():
        choices = day.locator(".choice")
        assert (choices.count(), lines(choices)) == (2, 1)
        above, below = day.locator("legend").bounding_box(), choices.first.bounding_box()
        assert above
        assert below
        assert above["y"] + above["height"] <= below["y"] + 2
