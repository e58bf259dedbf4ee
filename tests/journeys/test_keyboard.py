"""Each role does her main errand with the keyboard alone, and always sees where she is."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from placements.actions import publication, runs
from placements.models import MatchingRun, Placement, Round
from tests import factories as f
from tests.cast import make_world
from tests.placements.county import small_county

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


@pytest.fixture
def county(transactional_db):
    county = small_county()
    county.place("Heimdal", 2)
    return county


@pytest.fixture
def proposal(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


def test_somebody_is_moved_on_the_board(live_web, open_page, county, proposal):
    page = open_page(live_web.url, user=county.by)
    page.goto(f"/runs/{proposal.pk}/")
    press(page, "main a[href$='/board/']")
    tab_to(page, "main input[name=candidate]")
    page.keyboard.press("Space")
    who = page.evaluate("document.activeElement.value")
    tab_to(page, "main select[name=to]")
    page.keyboard.type("Uten")
    tab_to(page, "main input[name=reason]")
    page.keyboard.type("Er syk")
    press(page, "form[data-board] button[type=submit]")
    press(page, "main form[action*='/board/undo/'] button")
    press(page, "main form[action*='/board/redo/'] button")
    assert [str(move.candidate_id) for move in proposal.moves.all()] == [who]


def test_what_if_there_were_a_place_more(live_web, open_page, county, proposal):
    page = open_page(live_web.url, user=county.by)
    page.goto(f"/runs/{proposal.pk}/")
    press(page, "main a[href$='/what-if/']")
    tab_to(page, "#id_slot")
    page.keyboard.type("Lade")
    tab_to(page, "#id_places")
    page.keyboard.type("2")
    press(page, "main form[action$='/what-if/start/'] button[type=submit]")
    asked = MatchingRun.objects.get(base=proposal)
    lade = str(county.slots["Lade"].pk)
    assert asked.changes == [{"kind": "capacity", "slot": lade, "places": 2}]


def test_a_repair_is_asked_for(live_web, open_page, county, proposal):
    publication.publish(proposal, by=county.by)
    page = open_page(live_web.url, user=county.by)
    page.goto(f"/rounds/{county.round.pk}/placements/")
    press(page, "main a[href$='/withdraw/']")
    tab_to(page, "#id_reason")
    page.keyboard.press("ArrowDown")
    press(page, "main form[method=post] button[type=submit]")
    page.goto(f"/rounds/{county.round.pk}/placements/")
    press(page, "main button[name=repair]")
    assert MatchingRun.objects.filter(round=county.round, repairs=True).exists()


def test_two_students_swap_and_the_coordinator_lets_them(live_web, open_page, world):
    cache.clear()
    elsewhere = f.WorkplaceFactory(municipality=world.workplace.municipality)
    theirs = f.PlacementFactory(
        candidate=world.waiting,
        slot=f.SlotFactory(period=world.period, workplace=elsewhere, capacity=1),
        created_by=world.county_coordinator,
    )
    other = f.UserFactory(role="student", email="ventesen@example.no")
    type(world.waiting.student).objects.filter(pk=world.waiting.student_id).update(user=other)

    page = open_page(live_web.url, user=world.student)
    page.goto("/my-practice/")
    press(page, "main a[href$='/swap/']")
    press(page, "main form[action$='/swap/offer/'] button")
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", page.locator("main").inner_text())
    assert code

    page = open_page(live_web.url, user=other)
    page.goto("/my-practice/")
    press(page, "main a[href$='/swap/']")
    tab_to(page, "main input[name=code]")
    page.keyboard.type(code[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "main button[name=yes]")

    page = open_page(live_web.url, user=world.county_coordinator)
    page.goto(f"/rounds/{world.round.pk}/placements/")
    press(page, "main form[action*='/swaps/'][action$='/approve/'] button")
    now = Placement.objects.occupying().get(candidate=world.candidate)
    assert now.slot_id == theirs.slot_id


def test_a_student_ranks_and_sends_her_wishes(live_web, open_page, county):
    candidate = county.candidates["Anna"]
    Round.objects.filter(pk=county.round.pk).update(state="open")
    type(candidate).objects.filter(pk=candidate.pk).update(
        wishes_state="draft", wishes_sent_at=None
    )
    candidate.student.user = f.UserFactory(role="student", email="anna@example.no")
    candidate.student.save(update_fields=["user"])
    page = open_page(live_web.url, user=candidate.student.user)
    page.goto(f"/candidates/{candidate.pk}/wishes/")
    press(page, "main button[name=up]:not([disabled])")
    press(page, "main form[action$='/send/'] button")
    ranked = candidate.preferences.order_by("rank").values_list("workplace__name", flat=True)
    assert list(ranked) == ["Lade", "Torget"]


def test_what_no_key_reaches_is_found(live_web, open_page, world):
    """Negative control: a link taken out of the order of Tab is not reached."""
    page = open_page(live_web.url, user=world.student)
    page.goto("/my-practice/")
    page.evaluate("() => document.querySelector(\"header a[href='/messages/']\").tabIndex = -1")
    with pytest.raises(pytest.fail.Exception):
        tab_to(page, "header a[href='/messages/']", most=60)
