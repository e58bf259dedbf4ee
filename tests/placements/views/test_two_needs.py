"""A student with two practices in one round: her own pages, mails, calendar and papers tell them apart."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import outbox
from placements.actions import preferences, swaps, ties
from placements.emails.publication import to_student
from placements.models import Candidate, Placement, Preference, Round, Swap
from tests import factories as f

WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def two(world):
    """The round is open, and she is to have two practices in it."""
    Round.objects.filter(pk=world.round.pk).update(state="open", published_at=None)
    world.placement.delete()
    world.candidate = Candidate.objects.get(pk=world.candidate.pk)
    world.second = ties.add_need(world.candidate, by=world.county_coordinator)
    return world


@pytest.fixture
def placed(two):
    """Published: one at our workplace, the other a month later at another."""
    period = f.PeriodFactory(round=two.round, start=two.period.end + WEEK)
    workplace = f.WorkplaceFactory(
        name="Nidelva legesenter", municipality=two.workplace.municipality
    )
    slot = f.SlotFactory(period=period, workplace=workplace)
    two.first = f.PlacementFactory(
        candidate=two.candidate, slot=two.slot, created_by=two.coordinator
    )
    two.other = f.PlacementFactory(candidate=two.second, slot=slot, created_by=two.coordinator)
    Round.objects.filter(pk=two.round.pk).update(state="published", published_at=timezone.now())
    return two


@pytest.fixture
def herself(client, two):
    client.force_login(two.student)
    return client


def text(client, name, *args):
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


def test_her_first_page_has_both_each_under_its_name(herself, two):
    said = text(herself, "my_practice")
    assert re.findall(r'<section class="stack" aria-label="([^"]+)"', said) == [
        f"{two.round.name}, Praksis 1 av 2",
        f"{two.round.name}, Praksis 2 av 2",
    ]
    for candidate in (two.candidate, two.second):
        assert reverse("preferences", args=[candidate.pk]) in said


def test_with_one_practice_nothing_is_numbered(client, world):
    client.force_login(world.student)
    assert "Praksis 1 av" not in text(client, "my_practice")
    assert world.candidate.which == ""


def test_each_list_of_wishes_names_the_other_and_whether_it_is_sent(herself, two):
    said = text(herself, "preferences", two.second.pk)
    assert "Praksis 2 av 2" in said
    others = said.split('id="others"')[1].split("</section>")[0]
    assert reverse("preferences", args=[two.candidate.pk]) in others
    assert "Praksis 1 av 2" in others
    preferences.send(two.candidate, version=two.candidate.version, by=two.student)
    said = text(herself, "preferences", two.second.pk)
    assert "Sendt" in said.split('id="others"')[1].split("</section>")[0]


def test_wishes_are_kept_apart_and_what_she_needs_is_not(two):
    Preference.objects.filter(candidate=two.second).delete()
    assert two.candidate.preferences.exists()
    preferences.state_needs(
        two.candidate, no_car=True, step_free=False, version=two.candidate.version, by=two.student
    )
    assert Candidate.objects.get(pk=two.second.pk).no_car is True
    assert Candidate.objects.get(pk=two.waiting.pk).no_car is False, "another student's"


def test_mails_about_wishes_say_which(two):
    preferences.announce(Round.objects.get(pk=two.round.pk))
    outbox.deliver_due()
    hers = [m for m in mail.outbox if m.to == [two.student.email]]
    assert sorted(re.findall(r"\((praksis \d av 2)\)", " ".join(m.subject for m in hers))) == [
        "praksis 1 av 2",
        "praksis 2 av 2",
    ]
    others = [m for m in mail.outbox if m.to != [two.student.email]]
    assert others
    assert not any("praksis 1 av" in m.subject for m in others)


@pytest.mark.parametrize(
    "kind", ["student_placed", "student_moved", "student_waiting", "student_withdrawn"]
)
def test_mails_about_places_say_which(two, kind):
    letter = to_student(kind, Candidate.objects.get(pk=two.second.pk))
    said = letter.context
    assert "2 of 2" in said["subject"] or "2 av 2" in said["subject"]
    assert any("2 of 2" in p or "2 av 2" in p for p in said["paragraphs"])


def test_both_places_stand_on_her_page_each_with_its_own_papers(herself, placed):
    said = text(herself, "my_practice")
    ids = re.findall(r'\sid="([^"]+)"', said)
    assert len(ids) == len(set(ids)), "no id stands twice"
    for placement in (placed.first, placed.other):
        assert placement.slot.workplace.name in said
        for name in ("agreement", "attendance", "placement_calendar"):
            assert reverse(name, args=[placement.pk]) in said
        assert reverse("placement_document", args=[placement.pk, "letter"]) in said
    assert "Praksis 2 av 2" in text(herself, "placement", placed.other.pk)
    assert "Praksis 1 av 2" in text(herself, "placement", placed.first.pk)


def test_one_place_and_one_still_looked_for(herself, placed):
    placed.other.delete()
    said = text(herself, "my_practice")
    second = said.split("Praksis 2 av 2")[1]
    assert "Du har ikke fått plass ennå" in said or "ikke fått plass" in second
    assert placed.first.slot.workplace.name in said


def test_her_calendar_has_the_days_of_both_and_none_twice(herself, placed):
    events = []
    for placement in (placed.first, placed.other):
        file = herself.get(reverse("placement_calendar", args=[placement.pk])).content
        events += Calendar.from_ical(file).walk("VEVENT")
    days = [event["dtstart"].dt.date() for event in events]
    assert len(days) == len(set(days)) == len(placed.first.days) + len(placed.other.days)
    assert len({str(event["uid"]) for event in events}) == len(events)


def test_what_is_kept_about_her_has_both(herself, placed):
    said = text(herself, "my_data")
    for placement in (placed.first, placed.other):
        assert placement.slot.workplace.name in said
    assert "(2)" in said


def test_the_coordinators_list_tells_the_two_apart(client, two):
    client.force_login(two.county_coordinator)
    said = text(client, "candidates", two.round.pk)
    assert said.count("Praksis 1 av 2") == 1
    assert said.count("Praksis 2 av 2") == 1


@pytest.fixture
def other_student(placed):
    """Somebody with a place in the later period, at a third workplace."""
    cache.clear()
    workplace = f.WorkplaceFactory(
        name="Bakken legesenter", municipality=placed.workplace.municipality
    )
    slot = f.SlotFactory(period=placed.other.period, workplace=workplace)
    placed.theirs = f.PlacementFactory(
        candidate=placed.waiting, slot=slot, created_by=placed.coordinator
    )
    placed.their_user = f.UserFactory(role="student", email="ventesen@example.no")
    type(placed.waiting.student).objects.filter(pk=placed.waiting.student_id).update(
        user=placed.their_user
    )
    return placed


def test_one_of_two_practices_is_swapped_and_the_other_stays(client, herself, other_student):
    world = other_student
    code = swaps.offer(world.theirs, by=world.their_user)
    said = text(herself, "swap", world.other.pk)
    assert 'Plassen du har <span class="muted">Praksis 2 av 2</span>' in said
    address = reverse("swap_agree", args=[world.other.pk])
    assert "Bakken legesenter" in herself.post(address, {"code": code}).content.decode()
    herself.post(address, {"code": code, "yes": "1"})
    client.force_login(world.county_coordinator)
    assert f"{world.student.student} (Praksis 2 av 2)" in text(client, "placements", world.round.pk)
    client.post(reverse("swap_approve", args=[Swap.objects.get().pk]))
    hers = Placement.objects.occupying().filter(student=world.candidate.student)
    assert {row.candidate_id: row.slot_id for row in hers} == {
        world.candidate.pk: world.first.slot_id,
        world.second.pk: world.theirs.slot_id,
    }


def test_not_for_a_place_on_the_days_of_her_other_practice(herself, other_student):
    """Her first practice for a place in the weeks of her second: said, and nothing is swapped."""
    world = other_student
    code = swaps.offer(world.theirs, by=world.their_user)
    address = reverse("swap_agree", args=[world.first.pk])
    page = herself.post(address, {"code": code}).content.decode()
    assert "Reglene tillater ikke at du er der" in page
    herself.post(address, {"code": code, "yes": "1"})
    assert Swap.objects.get().state == "offered"
    assert Placement.objects.occupying().filter(pk=world.first.pk).exists()
