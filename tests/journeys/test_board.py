"""A coordinator adjusts a proposal on the board: by choosing, by dragging, and back again."""

import pytest
from playwright.sync_api import expect

from placements import board
from placements.actions import runs
from placements.models import MatchingRun
from tests.browser import DESK, PHONE, check_everywhere, press
from tests.placements.county import small_county

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def county(live_stack):
    county = small_county()
    county.place("Heimdal", 2)
    return county


@pytest.fixture
def run(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    return MatchingRun.objects.select_related("round").get(pk=run.pk)


def where(run, candidate):
    return board.places(run, board.standing(run))[candidate.pk]


@pytest.mark.parametrize("javascript", [True, False])
def test_moved_undone_and_moved_again(live_stack, county, run, open_page, javascript):
    page = open_page(live_stack.url, user=county.by, size=PHONE, javascript=javascript)
    page.goto(f"/runs/{run.pk}/")
    press(page.get_by_role("link", name="Juster for hånd"))
    check_everywhere(page)
    who = next(c for c in county.candidates.values() if where(run, c) == county.slots["Lade"].pk)
    heimdal = county.slots["Heimdal"].pk
    page.get_by_label(who.student.name).check()
    page.get_by_label("Flytt til").select_option(str(heimdal))
    page.get_by_label("Hvorfor").fill("Nær hjemmet")
    page.get_by_role("button", name="Flytt", exact=True).click()
    expect(page.locator("main")).to_contain_text("er flyttet til Heimdal")
    check_everywhere(page)
    assert where(run, who) == heimdal
    press(page.get_by_role("button", name="Angre"))
    expect(page.get_by_role("button", name="Gjør om igjen")).to_be_visible()
    assert where(run, who) == county.slots["Lade"].pk
    press(page.get_by_role("button", name="Gjør om igjen"))
    expect(page.get_by_role("button", name="Angre")).to_be_visible()
    assert where(run, who) == heimdal
    page.get_by_role("button", name="Lag forslag av dette").click()
    expect(page.locator("main")).to_contain_text("Justert for hånd", timeout=60_000)
    check_everywhere(page)


def test_dragging_sends_the_same_form(live_stack, county, run, open_page):
    page = open_page(live_stack.url, user=county.by, size=DESK)
    page.goto(f"/runs/{run.pk}/board/")
    who = next(c for c in county.candidates.values() if where(run, c) == county.slots["Lade"].pk)
    heimdal = county.slots["Heimdal"].pk
    row = page.locator(".board-student", has_text=who.student.name)
    row.drag_to(page.locator(f"[data-slot='{heimdal}']"))
    expect(page.locator("main")).to_contain_text("er flyttet til Heimdal")
    assert where(run, who) == heimdal
