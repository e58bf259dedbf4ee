"""A hospital's year on a phone: places for all units, its own page, the students; and by keys alone."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from placements.actions import capacity
from placements.models import Contact, Placement, Round, Slot, Supervisor
from tests import factories as f
from tests.browser import PHONE, check_everywhere, press
from tests.cast import make_world
from tests.placements.documents.reading import text_of

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")  # a folder, to look at the pages
MOST = 4  # interactions: what the workplace was promised


@pytest.fixture
def world(transactional_db):
    return make_world("Vaarvik")


@pytest.fixture
def collecting(world):
    Round.objects.filter(pk=world.round.pk).update(state="collecting", published_at=None)
    world.placement.delete()
    world.round.refresh_from_db()
    return world


def look(page, name):
    check_everywhere(page)
    if PICTURES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def press_button(page, name):
    press(page.get_by_role("button", name=name, exact=True))


def hospital_of(world):
    """The contact's workplace becomes a hospital with units that are asked."""
    house = f.WorkplaceFactory(
        name="Fylkessykehuset", municipality=world.workplace.municipality, receives_students=False
    )
    Contact.objects.filter(pk=world.contact.pk).update(workplace=house)
    for name in ("Akuttmottaket", "Laboratoriet", "Poliklinikk for hud"):
        unit = f.WorkplaceFactory(
            name=name, parent=house, municipality=world.workplace.municipality
        )
        f.CapacityRequestFactory(round=world.round, workplace=unit, state="asked")
    return house


def test_all_units_are_filled_in_at_once(live_web, open_page, collecting):
    hospital_of(collecting)
    page = open_page(live_web.url, user=collecting.workplace_contact, size=PHONE)
    page.goto("/my-workplaces/")
    look(page, "our-places")
    press(page.get_by_role("link", name="Fyll ut for alle enheter"))
    look(page, "units")
    page.locator("summary", has_text="Fordel et antall plasser").click()
    page.locator("input[name^='share_']").fill("7")
    press_button(page, "Fordel")
    look(page, "units-shared-out")
    assert not Slot.objects.filter(workplace__parent__isnull=False).exists()
    press_button(page, "Lagre alt")
    look(page, "our-places-answered")
    offered = Slot.objects.filter(workplace__parent__isnull=False).order_by("workplace__sort_key")
    assert [slot.capacity for slot in offered] == [3, 2, 2]


def test_a_sheet_is_read_without_scripts(live_web, open_page, collecting):
    hospital_of(collecting)
    page = open_page(live_web.url, user=collecting.workplace_contact, size=PHONE, javascript=False)
    page.goto(reverse("my_units", args=[collecting.round.pk]))
    page.locator("summary", has_text="Les inn et ark").click()
    page.locator("#id_pasted").fill("Enhet\tuke 6-9\nAkuttmottaket\tmange\nLaboratoriet\t4")
    press_button(page, "Les arket")
    assert "Rad 2" in page.locator("main").inner_text()
    page.locator("#id_pasted").fill("Enhet\tuke 6-9\nLaboratoriet\t4")
    press_button(page, "Les arket")
    press_button(page, "Lagre alt")
    assert Slot.objects.get(workplace__name="Laboratoriet").capacity == 4


def test_by_keys_alone_in_at_most_four_interactions(live_web, open_page, collecting):
    """Counted as by hand: the link, what is typed, what is pressed; not how far one moves."""
    token = capacity.mint_link(collecting.round, collecting.contact)
    page = open_page(live_web.url, size=PHONE)
    done = ["the mail's link"]
    page.goto(reverse("capacity_link", args=[token]))
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "number":
            break
    page.keyboard.type("3")
    done.append("type 3")
    page.keyboard.press("Enter")
    done.append("Enter")
    page.wait_for_url("**/c/receipt/")
    look(page, "receipt")
    assert len(done) <= MOST
    assert Slot.objects.get(workplace=collecting.workplace).capacity == 3


def test_our_own_page(live_web, open_page, world):
    f.RequirementFactory(name_nb="Politiattest")
    page = open_page(live_web.url, user=world.workplace_contact, size=PHONE)
    page.goto(reverse("our_workplace", args=[world.workplace.pk]))
    look(page, "our-workplace")
    page.get_by_role("checkbox", name="Politiattest").check()
    press_button(page, "Lagre")
    page.locator("summary", has_text="Inviter en kollega").click()
    page.locator("details[open] #id_name").fill("Kollegaen")
    page.locator("details[open] #id_email").fill(f"ny@{world.contact.email.partition('@')[2]}")
    press_button(page, "Inviter en kollega")
    look(page, "our-workplace-colleague")
    page.locator("summary", has_text="Legg til praksisveileder").click()
    page.locator("details[open] #id_name").fill("Veilederen")
    press_button(page, "Legg til praksisveileder")
    assert [r.name for r in world.workplace.requirements.all()] == ["Politiattest"]
    assert Contact.objects.current().filter(workplace=world.workplace).count() == 2
    assert Supervisor.objects.get().name == "Veilederen"


def test_a_student_is_declined_with_a_reason_and_a_line(live_web, open_page, world):
    page = open_page(live_web.url, user=world.workplace_contact, size=PHONE)
    page.goto("/my-students/")
    thanks = page.request.get(reverse("placement_document", args=[world.placement.pk, "thanks"]))
    assert world.workplace.name in text_of(thanks.body())
    press(page.get_by_role("link", name="Vi kan ikke"))
    look(page, "decline")
    page.get_by_role("radio", name="Flytting eller ombygging").check()
    page.get_by_role("textbox").fill("Vi bygger om til påske")
    press_button(page, "Si nei")
    now = Placement.objects.get(pk=world.placement.pk)
    assert (now.end_reason, now.end_note) == ("rebuilding", "Vi bygger om til påske")
    county = open_page(live_web.url, user=world.county_coordinator)
    county.goto(reverse("placements", args=[world.round.pk]) + "?state=declined")
    assert "Vi bygger om til påske" in county.locator("main").inner_text()
    look(county, "placements-declined")
