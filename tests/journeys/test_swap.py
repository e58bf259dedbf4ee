"""Two students swap places, each on her own phone; the coordinator says yes."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from placements.models import Placement
from tests import factories as f
from tests.browser import DESK, PHONE, check_everywhere, press
from tests.cast import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_stack):
    cache.clear()
    world = make_world("Vaarvik")
    elsewhere = f.WorkplaceFactory(
        name="Bakken legesenter", municipality=world.workplace.municipality
    )
    world.theirs = f.PlacementFactory(
        candidate=world.waiting,
        slot=f.SlotFactory(period=world.period, workplace=elsewhere, capacity=1),
        created_by=world.county_coordinator,
    )
    student = world.waiting.student
    student.user = f.UserFactory(role="student", email="ventesen@example.no")
    student.save(update_fields=["user"])
    return world


@pytest.mark.parametrize("javascript", [True, False])
def test_from_a_code_to_another_place(live_stack, world, open_page, javascript):
    hers = open_page(live_stack.url, user=world.student, size=PHONE, javascript=javascript)
    hers.goto("/my-practice/")
    press(hers.get_by_role("link", name="Bytt med en annen elev"))
    check_everywhere(hers)
    press(hers.get_by_role("button", name="Lag en kode"))
    said = hers.locator("main").inner_text()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    assert code

    user = world.waiting.student.user
    theirs = open_page(live_stack.url, user=user, size=PHONE, javascript=javascript)
    theirs.goto(f"/placements/{world.theirs.pk}/swap/")
    theirs.get_by_label("Koden du har fått se").fill(code[0].lower())
    theirs.get_by_role("button", name="Se plassen").click()
    expect(theirs.locator("main")).to_contain_text(world.workplace.name)
    check_everywhere(theirs)
    theirs.get_by_role("button", name="Ja, jeg vil bytte").click()
    expect(theirs.locator("main")).to_contain_text("Begge har sagt ja")
    check_everywhere(theirs)

    decider = world.county_coordinator
    live_stack.wait_for_mail(decider.email)
    desk = open_page(live_stack.url, user=decider, size=DESK, javascript=javascript)
    desk.goto(f"/rounds/{world.round.pk}/placements/")
    check_everywhere(desk)
    desk.get_by_role("button", name="La dem bytte").click()
    expect(desk.locator("main")).to_contain_text(
        "Begge elevene og begge praksisstedene får beskjed"
    )
    now = Placement.objects.occupying().get(candidate=world.candidate)
    assert now.slot_id == world.theirs.slot_id
