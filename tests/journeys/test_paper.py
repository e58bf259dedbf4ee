"""A page on paper: what is folded on the screen cannot be unfolded there."""

import pytest
from django.urls import reverse

from tests.cast import make_world
from tests.placements.documents.reading import text_of

pytestmark = pytest.mark.browser


@pytest.fixture
def world(transactional_db):
    return make_world("Vaarvik")


def test_a_folded_table_is_printed_and_a_folded_form_is_not(live_web, open_page, world):
    page = open_page(live_web.url, user=world.county_coordinator)
    page.goto(reverse("capacity", args=[world.round.pk]))
    twin = page.locator("figure.chart details table").first
    assert not twin.is_visible()
    head = twin.locator("th").first.text_content()
    printed = text_of(page.pdf())
    assert head
    assert head in printed
    assert "Som tabell" in printed  # what it is called is its heading
    page.goto(reverse("workplace", args=[world.workplace.pk]))
    printed = text_of(page.pdf())
    assert world.contact.name in printed
    assert "Legg til kontaktperson" not in printed
