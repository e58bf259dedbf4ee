"""Two students swap: both want it, the rules allow it, a coordinator says yes. All of it, or nothing."""

import datetime as dt
from threading import Event

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEvent, OutboxMessage
from placements.actions import placements, swaps
from placements.locks import Busy, lock_round
from placements.models import Conflict, Pairing, Placement, Quota, Swap
from tests import factories as f
from tests.cast import make_world
from tests.race import errors, race


@pytest.fixture
def world(db):
    """A published round in which both students have a place, each at a full workplace."""
    world = make_world("Vaarvik")
    type(world.slot).objects.filter(pk=world.slot.pk).update(capacity=1)
    world.slot.refresh_from_db()
    world.elsewhere = f.WorkplaceFactory(
        name="Vaarvik sykehus", municipality=world.workplace.municipality
    )
    slot = f.SlotFactory(period=world.period, workplace=world.elsewhere, capacity=1)
    world.theirs = f.PlacementFactory(
        candidate=world.waiting, slot=slot, created_by=world.county_coordinator
    )
    world.their_user = f.UserFactory(role="student", email="ventesen@example.no")
    type(world.waiting.student).objects.filter(pk=world.waiting.student_id).update(
        user=world.their_user
    )
    return world


def agreed(world) -> Swap:
    code = swaps.offer(world.placement, by=world.student)
    swap = swaps.find(code, mine=world.theirs)
    return swaps.agree(swap, mine=world.theirs, by=world.their_user)


def where(world) -> dict[str, str]:
    rows = Placement.objects.occupying().filter(round=world.round)
    return {str(row.student): row.slot.workplace.name for row in rows}


def test_two_swap_when_all_three_have_said_yes(world):
    before = where(world)
    swap = agreed(world)
    assert where(world) == before  # nothing has happened yet
    assert (
        OutboxMessage.objects.filter(kind="swap_asked")
        .values_list("recipient", flat=True)
        .distinct()
        .get()
        == world.county_coordinator.email
    )
    swaps.approve(swap, by=world.county_coordinator)
    one, other = sorted(before)
    assert where(world) == {one: before[other], other: before[one]}
    swap.refresh_from_db()
    assert (swap.state, swap.decided_by) == ("done", world.county_coordinator)
    told = OutboxMessage.objects.filter(kind="student_moved").values_list("subject_id", flat=True)
    assert set(told) == {world.candidate.pk, world.waiting.pk}
    assert OutboxMessage.objects.filter(kind="workplace_students").exists()
    verbs = AuditEvent.objects.values_list("verb", flat=True)
    assert {"swap.offered", "swap.agreed", "swap.approved", "placement.withdrawn"} <= set(verbs)


def test_what_the_rules_do_not_allow_is_refused_by_name_and_changes_nothing(world):
    before, swap = where(world), agreed(world)
    Conflict.objects.create(
        student=world.candidate.student,
        workplace=world.elsewhere,
        registered_by=world.coordinator,
    )
    with pytest.raises(swaps.CannotSwap, match="inhabilitet"):
        swaps.approve(swap, by=world.county_coordinator)
    assert where(world) == before
    swap.refresh_from_db()
    assert swap.state == "agreed"


def test_a_place_that_has_changed_meanwhile_is_not_swapped(world):
    swap = agreed(world)
    placements.withdraw(
        world.theirs, reason="other", leaves=False, version=1, by=world.county_coordinator
    )
    with pytest.raises(swaps.CannotSwap, match="har endret seg"):
        swaps.approve(swap, by=world.county_coordinator)
    assert Placement.objects.occupying().filter(round=world.round).count() == 1


def test_practice_that_has_begun_is_not_swapped(world):
    today = timezone.localdate()
    begun = f.PeriodFactory(round=world.round, start=today - dt.timedelta(days=today.weekday() + 7))
    slot = f.SlotFactory(period=begun, workplace=world.workplace, capacity=1)
    Placement.objects.filter(pk=world.placement.pk).update(state="withdrawn", **ended(world))
    there = f.PlacementFactory(candidate=world.candidate, slot=slot, created_by=world.coordinator)
    with pytest.raises(swaps.CannotSwap, match="har begynt"):
        swaps.offer(there, by=world.student)
    code = swaps.offer(world.theirs, by=world.their_user)
    with pytest.raises(swaps.CannotSwap, match="har begynt"):
        swaps.agree(swaps.find(code, mine=there), mine=there, by=world.student)


def ended(world):
    return {
        "ended_at": timezone.now(),
        "ended_by": world.coordinator,
        "end_reason": "mistake",
    }


def test_a_code_opens_for_another_student_of_the_round_and_nobody_else(world):
    code = swaps.offer(world.placement, by=world.student)
    assert swaps.find(code.lower(), mine=world.theirs)
    assert swaps.find(code.replace("-", " "), mine=world.theirs)
    strange = make_world("Elvebakken")
    for typed, mine in (
        (code, world.placement),
        (code, strange.placement),
        ("AAAA-AAAA", world.theirs),
    ):
        with pytest.raises(swaps.CannotSwap, match="koden"):
            swaps.find(typed, mine=mine)
    assert code.replace("-", "") not in str(Swap.objects.values().get())  # only its hash is kept


def test_a_code_lasts_a_week_and_dies_with_a_new_one(world):
    code = swaps.offer(world.placement, by=world.student)
    Swap.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(swaps.CannotSwap):
        swaps.find(code, mine=world.theirs)
    code = swaps.offer(world.placement, by=world.student)
    new = swaps.offer(world.placement, by=world.student)
    with pytest.raises(swaps.CannotSwap):
        swaps.find(code, mine=world.theirs)
    assert swaps.find(new, mine=world.theirs)


def test_either_calls_it_off_until_it_is_decided(world):
    swap = agreed(world)
    swaps.withdraw(swap, by=world.their_user)
    with pytest.raises(swaps.CannotSwap, match="avlyst"):
        swaps.approve(swap, by=world.county_coordinator)
    swap = agreed(world)
    swaps.approve(swap, by=world.county_coordinator)
    with pytest.raises(swaps.CannotSwap, match="avgjort"):
        swaps.withdraw(swap, by=world.student)


def test_who_has_agreed_cannot_agree_again(world):
    agreed(world)
    with pytest.raises(swaps.CannotSwap, match="allerede"):
        swaps.offer(world.placement, by=world.student)
    with pytest.raises(swaps.CannotSwap, match="allerede"):
        swaps.offer(world.theirs, by=world.their_user)


def test_a_no_is_told_to_both_with_its_words(world):
    swap, before = agreed(world), where(world)
    swaps.decline(swap, answer="Avtalen er skrevet.", by=world.county_coordinator)
    told = OutboxMessage.objects.filter(kind="swap_declined")
    assert {row.subject_id for row in told} == {world.candidate.pk, world.waiting.pk}
    assert where(world) == before
    with pytest.raises(swaps.CannotSwap):
        swaps.approve(swap, by=world.county_coordinator)


def test_what_it_bends_is_said_to_who_decides(world):
    assert ties(world) == []
    one, other = sorted((world.candidate, world.waiting), key=lambda who: who.pk.int)
    Pairing.objects.create(round=world.round, kind="apart", one=one, other=other)
    assert len(ties(world)) == 1
    Pairing.objects.all().delete()
    Quota.objects.create(
        round=world.round, school=world.school, workplace=world.workplace, at_most=1
    )
    assert ties(world) == []  # of the same school, so that its number stays
    world.theirs.school = f.SchoolFactory()
    assert len(ties(world)) == 1


def ties(world):
    return [fact for fact in swaps.facts(world.placement, world.theirs) if fact.kind == "tie"]


def test_the_database_refuses_two_open_swaps_of_one_place(world):
    agreed(world)
    expires = timezone.now()
    with pytest.raises(IntegrityError, match="swap_one_open"), transaction.atomic():
        Swap.objects.create(
            round=world.round, one=world.placement, token_hash=b"x" * 32, expires_at=expires
        )
    with pytest.raises(IntegrityError, match="swap_of_two"), transaction.atomic():
        Swap.objects.create(
            round=world.round,
            one=world.theirs,
            other=world.theirs,
            state="withdrawn",
            token_hash=b"y" * 32,
            expires_at=expires,
        )
    with pytest.raises(IntegrityError, match="swap_decided_by_somebody"), transaction.atomic():
        Swap.objects.filter(one=world.placement).update(state="done")
    with pytest.raises(IntegrityError, match="swap_agreed_by_both"), transaction.atomic():
        Swap.objects.filter(one=world.placement).update(state="offered")


def test_two_coordinators_at_once_one_decides(transactional_db, world):
    before, swap = where(world), agreed(world)
    outcomes = race(
        *[lambda by=by: swaps.approve(Swap.objects.get(pk=swap.pk), by=by)
          for by in (world.county_coordinator, world.coordinator)]
    )  # fmt: skip
    assert [type(error) for error in errors(outcomes)] == [swaps.CannotSwap]
    one, other = sorted(before)
    assert where(world) == {one: before[other], other: before[one]}
    assert AuditEvent.objects.filter(verb="swap.approved").count() == 1


def test_called_off_and_approved_at_once_one_of_them_happens(transactional_db, world):
    before, swap = where(world), agreed(world)
    outcomes = race(
        lambda: swaps.approve(Swap.objects.get(pk=swap.pk), by=world.county_coordinator),
        lambda: swaps.withdraw(Swap.objects.get(pk=swap.pk), by=world.student),
    )
    assert [type(error) for error in errors(outcomes)] == [swaps.CannotSwap]
    swap.refresh_from_db()
    one, other = sorted(before)
    turned = {one: before[other], other: before[one]}
    assert (swap.state, where(world)) in [("done", turned), ("withdrawn", before)]


def test_who_calls_it_off_while_the_round_is_held_is_told_to_try_again(transactional_db, world):
    swap = agreed(world)
    held, done = Event(), Event()

    def hold():
        with transaction.atomic():
            lock_round(world.round.pk)
            held.set()
            done.wait(30)

    def call_off():
        held.wait(30)
        try:
            swaps.withdraw(swap, by=world.student)
        finally:
            done.set()

    assert [type(error) for error in errors(race(hold, call_off))] == [Busy]
    swap.refresh_from_db()
    assert swap.state == "agreed"
