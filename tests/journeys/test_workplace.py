"""A workplace's two minutes on a phone, from the mail's link: answered, or passed on, without an account."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from placements.actions import capacity
from placements.models import Contact, Round, Slot, Workplace
from tests import factories as f
from tests.browser import PHONE, check_everywhere, check_page
from tests.cast import World, make_world
from tests.live import LiveStack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST = 4  # interactions: what the workplace was promised
LAST_YEAR = 3


@dataclass
class Hand:
    """Does what a person does, and counts it: one for each tap and each field typed in."""

    page: Page
    done: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.done.append("the mail's link")
        self.page.goto(address)

    def tap(self, what: Locator) -> None:
        self.done.append(f"tap {what}")
        what.click()

    def type(self, what: Locator, text: str) -> None:
        self.done.append(f"type in {what}")
        what.fill(text)


@pytest.fixture
def world(live_stack: LiveStack) -> World:
    """A workplace without an account is asked by mail; it took three last year."""
    world = make_world("Vaarvik", round_state="collecting")
    Round.objects.filter(pk=world.round.pk).update(published_at=None)
    last_year = f.RoundFactory(
        county=world.county,
        state="closed",
        wishes_deadline=timezone.now() - dt.timedelta(days=300),
        capacity_deadline=timezone.now() - dt.timedelta(days=310),
    )
    then = f.PeriodFactory(round=last_year, start=dt.date(2026, 2, 9))
    f.SlotFactory(period=then, workplace=world.workplace, capacity=LAST_YEAR)
    world.placement.delete()
    Contact.objects.filter(pk=world.contact.pk).update(user=None)
    world.request.delete()
    world.round.refresh_from_db()
    capacity.ask(world.round, workplaces=[world.workplace], by=world.coordinator)
    return world


@pytest.fixture
def phone(live_stack: LiveStack, open_page: Callable[..., Page]) -> Hand:
    return Hand(open_page(live_stack.url, size=PHONE))


def link_for(live: LiveStack, address: str) -> str:
    letter = live.wait_for_mail(address).get_body(("plain",)).get_content()
    found = re.search(r"https?://\S+/c/\S+", letter)
    assert found
    return found[0]


def nobody_has_signed_in() -> bool:
    signed_in = any("_auth_user_id" in s.get_decoded() for s in Session.objects.all())
    return not signed_in and not Contact.objects.exclude(user=None).exists()


def test_last_years_numbers_stand_in_at_most_four_interactions(live_stack, world, phone):
    link = link_for(live_stack, world.contact.email)
    phone.open(link)
    expect(phone.page.locator("input[type=number]").first).to_have_value(str(LAST_YEAR))
    check_everywhere(phone.page)
    phone.tap(phone.page.get_by_role("button", name="Send svar"))
    phone.page.wait_for_url("**/c/receipt/")
    expect(phone.page.locator("main")).to_contain_text(f"Dere tar imot {LAST_YEAR} elever")
    check_everywhere(phone.page)
    assert len(phone.done) <= MOST, phone.done
    assert [s.capacity for s in Slot.objects.filter(round=world.round)] == [LAST_YEAR]
    assert nobody_has_signed_in()


def test_one_more_than_last_year_is_within_the_promise_too(live_stack, world, phone):
    phone.open(link_for(live_stack, world.contact.email))
    phone.tap(phone.page.locator("[data-step='1']").first)
    phone.tap(phone.page.get_by_role("button", name="Send svar"))
    phone.page.wait_for_url("**/c/receipt/")
    assert len(phone.done) <= MOST, phone.done
    assert [s.capacity for s in Slot.objects.filter(round=world.round)] == [LAST_YEAR + 1]


def test_the_wrong_person_passes_it_on_and_the_right_one_answers(
    live_stack, world, phone, open_page
):
    """The colleague gets a link of her own, and needs no account either."""
    colleague = "kari@" + world.contact.email.partition("@")[2]
    phone.open(link_for(live_stack, world.contact.email))
    with phone.page.expect_navigation():
        phone.tap(phone.page.get_by_role("link", name="Ikke deg? Send videre"))
    check_page(phone.page)
    phone.type(phone.page.locator("#id_name"), "Kollegaen")
    phone.type(phone.page.locator("#id_email"), colleague)
    phone.tap(phone.page.locator("main form button[type=submit]"))
    phone.page.wait_for_url("**/c/answer/")
    expect(phone.page.locator("main, [role=status]").first).to_be_visible()
    check_page(phone.page)

    hers = Hand(open_page(live_stack.url, size=PHONE))
    hers.open(link_for(live_stack, colleague))
    hers.tap(hers.page.get_by_role("button", name="Send svar"))
    hers.page.wait_for_url("**/c/receipt/")
    assert len(hers.done) <= MOST, hers.done
    assert Workplace.objects.get(pk=world.workplace.pk).slots.get(round=world.round).capacity == 3
    assert not User.objects.filter(email=colleague).exists()
    assert nobody_has_signed_in()


def test_a_fifth_interaction_would_be_seen(phone):
    """Negative control: the hand counts each act."""
    phone.page.set_content("<button>x</button><input>")
    for _ in range(MOST):
        phone.tap(phone.page.get_by_role("button"))
    phone.type(phone.page.locator("input"), "1")
    assert len(phone.done) == MOST + 1
