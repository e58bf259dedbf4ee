"""Swapping, page by page: the code, the other's yes, the coordinator's; and what nobody may see."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from placements.models import Placement, Swap
from tests import factories as f
from tests.cast import make_world


@pytest.fixture
def world(db):
    cache.clear()
    world = make_world("Vaarvik")
    elsewhere = f.WorkplaceFactory(
        name="Vaarvik sykehus", municipality=world.workplace.municipality
    )
    world.theirs = f.PlacementFactory(
        candidate=world.waiting,
        slot=f.SlotFactory(period=world.period, workplace=elsewhere, capacity=1),
        created_by=world.county_coordinator,
    )
    world.their_user = f.UserFactory(role="student", email="ventesen@example.no")
    student = world.waiting.student
    student.user = world.their_user
    student.save(update_fields=["user"])
    return world


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code_of(client, placement) -> str:
    page = client.post(reverse("swap_offer", args=[placement.pk]), follow=True).content.decode()
    # Not a part of an id in an address, some of which have no letters.
    return re.search(r"(?<![\w-])[2-9A-Z]{4}-[2-9A-Z]{4}(?![\w-])", page)[0]


def test_from_code_to_approval(world):
    hers, theirs = signed_in(world.student), signed_in(world.their_user)
    assert (
        reverse("swap", args=[world.placement.pk])
        in hers.get(reverse("my_practice")).content.decode()
    )
    code = code_of(hers, world.placement)
    address = reverse("swap_agree", args=[world.theirs.pk])
    page = theirs.post(address, {"code": code}).content.decode()
    assert world.workplace.name in page  # where she would be
    assert str(world.placement.student) not in page  # and not who is there now
    assert Swap.objects.get().state == "offered"
    theirs.post(address, {"code": code, "yes": "1"})
    swap = Swap.objects.get()
    assert swap.state == "agreed"
    decider = signed_in(world.county_coordinator)
    page = decider.get(reverse("placements", args=[world.round.pk])).content.decode()
    assert "1 bytte venter på deg" in page
    decider.post(reverse("swap_approve", args=[swap.pk]))
    now = Placement.objects.occupying().get(student=world.placement.student)
    assert now.slot_id == world.theirs.slot_id
    assert world.workplace.name in theirs.get(reverse("my_practice")).content.decode()


def test_a_wrong_code_is_said_by_the_field_and_too_many_are_stopped(world):
    theirs = signed_in(world.their_user)
    address = reverse("swap_agree", args=[world.theirs.pk])
    answers = [theirs.post(address, {"code": f"AAAA-AAA{n}"}) for n in range(2, 10)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Ingen tilbyr plass med den koden" in answers[0].content.decode()
    code = code_of(signed_in(world.student), world.placement)
    last = [theirs.post(address, {"code": code}).content.decode() for _n in range(4)]
    assert "Plassen du ville fått" in last[0]  # the right one, while there is patience
    assert "mange koder" in last[-1]


def test_only_who_decides_on_the_round_decides(world):
    """A school's coordinator sees a shared round, and decides on her own only."""
    hers = signed_in(world.student)
    code = code_of(hers, world.placement)
    signed_in(world.their_user).post(
        reverse("swap_agree", args=[world.theirs.pk]), {"code": code, "yes": "1"}
    )
    swap = Swap.objects.get()
    school = signed_in(world.coordinator)
    assert school.post(reverse("swap_approve", args=[swap.pk])).status_code == 404
    assert (
        "venter på deg"
        not in school.get(reverse("placements", args=[world.round.pk])).content.decode()
    )
    assert hers.post(reverse("swap_approve", args=[swap.pk])).status_code == 403
    strange = signed_in(make_world("Elvebakken").county_coordinator)
    assert strange.post(reverse("swap_approve", args=[swap.pk])).status_code == 404
    assert Swap.objects.get().state == "agreed"


def test_another_s_place_has_no_swap_page(world):
    hers = signed_in(world.student)
    assert hers.get(reverse("swap", args=[world.theirs.pk])).status_code == 404
    assert hers.post(reverse("swap_offer", args=[world.theirs.pk])).status_code == 404


def test_handled_by_hand_makes_a_swap_disappear(world):
    code = code_of(signed_in(world.student), world.placement)
    student = world.placement.student
    student.manual_handling = True
    student.save(update_fields=["manual_handling"])
    answer = signed_in(world.their_user).post(
        reverse("swap_agree", args=[world.theirs.pk]), {"code": code}
    )
    assert answer.status_code == 422


def test_a_no_with_an_identity_number_is_not_sent(world):
    code = code_of(signed_in(world.student), world.placement)
    theirs = signed_in(world.their_user)
    theirs.post(reverse("swap_agree", args=[world.theirs.pk]), {"code": code, "yes": "1"})
    decider, swap = signed_in(world.county_coordinator), Swap.objects.get()
    decider.post(reverse("swap_decline", args=[swap.pk]), {"answer": "Gjelder 13097248022"})
    assert Swap.objects.get().state == "agreed"
    decider.post(reverse("swap_decline", args=[swap.pk]), {"answer": "Avtalen er skrevet."})
    assert Swap.objects.get().state == "declined"


def test_called_off_by_either(world):
    code = code_of(signed_in(world.student), world.placement)
    theirs = signed_in(world.their_user)
    theirs.post(reverse("swap_agree", args=[world.theirs.pk]), {"code": code, "yes": "1"})
    page = theirs.get(reverse("swap", args=[world.theirs.pk])).content.decode()
    assert "Begge har sagt ja" in page
    theirs.post(reverse("swap_call_off", args=[Swap.objects.get().pk]))
    assert Swap.objects.get().state == "withdrawn"
