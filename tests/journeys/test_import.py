"""A class list whose columns are chosen wrong: the page says so, is shown again, and goes on from there."""

import pytest
from playwright.sync_api import expect

from schools.models import Student
from tests.browser import check_everywhere, press
from tests.cast import make_world
from tests.schools.lists import listing, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_columns_again_after_a_wrong_choice(live_web, open_page):
    world = make_world("Vaarvik")
    page = open_page(live_web.url, user=world.coordinator)
    page.goto("/students/import/")
    page.locator("main textarea[name=pasted]").fill(
        listing(row(1, municipality=world.school.municipality.name))
    )
    press(page.locator("main form[enctype] button").first)
    given = page.locator("select[name=column_given_name]")
    right = given.input_value()
    given.select_option(page.locator("select[name=column_family_name]").input_value())
    press(page.get_by_role("button", name="Se hva som endres"))
    expect(page.get_by_text("Denne kolonnen er alt valgt lenger opp.").first).to_be_visible()
    check_everywhere(page)
    page.locator("select[name=column_given_name]").select_option(right)
    press(page.get_by_role("button", name="Se hva som endres"))
    assert page.url.rstrip("/").split("/")[-2] == "imports"
    assert not Student.objects.filter(family_name="Moen").exists(), "seen, and not stored yet"
