"""What-ifs and repairs in a browser: at every width, in light and dark, nothing axe objects to."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from placements.actions import publication, runs, what_if
from placements.models import MatchingRun, Placement, Round
from tests.browser import check_everywhere, press
from tests.placements.county import small_county

pytestmark = pytest.mark.django_db(transaction=True)


def worked_out(run):
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


@pytest.fixture
def county(db):
    return small_county()


@pytest.fixture
def desk(live_web, open_page, county):
    return open_page(live_web.url, county.by)


@pytest.fixture
def base(county):
    return worked_out(runs.start(county.round, by=county.by))


def shown(page, name, folder):
    """Look over the page, and keep pictures of it if somebody asks for them."""
    check_everywhere(page)
    if folder:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.fixture
def pictures():
    return os.environ.get("PICTURES")


def test_what_if_pages(county, base, desk, pictures):
    desk.goto(reverse("what_ifs", args=[base.pk]))
    shown(desk, "what-if-empty", pictures)
    more = [{"kind": "capacity", "slot": str(county.slots["Lade"].pk), "places": 2}]
    less = [{"kind": "capacity", "slot": str(county.slots["Torget"].pk), "places": 0}]
    for changes in (more, less):
        run = worked_out(what_if.start(base, changes, by=county.by))
    desk.goto(reverse("what_ifs", args=[base.pk]))
    shown(desk, "what-if-several", pictures)
    desk.goto(reverse("what_if", args=[run.pk]))
    shown(desk, "what-if", pictures)


def test_a_repair_is_proposed_and_shown(county, base, desk, pictures):
    publication.publish(base, by=county.by)
    left_out = next(name for name, place in county.placed().items() if place is None)
    one = Placement.objects.occupying().filter(slot=county.slots["Torget"])[0].candidate
    new = county.place("Nytt", 1)
    one.preferences.update(rank=2)
    one.preferences.create(workplace=new.workplace, rank=1)
    Round.objects.filter(pk=county.round.pk).update(outside_wishes=False)
    desk.goto(reverse("placements", args=[county.round.pk]))
    shown(desk, "waiting", pictures)
    county.round.refresh_from_db()
    run = worked_out(runs.start(county.round, by=county.by, repairs=True))
    assert county.proposed(run)[left_out] == "Torget"
    desk.goto(reverse("run", args=[run.pk]))
    assert desk.locator("#repairs tbody tr").count() == 2
    shown(desk, "repair", pictures)


def test_a_workplace_that_nobody_knows_yet(county, base, desk, pictures):
    desk.goto(reverse("what_ifs", args=[base.pk]))
    desk.locator("#id_new_name").fill("Nytt legesenter")
    ask = desk.locator("form[action$='/what-if/start/'] button[type=submit]")
    press(ask)
    expect(desk.locator("[data-error-summary]")).to_be_visible()
    shown(desk, "what-if-new-errors", pictures)
    for field in ("municipality", "kind", "period"):
        desk.locator(f"#id_new_{field}").select_option(index=1)
    desk.locator("#id_new_places").fill("2")
    press(ask)
    run = worked_out(MatchingRun.objects.get(base=base))
    desk.goto(reverse("what_if", args=[run.pk]))
    expect(desk.locator("main")).to_contain_text("Nytt legesenter")
    shown(desk, "what-if-new", pictures)
