"""Each role does her main errand with the keyboard alone, and always sees where she is."""

import pytest
from playwright.sync_api import expect

from tests.cast import make_world

pytestmark = pytest.mark.browser

SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return ring || style.boxShadow !== 'none';
}"""
REACHED = "(selector) => document.activeElement && document.activeElement.matches(selector)"


def tab_to(page, selector, most=150):
    """Press Tab until the focus is there, as somebody without a mouse does, and see that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(REACHED, selector):
            assert page.evaluate(SEEN), f"nothing shows that {selector} has the focus"
            return
    pytest.fail(f"{selector} cannot be reached with Tab on {page.url}")


def press(page, selector, key="Enter"):
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.fixture
def world(transactional_db):
    return make_world("Vaarvik")


def test_the_first_tab_leads_past_the_menu(live_web, open_page, world):
    page = open_page(live_web.url, user=world.coordinator)
    page.goto("/students/")
    page.keyboard.press("Tab")
    assert page.evaluate(REACHED, "a[href^='#']")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !!document.activeElement.closest('main')")


def test_a_student_reads_her_place_and_chooses_her_messages(live_web, open_page, world):
    page = open_page(live_web.url, user=world.student)
    page.goto("/my-practice/")
    press(page, "header a[href='/messages/']")
    press(page, "main a[href='/messages/settings/']")
    tab_to(page, "select[name='how-wishes_reminder']")
    page.keyboard.press("End")
    press(page, "main form button[type=submit]")
    expect(page.locator("select[name='how-wishes_reminder']")).to_have_value("never")
    assert world.student.message_choices.get(topic="wishes_reminder").how == "never"


def test_a_workplace_says_that_a_student_may_come(live_web, open_page, world):
    page = open_page(live_web.url, user=world.workplace_contact)
    page.goto("/my-students/")
    press(page, "main form[action$='/accept/'] button")
    world.placement.refresh_from_db()
    assert world.placement.state == "confirmed"


def test_a_schools_coordinator_finds_a_student(live_web, open_page, world):
    page = open_page(live_web.url, user=world.coordinator)
    page.goto("/students/")
    tab_to(page, "main input[type=search]")
    page.keyboard.type("Ventesen")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, f"main a[href='/students/{world.waiting.student_id}/']")
    expect(page.locator("h1")).to_contain_text("Ventesen")


def test_a_countys_coordinator_opens_a_round_and_its_places(live_web, open_page, world):
    page = open_page(live_web.url, user=world.county_coordinator)
    page.goto("/rounds/")
    press(page, f"main a[href='/rounds/{world.round.pk}/']")
    press(page, f"main a[href^='/rounds/{world.round.pk}/placements/']")
    press(page, "main a[href$='/withdraw/']")
    tab_to(page, "main form[method=post] button[type=submit]")


def test_an_administrator_opens_the_words_of_a_letter(live_web, open_page, world):
    page = open_page(live_web.url, user=world.administrator)
    page.goto("/documents/texts/")
    press(page, "main a[href^='/documents/texts/']")
    tab_to(page, "main textarea")


def test_what_no_key_reaches_is_found(live_web, open_page, world):
    """Negative control: a link taken out of the order of Tab is not reached."""
    page = open_page(live_web.url, user=world.student)
    page.goto("/my-practice/")
    page.evaluate("() => document.querySelector(\"header a[href='/messages/']\").tabIndex = -1")
    with pytest.raises(pytest.fail.Exception):
        tab_to(page, "header a[href='/messages/']", most=60)
