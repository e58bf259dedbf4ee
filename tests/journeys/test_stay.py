"""A stay as three people live it, on a phone: noted, agreed to, spoken of."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from placements.models import Attendance, Evaluation, Feedback
from tests.browser import PHONE, check_everywhere, press
from tests.cast import make_world
from tests.placements.stay import going_on

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")  # a folder, to look at the pages


@pytest.fixture
def world(transactional_db):
    return make_world("Vaarvik")


def look(page, name):
    check_everywhere(page)
    if PICTURES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def press_button(page, name):
    press(page.get_by_role("button", name=name))


def test_a_stay_on_a_phone(live_web, open_page, world):
    stay = going_on(world)

    def at(who, name):
        page = open_page(live_web.url, user=getattr(world, who), size=PHONE)
        page.goto(reverse(name, args=[stay.pk]))
        return page

    contact = open_page(live_web.url, user=world.workplace_contact, size=PHONE)
    contact.goto("/my-students/")
    look(contact, "my-students")
    press(contact.get_by_role("link", name="Oppmøte"))
    look(contact, "attendance-empty")
    press_button(contact, "Alle 4 dager")
    assert Attendance.objects.filter(present=True).count() == 4
    contact.get_by_role("radio", name="Fravær").first.check()
    press_button(contact, "Lagre")
    assert Attendance.objects.filter(present=True).count() == 3
    look(contact, "attendance")

    for who in ("student", "workplace_contact", "coordinator"):
        page = at(who, "agreement")
        if who == "student":
            look(page, "agreement")
        press_button(page, "Jeg godtar")
    assert "Alle tre har godtatt" in page.locator("main").inner_text()
    look(page, "agreement-done")

    contact.goto(reverse("feedback", args=[stay.pk]))
    look(contact, "feedback")
    for group in contact.locator("main form fieldset").all():
        group.locator("input").first.check()
    press_button(contact, "Lagre tilbakemeldingen")
    assert Feedback.objects.get().safety == 3

    student = at("student", "evaluation")
    look(student, "evaluation")
    for group in student.locator("main form fieldset").all():
        group.locator("input").first.check()
    press_button(student, "Send")
    assert Evaluation.objects.get().tasks == 4
    student.goto(reverse("absence", args=[stay.pk]))
    look(student, "absence")
    press_button(student, "Si fra til")
    look(student, "absence-told")
    student.goto("/my-practice/")
    look(student, "my-practice")

    school = at("coordinator", "visits")
    school.get_by_role("textbox", name="Notat").fill("Trives godt")
    press_button(school, "Skriv det ned")
    assert "Trives godt" in school.locator("main").inner_text()
    look(school, "visits")
    county = at("county_coordinator", "placement_withdraw")
    look(county, "break-off")
