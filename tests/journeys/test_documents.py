"""Papers for a whole class: asked for, made by a worker while a page shows how far, fetched."""

import zipfile

import pytest
from playwright.sync_api import expect

from placements.models import Bundle
from tests import factories as f
from tests.browser import check_everywhere, press
from tests.cast import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MANY = 11  # more than are made while one waits


@pytest.fixture
def world(live_stack):
    world = make_world("Vaarvik")
    slot = f.SlotFactory(period=world.period, capacity=MANY)
    for _ in range(MANY - 1):
        student = f.StudentFactory(school_class=world.school_class)
        candidate = f.CandidateFactory(student=student, round=world.round)
        f.PlacementFactory(candidate=candidate, slot=slot, created_by=world.coordinator)
    return world


def test_many_papers_are_waited_for_and_fetched(live_stack, world, open_page):
    page = open_page(live_stack.url, user=world.coordinator)
    page.goto(f"/rounds/{world.round.pk}/documents/")
    check_everywhere(page)
    press(page.get_by_role("button", name="Last ned"))
    ready = page.get_by_text(f"{MANY} dokumenter er klare.")
    expect(ready).to_be_visible(timeout=60_000)
    check_everywhere(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Last ned").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len(archive.namelist()) == MANY
    Bundle.objects.update(state="queued", file=None, done=3)  # as it looked on the way
    page.reload()
    expect(page.get_by_text(f"3 av {MANY}")).to_be_visible()
    check_everywhere(page)
    Bundle.objects.update(state="failed")
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    check_everywhere(page)
