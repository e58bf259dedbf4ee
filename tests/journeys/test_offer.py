"""A workplace nobody knew offers places on a phone; a coordinator confirms it; it is asked how many."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from placements.models import CapacityRequest, Offer, Round, Workplace
from tests.browser import DESK, PHONE, check_everywhere, check_page, press
from tests.cast import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_stack):
    cache.clear()
    world = make_world("Vaarvik", round_state="collecting")
    Round.objects.filter(pk=world.round.pk).update(published_at=None)
    return world


def link_in(letter, part):
    text = letter.get_body(("plain",)).get_content()
    found = re.search(rf"https?://\S+/{part}/\S+", text)
    assert found
    return found[0]


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_front_page_to_the_question_about_places(live_stack, world, open_page, javascript):
    address = f"kari.{'med' if javascript else 'uten'}@elvebakken.example.no"
    hers = open_page(live_stack.url, size=PHONE, javascript=javascript)
    hers.goto("/")
    press(hers.get_by_role("link", name="Bli praksissted").first)
    check_everywhere(hers)
    hers.get_by_role("button", name="Tilby praksisplasser").click()
    expect(hers.locator("[data-error-summary]")).to_be_visible()
    check_page(hers)
    hers.get_by_label("Navnet på praksisstedet").fill("Elvebakken legesenter")
    hers.get_by_label("Type").select_option("gp_office")
    hers.get_by_label("Kommune").select_option(label="Vaarvik kommune")
    hers.get_by_label("Elever samtidig").fill("2")
    hers.get_by_label("Når det passer").fill("Uke 6 til 9")
    hers.get_by_label("Navnet ditt").fill("Kari Elvebakken")
    hers.get_by_label("E-post").fill(address)
    hers.get_by_role("button", name="Tilby praksisplasser").click()
    hers.wait_for_url("**/thank-you/")
    check_everywhere(hers)
    assert not Offer.objects.verified().exists()

    hers.goto(link_in(live_stack.wait_for_mail(address), "become-a-workplace"))
    check_everywhere(hers)
    hers.get_by_role("button", name="Ja, det var meg").click()
    expect(hers.locator("h1")).to_contain_text("Takk!")
    check_page(hers)

    live_stack.wait_for_mail(world.county_coordinator.email)
    desk = open_page(
        live_stack.url, user=world.county_coordinator, size=DESK, javascript=javascript
    )
    desk.goto("/rounds/")
    press(desk.get_by_role("link", name="1 nytt praksissted tilbyr plasser"))
    check_everywhere(desk)
    press(desk.get_by_role("link", name="Elvebakken legesenter"))
    check_everywhere(desk)
    desk.get_by_role("button", name="Bekreft").click()
    expect(desk.locator("main")).to_contain_text("er spurt om plasser")
    workplace = Workplace.objects.get(name="Elvebakken legesenter")
    assert CapacityRequest.objects.filter(workplace=workplace, round=world.round).exists()
    assert workplace.contacts.get().email == address
