"""Somebody changes the address she signs in with, on a phone, and signs in with the new one."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from accounts.models import User
from accounts.policy import Role
from tests import factories as f
from tests.browser import PHONE, check_everywhere, check_page, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "kari.ny@example.no"


def test_the_new_address_is_shown_to_be_hers_and_signs_her_in(live_stack, open_page):
    cache.clear()
    kari = f.UserFactory(name="Kari", email="kari@example.no", role=Role.SCHOOL_COORDINATOR)
    page = open_page(live_stack.url, user=kari, size=PHONE)
    page.goto("/profile/")
    press(page.get_by_role("link", name="Bytt adresse"))
    check_everywhere(page)
    page.get_by_label("Ny e-postadresse").fill(kari.email)
    page.get_by_role("button", name="Send lenken").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    page.get_by_label("Ny e-postadresse").fill(NEW)
    page.get_by_role("button", name="Send lenken").click()
    expect(page.locator("main")).to_contain_text("Se i e-posten din")
    check_everywhere(page)

    text = live_stack.wait_for_mail(NEW).get_body(("plain",)).get_content()
    link = re.search(r"https?://\S+/profile/address/\S+", text)
    assert link
    page.goto(link[0])
    check_page(page)
    assert User.objects.get(pk=kari.pk).email == kari.email
    page.get_by_role("button", name="Ja, bytt").click()
    page.wait_for_url("**/profile/")
    expect(page.locator("main")).to_contain_text(f"Fra nå av logger du inn med {NEW}")
    live_stack.wait_for_mail("kari@example.no")

    other = open_page(live_stack.url, size=PHONE)
    other.goto("/sign-in/")
    other.get_by_label("E-post").fill(NEW)
    other.locator("main form button").first.click()
    live_stack.until(lambda: "Koden" in str(live_stack.mails(NEW)[-1]["Subject"]))
    text = live_stack.mails(NEW)[-1].get_body(("plain",)).get_content()
    code = re.search(r"\b\d{4}-\d{4}\b", text)
    assert code
    other.get_by_label("Koden fra e-posten").fill(code[0])
    press(other.locator("main form button").first)
    other.goto("/profile/")
    expect(other.locator("main")).to_contain_text(NEW)
